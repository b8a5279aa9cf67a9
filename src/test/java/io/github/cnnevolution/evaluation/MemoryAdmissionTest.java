package io.github.cnnevolution.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.space.Chromosome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Workers that share the memory of a device, and what they do when it does not suffice. */
class MemoryAdmissionTest {
  private static List<Evaluation> evaluate(
      List<DeviceWorkers<EvaluationJob, Evaluation>> devices, List<Chromosome> all)
      throws InterruptedException {
    try (EvaluationService service = new EvaluationService(devices, EvaluationListener.NONE)) {
      return service.evaluate(all, (chromosome, evaluation) -> {});
    }
  }

  /** From 1 to 7 units of memory, another amount for neighbouring jobs. */
  private static long units(EvaluationJob job) {
    return 1 + job.id() * 3 % 7;
  }

  @Test
  void candidatesNeverTakeMoreMemoryTogetherThanThereIs() throws InterruptedException {
    AtomicLong taken = new AtomicLong();
    AtomicLong most = new AtomicLong();
    AtomicInteger atOnce = new AtomicInteger();
    AtomicInteger mostAtOnce = new AtomicInteger();
    CandidateEvaluator evaluator =
        Candidates.needing(
            (job, parts) -> units(job),
            (job, worker, parts) -> {
              most.accumulateAndGet(taken.addAndGet(units(job)), Math::max);
              mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
              Thread.sleep(1);
              atOnce.decrementAndGet();
              taken.addAndGet(-units(job));
              return Candidates.success(job, worker, parts);
            });
    List<Evaluation> all =
        evaluate(
            List.of(Candidates.workers(Candidates.cpu(0), 8, 10, evaluator)),
            Candidates.distinct(200));
    assertTrue(all.stream().noneMatch(Evaluation::isFailed));
    assertTrue(most.get() <= 10, "claimed " + most + " of 10");
    assertTrue(mostAtOnce.get() >= 2, "candidates that fit run in parallel");
  }

