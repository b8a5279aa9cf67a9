package io.github.cnnevolution.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.space.PlainNetworks;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JobQueueTest {
  private static final ComputeDevice FIRST = Candidates.cpu(0);
  private static final ComputeDevice SECOND = Candidates.cpu(1);

  private static JobQueue<EvaluationJob, Evaluation> queue(int devices) {
    return queue(devices, JobOrder.LONGEST_FIRST);
  }

  private static JobQueue<EvaluationJob, Evaluation> queue(int devices, JobOrder order) {
    return new JobQueue<>(
        IntStream.range(0, devices)
            .mapToObj(i -> Candidates.workers(Candidates.cpu(i), 2, Candidates::success))
            .toList(),
        order);
  }

  private static void submit(JobQueue<EvaluationJob, Evaluation> queue, EvaluationJob job) {
    assertFalse(queue.submit(job).isDone());
  }

  private static EvaluationJob take(
      JobQueue<EvaluationJob, Evaluation> queue, ComputeDevice device, String worker)
      throws InterruptedException {
    return queue.take(device, worker).orElseThrow().job();
  }

  @Test
  void countsJobsByState() throws InterruptedException {
    JobQueue<EvaluationJob, Evaluation> queue = queue(1);
    EvaluationJob first = Candidates.job(0, 0);
    EvaluationJob twin = Candidates.job(1, 0);
    CompletableFuture<Evaluation> firstResult = queue.submit(first);
    CompletableFuture<Evaluation> twinResult = queue.submit(twin);
    assertEquals(new JobQueue.Counts(2, 0, 0), queue.counts());
    assertThrows(IllegalArgumentException.class, () -> queue.submit(twin));
    assertEquals(first, take(queue, FIRST, "a"));
    assertEquals(twin, take(queue, FIRST, "b"));
    assertEquals(new JobQueue.Counts(0, 2, 0), queue.counts());
    Evaluation result = Candidates.success(twin, "b", 1);
    queue.complete(result.job(), result);
    assertTrue(twinResult.isDone());
    assertFalse(firstResult.isDone(), "equal chromosomes do not disturb each other");
    assertThrows(IllegalArgumentException.class, () -> queue.complete(result.job(), result));
    queue.complete(first, Candidates.success(first, "a", 1));
    assertEquals(new JobQueue.Counts(0, 0, 2), queue.counts());
  }

  @Test
  void theLongestTrainingComesFirstAndOfEqualOnesTheFirstAskedFor() throws InterruptedException {
    JobQueue<EvaluationJob, Evaluation> queue = queue(1);
    List<EvaluationJob> jobs =
        IntStream.range(0, PlainNetworks.all().size()).mapToObj(i -> Candidates.job(i, i)).toList();
    jobs.forEach(job -> submit(queue, job));
    List<EvaluationJob> taken = new ArrayList<>();
    for (int i = 0; i < jobs.size(); i++) {
      taken.add(take(queue, FIRST, "worker " + i));
    }
    Comparator<EvaluationJob> longest =
        Comparator.comparingLong(job -> -job.architecture().flops());
    assertEquals(jobs.stream().sorted(longest).toList(), taken, "sorted() is stable");
  }

  @Test
  void withoutGenerationsTheFirstAskedForComesFirst() throws InterruptedException {
    JobQueue<EvaluationJob, Evaluation> queue = queue(1, JobOrder.SUBMITTED_FIRST);
    List<EvaluationJob> jobs =
        IntStream.range(0, 9).mapToObj(i -> Candidates.job(i, 40 * (8 - i))).toList();
    jobs.forEach(job -> submit(queue, job));
    List<EvaluationJob> taken = new ArrayList<>();
    for (int i = 0; i < jobs.size(); i++) {
      taken.add(take(queue, FIRST, "worker " + i));
    }
    assertEquals(jobs, taken);
  }

  @Test
  void jobsOfALostDeviceComeFirstInTheOrderOfJobs() throws InterruptedException {
    JobQueue<EvaluationJob, Evaluation> queue = queue(2);
    int[] byFlops =
        IntStream.range(0, PlainNetworks.all().size())
            .boxed()
            .sorted(Comparator.comparingLong(i -> PlainNetworks.all().get(i).flops()))
            .mapToInt(i -> i)
            .toArray();
    for (int i = 0; i < 5; i++) {
      submit(queue, Candidates.job(i, byFlops[100 * i]));
    }
    List<EvaluationJob> lost = List.of(take(queue, SECOND, "a"), take(queue, SECOND, "b"));
    assertEquals(List.of(4L, 3L), lost.stream().map(EvaluationJob::id).toList());
    assertEquals(
        Optional.of(new LostDevice("cpu1", "broken")), queue.lose(SECOND, "broken"), "once");
    assertEquals(Optional.empty(), queue.lose(SECOND, "broken again"));
    lost.forEach(job -> assertTrue(queue.retryElsewhere(job)));
    assertEquals(Optional.empty(), queue.take(SECOND, "a"));
    List<Long> order = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      order.add(take(queue, FIRST, "worker " + i).id());
    }
    assertEquals(List.of(3L, 4L, 2L, 1L, 0L), order);
    assertEquals(List.of(new LostDevice("cpu1", "broken")), queue.lostDevices());
  }

  @Test
  void aJobIsNotGivenAThirdDevice() throws InterruptedException {
    JobQueue<EvaluationJob, Evaluation> queue = queue(3);
    submit(queue, Candidates.job(0, 0));
    EvaluationJob job = take(queue, FIRST, "a");
    queue.lose(FIRST, "broken");
    assertTrue(queue.retryElsewhere(job));
    assertEquals(job, take(queue, SECOND, "b"));
    queue.lose(SECOND, "broken");
    assertFalse(queue.retryElsewhere(job));
    assertEquals(new JobQueue.Counts(0, 1, 0), queue.counts(), "for the worker to complete");
  }

  @Test
  void withoutDevicesWhoeverWaitsHearsOfIt() throws InterruptedException {
    JobQueue<EvaluationJob, Evaluation> queue = queue(2);
    CompletableFuture<Evaluation> ran = queue.submit(Candidates.job(0, 1));
    CompletableFuture<Evaluation> finished = queue.submit(Candidates.job(1, 1));
    CompletableFuture<Evaluation> waited = queue.submit(Candidates.job(2, 1));
    EvaluationJob running = take(queue, SECOND, "a");
    EvaluationJob complete = take(queue, SECOND, "b");
    queue.lose(FIRST, "x");
    queue.lose(SECOND, "y");
    assertTrue(queue.retryElsewhere(running));
    queue.complete(complete, Candidates.success(complete, "b", 1));
    CompletableFuture<Evaluation> late = queue.submit(Candidates.job(3, 1));
    assertTrue(finished.isDone() && !finished.isCompletedExceptionally(), "a result counts");
    for (CompletableFuture<Evaluation> result : List.of(ran, waited, late)) {
      ExecutionException e = assertThrows(ExecutionException.class, result::get);
      assertTrue(e.getCause() instanceof NoDeviceLeftException);
      assertEquals("no device is left: cpu (x), cpu1 (y)", e.getCause().getMessage());
    }
    assertEquals(new JobQueue.Counts(0, 0, 4), queue.counts());
  }

  /** The first device takes nothing while a job waits to have it alone; the second one does. */
  @Test
  void aJobThatRanOutOfMemoryGetsItsDeviceAloneThenInSmallerParts() throws InterruptedException {
    JobQueue<EvaluationJob, Evaluation> queue = queue(2);
    submit(queue, Candidates.job(0, 1));
    submit(queue, Candidates.job(1, 1));
    submit(queue, Candidates.job(2, 1));
    EvaluationJob large = take(queue, FIRST, "a");
    EvaluationJob neighbour = take(queue, FIRST, "b");
    assertTrue(queue.retryWithMoreMemory(large));
    assertEquals(2, take(queue, SECOND, "c").id(), "the second device skips the first one's");
    assertFalse(tryToTake(queue, SECOND).isPresent());
    assertFalse(tryToTake(queue, FIRST).isPresent(), "the neighbour still runs");
    queue.complete(neighbour, Candidates.success(neighbour, "b", 1));
    submit(queue, Candidates.job(3, 400));
    for (int parts : new int[] {1, 2, 4, 8}) {
      assertEquals(
          new Assignment<>(large, parts, true, Optional.empty()),
          queue.take(FIRST, "b").orElseThrow());
      assertFalse(tryToTake(queue, FIRST).isPresent(), "alone means alone");
      assertEquals(parts < 8, queue.retryWithMoreMemory(large));
    }
    queue.complete(large, Evaluation.failed(large, FailureKind.OTHER, "too large", "b"));
    assertEquals(3, take(queue, FIRST, "b").id());
  }

  @Test
  void aJobPinnedToALostDeviceIsPlannedAnew() throws InterruptedException {
    JobQueue<EvaluationJob, Evaluation> queue = queue(2);
    submit(queue, Candidates.job(0, 1));
    EvaluationJob job = take(queue, SECOND, "a");
    assertTrue(queue.retryWithMoreMemory(job));
    take(queue, SECOND, "a");
    assertTrue(queue.retryWithMoreMemory(job), "now in 2 parts");
    queue.lose(SECOND, "broken");
    Assignment<EvaluationJob> moved = queue.take(FIRST, "b").orElseThrow();
    assertEquals(new Assignment<>(job, 1, false, Optional.empty()), moved);
  }

  /** What a worker gets that gives up as soon as it would have to wait. */
  private static Optional<Assignment<EvaluationJob>> tryToTake(
      JobQueue<EvaluationJob, Evaluation> queue, ComputeDevice device) {
    AtomicReference<Optional<Assignment<EvaluationJob>>> taken =
        new AtomicReference<>(Optional.empty());
    Thread worker =
        new Thread(
            () -> {
              try {
                taken.set(queue.take(device, "impatient"));
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    worker.start();
    try {
      while (worker.isAlive() && worker.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      worker.interrupt();
      worker.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return taken.get();
  }
}
