package io.github.cnnevolution.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.evaluation.Candidates;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationCache;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.evaluation.EvaluationListener;
import io.github.cnnevolution.evaluation.EvaluationService;
import io.github.cnnevolution.evaluation.FailureKind;
import io.github.cnnevolution.evaluation.JobOrder;
import io.github.cnnevolution.evaluation.KnownLatencies;
import io.github.cnnevolution.evaluation.RungFiles;
import io.github.cnnevolution.run.KeptModels;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.training.TrainingProgress;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the driver decides: what is sent when, and what becomes of lost executors. */
class ClusterPoolTest {
  private static final ClusterSpec SPEC =
      new ClusterSpec(
          Map.of(), SentJava.of(new PlainSpace()), "versions", "data", "cpu CPU", false, 0);

  private final List<String> events = new ArrayList<>();
  private final List<String> notices = new ArrayList<>();
  private final KnownLatencies latencies = new KnownLatencies();
  private final List<AutoCloseable> open = new ArrayList<>();
  @TempDir private Path directory;

  private final EvaluationCache cache =
      new EvaluationCache() {
        @Override
        public void started(EvaluationJob job, String worker) {
          events.add(job.id() + " starts at " + worker);
        }

        @Override
        public void ended(Evaluation evaluation, ComputeDevice device, long memoryBytes) {
          events.add(evaluation.job().id() + " ends at " + evaluation.worker());
        }
      };

  private final EvaluationListener listener =
      new EvaluationListener() {
        @Override
        public void onProgress(EvaluationJob job, String worker, TrainingProgress progress) {
          events.add(job.id() + " is at step " + progress.steps() + " at " + worker);
        }
      };

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  private ClusterPool pool(CallsOnly cluster, JobOrder order) {
    ClusterPool pool =
        new ClusterPool(
            cluster,
            SPEC,
            Candidates.cpu(0),
            Optional.of(new KeptModels(directory.resolve("best.pt"), directory.resolve("top"), 1)),
            Optional.of(new RungFiles(directory.resolve("rungs"), 1)),
            latencies,
            order,
            listener,
            cache,
            notices::add);
    open.add(pool);
    return pool;
  }

  private static EvaluateAnswer answer(EvaluationJob job, double fitness, byte[] weights) {
    return EvaluateAnswer.of(
        "node/1",
        Evaluation.ofAccuracy(job, fitness, List.of(), 1, 1, 1, ""),
        Candidates.cpu(0),
        0,
        new SentFile(weights),
        Map.of());
  }

  private static void lose(CallsOnly.Made call, boolean crashed) {
    call.result().completeExceptionally(new ExecutorLostException("gone", crashed));
  }