  /** The small ones are asked for as long as the large one waits, and do not overtake it. */
  @Test
  void aLargeCandidateIsNotOvertakenWhileItWaitsForMemory() throws Exception {
    CountDownLatch bothRun = new CountDownLatch(2);
    CountDownLatch goOn = new CountDownLatch(1);
    List<Long> started = Collections.synchronizedList(new ArrayList<>());
    CandidateEvaluator evaluator =
        Candidates.needing(
            (job, parts) -> job.id() == 2 ? 10 : 3,
            (job, worker, parts) -> {
              started.add(job.id());
              if (job.id() < 2) {
                bothRun.countDown();
                goOn.await();
              }
              return Candidates.success(job, worker, parts);
            });
    JobQueue<EvaluationJob, Evaluation> queue =
        new JobQueue<>(
            List.of(Candidates.workers(Candidates.cpu(0), 3, 10, evaluator)),
            JobOrder.LONGEST_FIRST);
    List<CompletableFuture<Evaluation>> results = new ArrayList<>();
    for (int id = 0; id < 6; id++) {
      results.add(queue.submit(Candidates.job(id, 1)));
    }
    DeviceWorkers<EvaluationJob, Evaluation> device =
        Candidates.workers(Candidates.cpu(0), 3, 10, evaluator);
    List<Thread> workers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Thread worker =
          new Thread(
              new Worker<>(
                  "cpu-" + i,
                  device,
                  queue,
                  new EvaluationRecorder(EvaluationListener.NONE, EvaluationCache.NONE)));
      workers.add(worker);
      worker.start();
    }
    bothRun.await();
    while (workers.stream().filter(w -> w.getState() == Thread.State.WAITING).count() < 3) {
      Thread.onSpinWait();
    }
    assertEquals(new JobQueue.Counts(4, 2, 0), queue.counts(), "6 of 10 taken, the third waits");
    goOn.countDown();
    for (CompletableFuture<Evaluation> result : results) {
      assertFalse(result.get().isFailed());
    }
    assertEquals(2L, started.get(2));
    workers.forEach(Thread::interrupt);
    for (Thread worker : workers) {
      worker.join();
    }
  }

  @Test
  void whatNeverFitsIsRefusedWithoutRunningAndTheRestIsTrained() throws InterruptedException {
    Set<Long> ran = ConcurrentHashMap.newKeySet();
    CandidateEvaluator evaluator =
        Candidates.needing(
            (job, parts) -> job.id() == 1 ? 9L << 30 : 1,
            (job, worker, parts) -> {
              ran.add(job.id());
              return Candidates.success(job, worker, parts);
            });
    List<Evaluation> all =
        evaluate(
            List.of(Candidates.workers(Candidates.cpu(0), 2, 2L << 30, evaluator)),
            Candidates.distinct(3));
    assertEquals(List.of(0.1, -1.0, 0.1), all.stream().map(Evaluation::fitness).toList());
    assertEquals(
        "needs about 9216 MiB even in 8 micro-batches, but cpu has 2048 MiB for candidates",
        all.get(1).error().orElseThrow());
    assertEquals(Set.of(0L, 2L), ran);
  }

  /** Device 1 alone can train the large ones whole, so that it must, however free device 0 is. */
  @Test
  void aCandidateRunsWhereItFitsWhole() throws InterruptedException {
    Map<Long, String> workers = new ConcurrentHashMap<>();
    CandidateEvaluator evaluator =
        Candidates.needing(
            (job, parts) -> (job.id() % 2 == 0 ? 4 : 8) / parts,
            (job, worker, parts) -> {
              workers.put(job.id(), worker);
              return Candidates.success(job, worker, parts);
            });
    List<Evaluation> all =
        evaluate(
            List.of(
                Candidates.workers(Candidates.cpu(0), 3, 4, evaluator),
                Candidates.workers(Candidates.cpu(1), 1, 8, evaluator)),
            Candidates.distinct(8));
    assertEquals(
        Collections.nCopies(8, 0.1), all.stream().map(Evaluation::fitness).toList(), "all whole");
    for (long id = 1; id < 8; id += 2) {
      assertEquals("cpu1-0", workers.get(id));
    }
  }

  @Test
  void aCandidateThatFitsNowhereWholeIsSplitAtOnce() throws InterruptedException {
    CandidateEvaluator evaluator =
        Candidates.needing((job, parts) -> 40 / parts, Candidates::success);
    List<Evaluation> all =
        evaluate(
            List.of(Candidates.workers(Candidates.cpu(0), 2, 10, evaluator)),
            Candidates.distinct(1));
    assertEquals(0.13, all.get(0).fitness(), 1e-9, "4 micro-batches");
  }

  /** Runs out of memory in company, and then with fewer parts than {@code enough}. */
  private static final class Cramped implements CandidateEvaluator {
    private final int enough;
    private final Map<Long, List<Integer>> attempts = new HashMap<>();
    private final CountDownLatch othersRun = new CountDownLatch(2);
    private int running;
    private int mostBesideLarge;

    Cramped(int enough) {
      this.enough = enough;
    }

    @Override
    public Evaluation evaluate(EvaluationJob job, String worker, int microBatches)
        throws InterruptedException {
      boolean first;
      synchronized (this) {
        first = attempts.computeIfAbsent(job.id(), id -> new ArrayList<>()).isEmpty();
        attempts.get(job.id()).add(microBatches);
        if (job.id() == 0 && !first) {
          mostBesideLarge = Math.max(mostBesideLarge, running);
        }
        running++;
      }
      try {
        if (job.id() != 0) {
          othersRun.countDown();
          // Still at work when the large one fails.
          Thread.sleep(50);
        } else if (first) {
          othersRun.await();
          throw new IllegalStateException(Candidates.OUT_OF_MEMORY + "\nnative trace");
        } else if (microBatches < enough) {
          throw new IllegalStateException(Candidates.OUT_OF_MEMORY + "\nnative trace");
        }
        return Candidates.success(job, worker, microBatches);
      } finally {
        synchronized (this) {
          running--;
        }
      }
    }
  }

  private static List<Evaluation> evaluate(Cramped evaluator) throws InterruptedException {
    return evaluate(
        List.of(Candidates.workers(Candidates.cpu(0), 3, evaluator)), Candidates.distinct(6));
  }

  private static void assertUndisturbed(List<Evaluation> all, Cramped evaluator) {
    assertTrue(all.subList(1, 6).stream().allMatch(evaluation -> evaluation.fitness() == 0.1));
    for (long id = 1; id < 6; id++) {
      assertEquals(List.of(1), evaluator.attempts.get(id), "once, in whole batches");
    }
    assertEquals(0, evaluator.mostBesideLarge, "the device to itself");
  }

  @Test
  void oneFailedAllocationChangesNoResult() throws InterruptedException {
    Cramped evaluator = new Cramped(1);
    List<Evaluation> all = evaluate(evaluator);
    assertEquals(0.1, all.get(0).fitness());
    assertEquals(List.of(1, 1), evaluator.attempts.get(0L));
    assertUndisturbed(all, evaluator);
  }

  @Test
  void aCandidateThatIsTooLargeAloneIsSplit() throws InterruptedException {
    Cramped evaluator = new Cramped(4);
    List<Evaluation> all = evaluate(evaluator);
    assertEquals(0.13, all.get(0).fitness(), 1e-9);
    assertEquals(List.of(1, 1, 2, 4), evaluator.attempts.get(0L));
    assertUndisturbed(all, evaluator);
  }

  @Test
  void whatIsTooLargeInAnyFormFailsWithItsReason() throws InterruptedException {
    Cramped evaluator = new Cramped(Integer.MAX_VALUE);
    List<Evaluation> all = evaluate(evaluator);
    assertEquals("out of memory: " + Candidates.OUT_OF_MEMORY, all.get(0).error().orElseThrow());
    assertEquals(List.of(1, 1, 2, 4, 8), evaluator.attempts.get(0L));
    assertUndisturbed(all, evaluator);
  }

  @Test
  void closingStopsWorkersThatWaitForMemory() throws InterruptedException {
    CountDownLatch started = new CountDownLatch(1);
    CandidateEvaluator evaluator =
        Candidates.needing(
            (job, parts) -> 10,
            (job, worker, parts) -> {
              started.countDown();
              new CountDownLatch(1).await();
              return Candidates.success(job, worker, parts);
            });
    List<CompletableFuture<Evaluation>> results = new ArrayList<>();
    try (EvaluationService service =
        new EvaluationService(
            List.of(Candidates.workers(Candidates.cpu(0), 3, 10, evaluator)),
            EvaluationListener.NONE)) {
      Candidates.distinct(3).forEach(chromosome -> results.add(service.submit(chromosome)));
      started.await();
    }
    assertTrue(results.stream().noneMatch(CompletableFuture::isDone));
  }
}
