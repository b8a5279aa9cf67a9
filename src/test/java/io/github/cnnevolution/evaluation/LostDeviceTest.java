package io.github.cnnevolution.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.space.Chromosome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Devices that fail under their workers. */
class LostDeviceTest {
  private static final LostDevice CPU_1 = new LostDevice("cpu1", Candidates.DEVICE_LOST);

  private static RuntimeException deviceLost() {
    return new IllegalStateException(Candidates.DEVICE_LOST + "\nCUDA kernel errors might be...");
  }

  /** Hears of lost devices. */
  private static final class Losses implements EvaluationListener {
    private final List<LostDevice> heard = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void onDeviceLost(LostDevice device) {
      heard.add(device);
    }
  }

  private static List<DeviceWorkers<EvaluationJob, Evaluation>> devices(
      int count, int workers, CandidateEvaluator evaluator) {
    return IntStream.range(0, count)
        .mapToObj(i -> Candidates.workers(Candidates.cpu(i), workers, evaluator))
        .toList();
  }

  /** Each job of the failing device is there when it fails, and each worker reports it. */
  @Test
  void everyCandidateCompletesOnTheOtherDevice() throws InterruptedException {
    CyclicBarrier allOfDevice1 = new CyclicBarrier(3);
    AtomicInteger failures = new AtomicInteger();
    Map<Long, Integer> attempts = new ConcurrentHashMap<>();
    CandidateEvaluator evaluator =
        (job, worker, microBatches) -> {
          attempts.merge(job.id(), 1, Integer::sum);
          if (worker.startsWith("cpu1-")) {
            await(allOfDevice1);
            failures.incrementAndGet();
            throw deviceLost();
          }
          // The other device's workers wait until the first three have failed.
          while (failures.get() < 3) {
            Thread.sleep(1);
          }
          return Candidates.success(job, worker, microBatches);
        };
    Losses losses = new Losses();
    try (EvaluationService service = new EvaluationService(devices(2, 3, evaluator), losses)) {
      List<Evaluation> all =
          service.evaluate(Candidates.distinct(20), (chromosome, evaluation) -> {});
      assertTrue(all.stream().noneMatch(Evaluation::isFailed));
      assertTrue(all.stream().allMatch(evaluation -> evaluation.worker().startsWith("cpu-")));
      assertEquals(List.of(CPU_1), service.lostDevices());
    }
    assertEquals(List.of(CPU_1), losses.heard, "once");
    assertEquals(3, failures.get(), "no worker of a lost device takes another job");
    assertEquals(23, attempts.values().stream().mapToInt(Integer::intValue).sum());
  }

  @Test
  void aResultThatWasCompleteCounts() throws InterruptedException {
    CyclicBarrier both = new CyclicBarrier(2);
    CountDownLatch heard = new CountDownLatch(1);
    CandidateEvaluator evaluator =
        (job, worker, microBatches) -> {
          if (worker.startsWith("cpu1-")) {
            await(both);
          }
          if (worker.equals("cpu1-0")) {
            throw deviceLost();
          }
          heard.await();
          return Candidates.success(job, worker, microBatches);
        };
    try (EvaluationService service =
        new EvaluationService(devices(2, 2, evaluator), opening(heard))) {
      List<Evaluation> all =
          service.evaluate(Candidates.distinct(4), (chromosome, evaluation) -> {});
      assertTrue(all.stream().noneMatch(Evaluation::isFailed));
      assertEquals(1, all.stream().filter(e -> e.worker().equals("cpu1-1")).count());
    }
  }

  /** Opens the latch when a device is lost. */
  private static EvaluationListener opening(CountDownLatch heard) {
    return new EvaluationListener() {
      @Override
      public void onDeviceLost(LostDevice device) {
        heard.countDown();
      }
    };
  }

  /** Once a device is lost, its other workers' jobs may fail with any message. */
  @Test
  void whateverFailsOnALostDeviceIsTriedElsewhere() throws InterruptedException {
    CyclicBarrier both = new CyclicBarrier(2);
    CountDownLatch heard = new CountDownLatch(1);
    CandidateEvaluator evaluator =
        (job, worker, microBatches) -> {
          if (worker.equals("cpu1-0")) {
            await(both);
            throw deviceLost();
          }
          if (worker.equals("cpu1-1")) {
            await(both);
            heard.await();
            throw new IllegalStateException("a follow-up of the fault");
          }
          heard.await();
          return Candidates.success(job, worker, microBatches);
        };
    try (EvaluationService service =
        new EvaluationService(devices(2, 2, evaluator), opening(heard))) {
      List<Evaluation> all =
          service.evaluate(Candidates.distinct(4), (chromosome, evaluation) -> {});
      assertTrue(all.stream().noneMatch(Evaluation::isFailed), all.toString());
    }
  }

