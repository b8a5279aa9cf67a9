package io.github.cnnevolution.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainNetworks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The service with evaluators that only compute a number: what is tested is who gets which result,
 * and when.
 */
class EvaluationServiceTest {
  private static final Chromosome A = new Chromosome("00000000000000000000");
  private static final Chromosome A_TOO = new Chromosome("00100000000000000001");
  private static final Chromosome B = new Chromosome("01000000000000000000");
  private static final Chromosome C = new Chromosome("10000000000000000000");

  private static List<DeviceWorkers<EvaluationJob, Evaluation>> cpu(
      int workers, CandidateEvaluator evaluator) {
    return List.of(Candidates.workers(Devices.cpu(), workers, evaluator));
  }

  @Test
  void trainsAPhenotypeOnceAndCountsWhatThatSaved() throws InterruptedException {
    List<Long> jobs = Collections.synchronizedList(new ArrayList<>());
    CandidateEvaluator evaluator =
        (job, worker, microBatches) -> {
          jobs.add(job.id());
          return Candidates.success(job, worker, microBatches);
        };
    try (EvaluationService service =
        new EvaluationService(cpu(3, evaluator), EvaluationListener.NONE)) {
      List<Evaluation> first =
          service.evaluate(List.of(A, B, A_TOO, A), (chromosome, evaluation) -> {});
      List<Evaluation> second = service.evaluate(List.of(B, C), (chromosome, evaluation) -> {});
      assertEquals(List.of(0.1, 0.2, 0.1, 0.1), first.stream().map(Evaluation::fitness).toList());
      assertEquals(List.of(0.2, 0.3), second.stream().map(Evaluation::fitness).toList());
      assertEquals(Set.of(0L, 1L, 2L), Set.copyOf(jobs));
      assertEquals(3, jobs.size());
      assertEquals(3, service.reused());
    }
  }

  /** A converged population asks only for what is known: nothing else would notice Ctrl-C. */
  @Test
  void noticesAnInterruptThoughEverythingIsKnown() throws InterruptedException {
    try (EvaluationService service =
        new EvaluationService(cpu(1, Candidates::success), EvaluationListener.NONE)) {
      service.evaluate(List.of(A), (chromosome, evaluation) -> {});
      Thread.currentThread().interrupt();
      assertThrows(
          InterruptedException.class,
          () -> service.evaluate(List.of(A), (chromosome, evaluation) -> {}));
      assertFalse(Thread.interrupted());
    }
  }

  /** All workers must be at work at once, or the barrier never opens. */
  @Test
  void workersRunInParallel() throws InterruptedException {
    CyclicBarrier barrier = new CyclicBarrier(4);
    Set<String> workers = ConcurrentHashMap.newKeySet();
    CandidateEvaluator evaluator =
        (job, worker, microBatches) -> {
          workers.add(worker);
          try {
            barrier.await(5, TimeUnit.MINUTES);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
          return Candidates.success(job, worker, microBatches);
        };
    List<Chromosome> four = Candidates.distinct(4);
    try (EvaluationService service =
        new EvaluationService(cpu(4, evaluator), EvaluationListener.NONE)) {
      assertTrue(
          service.evaluate(four, (chromosome, evaluation) -> {}).stream()
              .noneMatch(Evaluation::isFailed));
    }
    assertEquals(4, workers.size());
  }

  @Test
  void aFailureHasItsReasonAndTheRestGoesOn() throws InterruptedException {
    CandidateEvaluator evaluator =
        (job, worker, microBatches) -> {
          switch (PlainNetworks.depth(job.architecture())) {
            case 1 -> throw new IllegalArgumentException("bad\nnative trace");
            case 2 -> throw new StackOverflowError("deep");
            default -> {
              return Candidates.success(job, worker, microBatches);
            }
          }
        };
    try (EvaluationService service =
        new EvaluationService(cpu(1, evaluator), EvaluationListener.NONE)) {
      List<Evaluation> all = service.evaluate(List.of(A, B, C), (chromosome, evaluation) -> {});
      assertEquals(List.of(-1.0, -1.0, 0.3), all.stream().map(Evaluation::fitness).toList());
      assertEquals("IllegalArgumentException: bad", all.get(0).error().orElseThrow());
      assertEquals("StackOverflowError: deep", all.get(1).error().orElseThrow());
      assertTrue(Evaluation.BEST_FIRST.compare(all.get(2), all.get(0)) < 0);
    }
  }

  @Test
  void whatCannotBeKeptStopsTheRunInsteadOfFailingTheCandidate() {
    CandidateEvaluator evaluator =
        (job, worker, microBatches) -> {
          throw new UncheckedIOException("cannot write x: disk full", new IOException("disk full"));
        };
    try (EvaluationService service =
        new EvaluationService(cpu(1, evaluator), EvaluationListener.NONE)) {
      UncheckedIOException e =
          assertThrows(
              UncheckedIOException.class,
              () -> service.evaluate(List.of(A), (chromosome, evaluation) -> {}));
      assertEquals("cannot write x: disk full", e.getMessage());
    }
  }

  @Test
  void aListenerThatThrowsIsHeardOfInsteadOfWaitedForForEver() {
    EvaluationListener listener =
        new EvaluationListener() {
          @Override
          public void onEnd(Evaluation evaluation) {
            throw new IllegalStateException("cannot show it");
          }
        };
    try (EvaluationService service = new EvaluationService(cpu(1, Candidates::success), listener)) {
      IllegalStateException e =
          assertThrows(
              IllegalStateException.class,
              () -> service.evaluate(List.of(A), (chromosome, evaluation) -> {}));
      assertEquals("cannot show it", e.getCause().getMessage());
    }
  }

  @Test
  void closingStopsRunningJobsAtOnce() throws InterruptedException {
    CountDownLatch started = new CountDownLatch(2);
    CandidateEvaluator evaluator =
        (job, worker, microBatches) -> {
          started.countDown();
          new CountDownLatch(1).await();
          return Candidates.success(job, worker, microBatches);
        };
    CompletableFuture<Evaluation> running;
    CompletableFuture<Evaluation> pending;
    try (EvaluationService service =
        new EvaluationService(cpu(2, evaluator), EvaluationListener.NONE)) {
      running = service.submit(A);
      CompletableFuture<Evaluation> alsoRunning = service.submit(B);
      assertFalse(alsoRunning.isDone());
      pending = service.submit(C);
      started.await();
    }
    assertFalse(running.isDone());
    assertFalse(pending.isDone());
  }

  @Test
  void tellsTheListenerOfEachJob() throws InterruptedException {
    List<String> events = Collections.synchronizedList(new ArrayList<>());
    EvaluationListener listener =
        new EvaluationListener() {
          @Override
          public void onStart(EvaluationJob job, String worker) {
            events.add("start " + job.id());
          }

          @Override
          public void onEnd(Evaluation evaluation) {
            events.add("end " + evaluation.job().id());
          }
        };
    try (EvaluationService service = new EvaluationService(cpu(1, Candidates::success), listener)) {
      service.evaluate(List.of(A), (chromosome, evaluation) -> {});
      service.evaluate(List.of(B, A_TOO), (chromosome, evaluation) -> {});
    }
    assertEquals(List.of("start 0", "end 0", "start 1", "end 1"), events);
  }

  @Test
  void needsAWorker() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new EvaluationService(cpu(0, Candidates::success), EvaluationListener.NONE));
  }
}
