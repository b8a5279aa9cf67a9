package io.github.cnnevolution.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainNetworks;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Seeds on workers that fail: what becomes of the seed that failed, and of the others. */
class FinalTrainingServiceTest {
  private static final Architecture SMALL =
      PlainNetworks.decode(new Chromosome("00000000000000000000"));

  /** A runner that trains nothing. */
  @FunctionalInterface
  private interface Fake extends JobRunner<FinalTrainingJob, SeedResult> {
    @Override
    default SeedResult failure(
        FinalTrainingJob job, int microBatches, FailureKind kind, String reason, String worker) {
      return SeedResult.failed(job, List.of(), kind, reason, microBatches, worker);
    }
  }

  /** A runner that needs 10 units of memory for a whole batch. */
  private record NeedingTen(Fake runner) implements Fake {
    @Override
    public SeedResult run(FinalTrainingJob job, String worker, int microBatches)
        throws InterruptedException {
      return runner.run(job, worker, microBatches);
    }

    @Override
    public long memoryBytes(FinalTrainingJob job, int microBatches) {
      return 10 / microBatches;
    }
  }

  /** Remembers what it is told. */
  private static class Events implements SeedListener {
    private final List<Long> ended = Collections.synchronizedList(new ArrayList<>());
    private final List<LostDevice> lost = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void onEnd(SeedResult result) {
      ended.add(result.seed());
    }

    @Override
    public void onDeviceLost(LostDevice device) {
      lost.add(device);
    }
  }

  private static SeedResult success(FinalTrainingJob job, String worker, int microBatches) {
    return new SeedResult(
        job, List.of(), Optional.empty(), Optional.empty(), microBatches, 1, worker);
  }

  private static List<FinalTrainingJob> seeds(int count) {
    return LongStream.range(0, count)
        .mapToObj(i -> new FinalTrainingJob(i, SMALL, 100 + i, 3))
        .toList();
  }

  private static DeviceWorkers<FinalTrainingJob, SeedResult> workers(
      ComputeDevice device, int workers, Fake runner) {
    return new DeviceWorkers<>(device, workers, runner);
  }

  private static List<SeedResult> train(
      List<DeviceWorkers<FinalTrainingJob, SeedResult>> devices, int seeds, SeedListener listener)
      throws InterruptedException {
    try (FinalTrainingService service = new FinalTrainingService(devices, listener)) {
      return service.train(seeds(seeds));
    }
  }

  /** The dead device would be free first for every seed. */
  @Test
  void aDeviceThatFailsDoesNotDrainTheQueue() throws InterruptedException {
    AtomicInteger failures = new AtomicInteger();
    CountDownLatch lost = new CountDownLatch(1);
    Fake runner =
        (job, worker, parts) -> {
          if (worker.startsWith("cpu1-")) {
            failures.incrementAndGet();
            throw new IllegalStateException(Candidates.DEVICE_LOST);
          }
          lost.await();
          return success(job, worker, parts);
        };
    Events events =
        new Events() {
          @Override
          public void onDeviceLost(LostDevice device) {
            super.onDeviceLost(device);
            lost.countDown();
          }
        };
    List<SeedResult> results =
        train(
            List.of(workers(Candidates.cpu(0), 1, runner), workers(Candidates.cpu(1), 1, runner)),
            8,
            events);
    assertEquals(
        LongStream.range(100, 108).boxed().toList(),
        results.stream().map(SeedResult::seed).toList());
    assertTrue(results.stream().noneMatch(SeedResult::isFailed), results.toString());
    assertEquals(1, failures.get(), "the dead device took no second seed");
    assertEquals(List.of(new LostDevice("cpu1", Candidates.DEVICE_LOST)), events.lost);
  }

  /** A GPU that is not there: LibTorch for the CPU cannot bind a thread to it. */
  @Test
  void aDeviceThatCannotBeBoundTakesNoSeed() throws InterruptedException {
    NativeRuntime.load(1);
    ComputeDevice absent =
        new ComputeDevice(
            ComputeDevice.Kind.GPU, 0, "absent", Set.of(Precision.FP32), Precision.FP32);
    Fake runner = FinalTrainingServiceTest::success;
    List<SeedResult> results =
        train(
            List.of(workers(absent, 3, runner), workers(Candidates.cpu(0), 1, runner)),
            6,
            SeedListener.NONE);
    assertTrue(results.stream().allMatch(result -> result.worker().equals("cpu-0")));
    assertTrue(results.stream().noneMatch(SeedResult::isFailed));
  }