  @Test
  void theClusterGetsAsManyAsItTrainsAndAQuarterMoreTheLongestFirst() {
    CallsOnly cluster = new CallsOnly(0);
    ClusterPool pool = pool(cluster, JobOrder.LONGEST_FIRST);
    List<EvaluationJob> jobs = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      jobs.add(Candidates.job(i, 7 * i));
    }
    for (EvaluationJob job : jobs) {
      CompletableFuture<Evaluation> unused = pool.submit(job);
    }
    assertEquals(1, cluster.calls().size());
    cluster.resize(8);
    assertEquals(10, cluster.calls().size());
    List<String> longest =
        jobs.subList(1, 30).stream()
            .sorted(Comparator.comparingLong(job -> -job.work()))
            .limit(9)
            .map(job -> job.architecture().phenotype())
            .toList();
    assertEquals(
        longest, cluster.calls().subList(1, 10).stream().map(CallsOnly.Made::label).toList());
  }

  @Test
  void aCandidateThatCrashesItsProcessIsTriedAloneAndThenFails() throws Exception {
    CallsOnly cluster = new CallsOnly(1);
    EvaluationJob job = Candidates.job(0, 5);
    CompletableFuture<Evaluation> result = pool(cluster, JobOrder.SUBMITTED_FIRST).submit(job);
    assertFalse(cluster.latest().call().alone());
    cluster.latest().to().onStart("node/1");
    lose(cluster.latest(), true);
    assertEquals(2, cluster.calls().size());
    assertTrue(cluster.latest().call().alone());
    assertEquals(
        List.of(
            "the executor that trained "
                + job.architecture().phenotype()
                + " (node/1-0) is lost; it is trained again alone: gone"),
        notices);
    cluster.latest().to().onStart("node/2");
    lose(cluster.latest(), true);
    Evaluation failed = EvaluationService.await(result);
    assertEquals(Optional.of(FailureKind.DEATHS), failed.failure());
    assertEquals(
        List.of("0 starts at node/1-0", "0 starts at node/2-0", "0 ends at node/2-0"), events);
  }

  @Test
  void losesWithoutEvidenceAreRepeatedButNotForever() {
    CallsOnly cluster = new CallsOnly(1);
    CompletableFuture<Evaluation> result =
        pool(cluster, JobOrder.SUBMITTED_FIRST).submit(Candidates.job(0, 5));
    for (int i = 1; i < 20; i++) {
      lose(cluster.latest(), false);
      assertEquals(i + 1, cluster.calls().size());
      assertFalse(cluster.latest().call().alone());
    }
    lose(cluster.latest(), false);
    assertEquals(20, cluster.calls().size());
    String message =
        assertThrows(UncheckedIOException.class, () -> EvaluationService.await(result))
            .getMessage();
    assertTrue(message.startsWith("the cluster has lost 20 executors that trained "), message);
  }

  /** Even before longer trainings, which would else come first. */
  @Test
  void whatWasLostComesBeforeWhatWaits() {
    CallsOnly cluster = new CallsOnly(1);
    ClusterPool pool = pool(cluster, JobOrder.LONGEST_FIRST);
    List<EvaluationJob> jobs =
        IntStream.range(0, 20)
            .mapToObj(i -> Candidates.job(i, 7 * i))
            .sorted(Comparator.comparingLong(EvaluationJob::work))
            .toList();
    for (EvaluationJob job : jobs) {
      CompletableFuture<Evaluation> unused = pool.submit(job);
    }
    assertEquals(2, cluster.calls().size());
    lose(cluster.calls().get(1), false);
    assertEquals(cluster.calls().get(1).label(), cluster.latest().label());
  }

  @Test
  void newsOfABeginningMayComeAfterTheResult() throws Exception {
    CallsOnly cluster = new CallsOnly(1);
    EvaluationJob job = Candidates.job(3, 5);
    CompletableFuture<Evaluation> result = pool(cluster, JobOrder.SUBMITTED_FIRST).submit(job);
    cluster.latest().result().complete(answer(job, 0.5, new byte[0]));
    cluster.latest().to().onStart("node/1");
    cluster.latest().to().onEnd();
    assertEquals("node/1-0", EvaluationService.await(result).worker());
    assertEquals(List.of("3 starts at node/1-0", "3 ends at node/1-0"), events);
  }

  @Test
  void anExecutorHasAPlaceForEachCallThatItMakes() {
    CallsOnly cluster = new CallsOnly(4, 2);
    ClusterPool pool = pool(cluster, JobOrder.SUBMITTED_FIRST);
    for (int i = 0; i < 5; i++) {
      CompletableFuture<Evaluation> unused = pool.submit(Candidates.job(i, i));
    }
    cluster.calls().get(0).to().onStart("node/1");
    cluster.calls().get(1).to().onStart("node/1");
    cluster.calls().get(2).to().onStart("node/2");
    // News in the other order than events: it waits for the place.
    cluster.calls().get(3).to().onStart("node/1");
    cluster.calls().get(0).to().onEnd();
    cluster.calls().get(1).to().onEnd();
    cluster.calls().get(4).to().onStart("node/1");
    assertEquals(
        List.of(
            "0 starts at node/1-0",
            "1 starts at node/1-1",
            "2 starts at node/2-0",
            "3 starts at node/1-0",
            "4 starts at node/1-1"),
        events);
  }

  @Test
  void weightsAreKeptIfTheyAreAmongTheBestAndAskedForOnlyThen() throws Exception {
    CallsOnly cluster = new CallsOnly(1);
    ClusterPool pool = pool(cluster, JobOrder.SUBMITTED_FIRST);
    EvaluationJob first = Candidates.job(0, 5);
    CompletableFuture<Evaluation> result = pool.submit(first);
    assertEquals(Double.NEGATIVE_INFINITY, cluster.latest().call().bar());
    cluster.latest().result().complete(answer(first, 0.5, new byte[] {1, 2}));
    EvaluationService.await(result);
    assertArrayEquals(new byte[] {1, 2}, Files.readAllBytes(directory.resolve("best.pt")));
    EvaluationJob second = Candidates.job(1, 6);
    CompletableFuture<Evaluation> worse = pool.submit(second);
    assertEquals(0.5, cluster.latest().call().bar());
    // As fit, and weights come with it; but the first is the best.
    cluster.latest().result().complete(answer(second, 0.5, new byte[] {3}));
    EvaluationService.await(worse);
    assertArrayEquals(new byte[] {1, 2}, Files.readAllBytes(directory.resolve("best.pt")));
  }

  @Test
  void checkpointsTravelWithTheirTraining() throws Exception {
    CallsOnly cluster = new CallsOnly(1);
    ClusterPool pool = pool(cluster, JobOrder.SUBMITTED_FIRST);
    EvaluationJob whole = Candidates.job(0, 5);
    EvaluationJob part = new EvaluationJob(0, whole.chromosome(), whole.architecture(), 0.5);
    CompletableFuture<Evaluation> result = pool.submit(part);
    assertEquals(Map.of(), cluster.latest().call().checkpoints());
    String file = whole.architecture().phenotype() + ".0123abcd.ckpt";
    cluster
        .latest()
        .result()
        .complete(
            EvaluateAnswer.of(
                "node/1",
                Evaluation.ofAccuracy(part, 0.5, List.of(), 1, 1, 1, ""),
                Candidates.cpu(0),
                0,
                SentFile.NONE,
                Map.of(file, new byte[] {7})));
    assertTrue(EvaluationService.await(result).isPart());
    CompletableFuture<Evaluation> unused = pool.submit(whole);
    assertArrayEquals(new byte[] {7}, cluster.latest().call().checkpoints().get(file));
  }

  private static TrainingProgress step(int steps) {
    return new TrainingProgress(1, 1, steps, 9, 10L * steps, 1, Optional.empty());
  }

  @Test
  void stepsAreToldWhileATrainingRuns() throws Exception {
    CallsOnly cluster = new CallsOnly(1);
    EvaluationJob job = Candidates.job(3, 5);
    CompletableFuture<Evaluation> result = pool(cluster, JobOrder.SUBMITTED_FIRST).submit(job);
    // Nobody can say yet where it runs.
    cluster.latest().to().onProgress(step(1));
    cluster.latest().to().onStart("node/1");
    cluster.latest().to().onProgress(step(2));
    cluster.latest().result().complete(answer(job, 0.5, new byte[0]));
    EvaluationService.await(result);
    cluster.latest().to().onProgress(step(3));
    assertEquals(
        List.of("3 starts at node/1-0", "3 is at step 2 at node/1-0", "3 ends at node/1-0"),
        events);
  }

  @Test
  void aKnownLatencyTravelsWithItsNetwork() {
    CallsOnly cluster = new CallsOnly(1);
    ClusterPool pool = pool(cluster, JobOrder.SUBMITTED_FIRST);
    EvaluationJob job = Candidates.job(0, 5);
    latencies.add(
        job.architecture(), Map.of("accuracy", 0.5, "latency", 0.001, "latency64", 0.002));
    for (EvaluationJob one : List.of(job, Candidates.job(1, 6))) {
      CompletableFuture<Evaluation> unused = pool.submit(one);
    }
    assertEquals(
        Map.of("latency", 0.001, "latency64", 0.002), cluster.calls().get(0).call().latencies());
    assertEquals(Map.of(), cluster.calls().get(1).call().latencies());
  }

  @Test
  void anExecutorThatDoesNotFitEndsTheRun() {
    CallsOnly cluster = new CallsOnly(1);
    CompletableFuture<Evaluation> result =
        pool(cluster, JobOrder.SUBMITTED_FIRST).submit(Candidates.job(0, 5));
    cluster
        .latest()
        .result()
        .completeExceptionally(new ClusterRefusalException("executor node/1 has other images"));
    assertEquals(
        "executor node/1 has other images",
        assertThrows(UncheckedIOException.class, () -> EvaluationService.await(result))
            .getMessage());
  }

  @Test
  void closingGivesUpWhatRuns() {
    CallsOnly cluster = new CallsOnly(1);
    ClusterPool pool = pool(cluster, JobOrder.SUBMITTED_FIRST);
    CompletableFuture<Evaluation> unused = pool.submit(Candidates.job(0, 5));
    pool.close();
    assertTrue(cluster.latest().result().isCancelled());
    cluster.resize(4);
    assertEquals(1, cluster.calls().size());
  }
}