  @Test
  void aCandidateThatTakesTwoDevicesAlongFails() throws InterruptedException {
    CandidateEvaluator evaluator =
        (job, worker, microBatches) -> {
          if (job.id() == 0) {
            throw deviceLost();
          }
          return Candidates.success(job, worker, microBatches);
        };
    try (EvaluationService service =
        new EvaluationService(devices(3, 1, evaluator), EvaluationListener.NONE)) {
      List<Evaluation> all =
          service.evaluate(Candidates.distinct(9), (chromosome, evaluation) -> {});
      assertEquals("two devices failed while training it", all.get(0).error().orElseThrow());
      assertTrue(all.subList(1, 9).stream().noneMatch(Evaluation::isFailed));
      assertEquals(2, service.lostDevices().size());
    }
  }

  @Test
  void withNoDeviceLeftWhoeverWaitsHearsOfIt() {
    CandidateEvaluator evaluator =
        (job, worker, microBatches) -> {
          if (job.id() == 0) {
            return Candidates.success(job, worker, microBatches);
          }
          throw deviceLost();
        };
    try (EvaluationService service =
        new EvaluationService(devices(1, 1, evaluator), EvaluationListener.NONE)) {
      List<Chromosome> three = Candidates.distinct(3);
      List<Evaluation> before = new ArrayList<>();
      NoDeviceLeftException e =
          assertThrows(
              NoDeviceLeftException.class,
              () -> {
                service.evaluate(
                    three.subList(0, 1), (chromosome, evaluation) -> before.add(evaluation));
                service.evaluate(three, (chromosome, evaluation) -> {});
              });
      assertEquals("no device is left: cpu (" + Candidates.DEVICE_LOST + ")", e.getMessage());
      assertEquals(1, before.size());
      CompletableFuture<Evaluation> late = service.submit(Candidates.distinct(4).get(3));
      ExecutionException thrown = assertThrows(ExecutionException.class, late::get);
      assertTrue(thrown.getCause() instanceof NoDeviceLeftException);
    }
  }

  /** A GPU that is not there: LibTorch for the CPU cannot bind a thread to it. */
  @Test
  void aDeviceThatCannotBeBoundIsLost() throws InterruptedException {
    NativeRuntime.load(1);
    ComputeDevice absent =
        new ComputeDevice(
            ComputeDevice.Kind.GPU, 0, "absent", Set.of(Precision.FP32), Precision.FP32);
    Losses losses = new Losses();
    try (EvaluationService service =
        new EvaluationService(
            List.of(
                Candidates.workers(absent, 3, Candidates::success),
                Candidates.workers(Candidates.cpu(0), 1, Candidates::success)),
            losses)) {
      List<Evaluation> all =
          service.evaluate(Candidates.distinct(10), (chromosome, evaluation) -> {});
      assertTrue(all.stream().allMatch(evaluation -> evaluation.worker().equals("cpu-0")));
    }
    assertEquals(List.of("gpu0"), losses.heard.stream().map(LostDevice::device).toList());
    assertFalse(losses.heard.get(0).reason().isBlank());
  }

  /** What device 1 alone could train whole is split when only device 0 is left. */
  @Test
  void whatWaitedForALostDeviceIsPlannedForTheOthers() throws InterruptedException {
    CandidateEvaluator evaluator =
        Candidates.needing(
            (job, parts) -> 20 / parts,
            (job, worker, parts) -> {
              if (worker.startsWith("cpu1-")) {
                throw deviceLost();
              }
              return Candidates.success(job, worker, parts);
            });
    try (EvaluationService service =
        new EvaluationService(
            List.of(
                Candidates.workers(Candidates.cpu(0), 2, 10, evaluator),
                Candidates.workers(Candidates.cpu(1), 1, 20, evaluator)),
            EvaluationListener.NONE)) {
      for (Evaluation evaluation :
          service.evaluate(Candidates.distinct(5), (chromosome, e) -> {})) {
        assertEquals(0.11, evaluation.fitness(), 1e-9, "2 micro-batches");
      }
    }
  }

  /** No worker can have a second job before every worker has its first. */
  @Test
  void jobsSpreadOverAllWorkersOfAllDevices() throws InterruptedException {
    CyclicBarrier everyWorker = new CyclicBarrier(32);
    CandidateEvaluator evaluator =
        (job, worker, microBatches) -> {
          await(everyWorker);
          return Candidates.success(job, worker, microBatches);
        };
    try (EvaluationService service =
        new EvaluationService(devices(8, 4, evaluator), EvaluationListener.NONE)) {
      List<Evaluation> all =
          service.evaluate(Candidates.distinct(64), (chromosome, evaluation) -> {});
      Map<String, Long> jobs =
          all.stream().collect(Collectors.groupingBy(Evaluation::worker, Collectors.counting()));
      assertEquals(32, jobs.size());
      assertTrue(jobs.values().stream().allMatch(count -> count == 2), jobs.toString());
    }
  }

  private static void await(CyclicBarrier barrier) throws InterruptedException {
    try {
      barrier.await(5, TimeUnit.MINUTES);
    } catch (BrokenBarrierException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }
}