  @Test
  void whatRunsOutOfMemoryIsTriedAloneAndThenInParts() throws InterruptedException {
    Map<Long, List<Integer>> attempts = new ConcurrentHashMap<>();
    AtomicInteger running = new AtomicInteger();
    AtomicInteger beside = new AtomicInteger();
    CountDownLatch othersRun = new CountDownLatch(2);
    Fake runner =
        (job, worker, parts) -> {
          List<Integer> mine = attempts.computeIfAbsent(job.id(), id -> new ArrayList<>());
          boolean first = mine.isEmpty();
          mine.add(parts);
          int others = running.getAndIncrement();
          try {
            if (job.id() != 0) {
              othersRun.countDown();
              Thread.sleep(30);
            } else if (first) {
              othersRun.await();
              throw new IllegalStateException(Candidates.OUT_OF_MEMORY);
            } else {
              beside.accumulateAndGet(others, Math::max);
              if (parts < 4) {
                throw new IllegalStateException(Candidates.OUT_OF_MEMORY);
              }
            }
            return success(job, worker, parts);
          } finally {
            running.decrementAndGet();
          }
        };
    Events events = new Events();
    List<SeedResult> results = train(List.of(workers(Candidates.cpu(0), 3, runner)), 5, events);
    assertEquals(List.of(1, 1, 2, 4), attempts.get(0L));
    assertEquals(0, beside.get(), "the device to itself");
    assertEquals(List.of(4, 1, 1, 1, 1), results.stream().map(SeedResult::microBatches).toList());
    assertTrue(results.stream().noneMatch(SeedResult::isFailed), results.toString());
    assertEquals(5, events.ended.size(), "attempts are not reported as results");
  }

  /** Each seed fails once: with its device, or for want of memory. */
  @Test
  void anErrorDoesNotSurviveASuccess() throws InterruptedException {
    Set<Long> failed = ConcurrentHashMap.newKeySet();
    Fake runner =
        (job, worker, parts) -> {
          if (worker.startsWith("cpu1-")) {
            throw new IllegalStateException(Candidates.DEVICE_LOST);
          }
          if (failed.add(job.seed())) {
            throw new IllegalStateException(Candidates.OUT_OF_MEMORY);
          }
          return success(job, worker, parts);
        };
    Events events = new Events();
    List<SeedResult> results =
        train(
            List.of(workers(Candidates.cpu(0), 2, runner), workers(Candidates.cpu(1), 1, runner)),
            4,
            events);
    assertEquals(4, failed.size());
    for (SeedResult result : results) {
      assertFalse(result.isFailed(), result.toString());
      assertEquals(Optional.empty(), result.error());
    }
    assertEquals(4, events.ended.size());
  }

  @Test
  void trainingsThatDoNotFitTogetherWaitForEachOther() throws InterruptedException {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Fake runner =
        (job, worker, parts) -> {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          Thread.sleep(5);
          running.decrementAndGet();
          return success(job, worker, parts);
        };
    List<SeedResult> results =
        train(
            List.of(new DeviceWorkers<>(Candidates.cpu(0), 4, 20, new NeedingTen(runner))),
            8,
            SeedListener.NONE);
    assertTrue(results.stream().allMatch(result -> result.microBatches() == 1));
    assertTrue(most.get() <= 2, most + " at once");
  }

  @Test
  void whatFitsNowhereWholeIsSplitAtOnce() throws InterruptedException {
    Fake runner = new NeedingTen(FinalTrainingServiceTest::success);
    List<SeedResult> results =
        train(List.of(new DeviceWorkers<>(Candidates.cpu(0), 2, 3, runner)), 2, SeedListener.NONE);
    assertEquals(List.of(4, 4), results.stream().map(SeedResult::microBatches).toList());
  }

  @Test
  void withNoDeviceLeftEverySeedHasAResult() throws InterruptedException {
    Fake runner =
        (job, worker, parts) -> {
          if (job.id() == 0) {
            return success(job, worker, parts);
          }
          throw new IllegalStateException(Candidates.DEVICE_LOST);
        };
    Events events = new Events();
    List<SeedResult> results = train(List.of(workers(Candidates.cpu(0), 1, runner)), 4, events);
    assertFalse(results.get(0).isFailed());
    for (SeedResult result : results.subList(1, 4)) {
      assertEquals(Optional.of(FailureKind.DEVICE), result.failure());
      assertEquals(
          "no device is left: cpu (" + Candidates.DEVICE_LOST + ")", result.error().orElseThrow());
    }
    assertEquals(List.of(100L, 101L, 102L, 103L), events.ended.stream().sorted().toList());
  }
}
