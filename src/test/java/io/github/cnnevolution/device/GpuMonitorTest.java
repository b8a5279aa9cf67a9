package io.github.cnnevolution.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Uses a function as the source of samples. The real source is NVML, which the tests on the CUDA
 * recorder cover.
 */
class GpuMonitorTest {
  private static final long TOTAL = 1000;

  private static GpuStatus status(int percent, long used) {
    return new GpuStatus(
        "GPU",
        9,
        0,
        TOTAL,
        TOTAL - used,
        OptionalInt.of(percent),
        OptionalInt.empty(),
        OptionalDouble.empty());
  }

  @Test
  void samplesUntilClosed() throws InterruptedException {
    AtomicInteger calls = new AtomicInteger();
    AtomicInteger released = new AtomicInteger();
    CountDownLatch enough = new CountDownLatch(6);
    GpuMonitor monitor =
        new GpuMonitor(
            List.of(1, 3),
            gpu -> {
              calls.incrementAndGet();
              enough.countDown();
              return Optional.of(status(10 * gpu, gpu));
            },
            released::incrementAndGet,
            Duration.ofMillis(1));
    monitor.begin();
    enough.await();
    monitor.close();
    int callsAtClose = calls.get();
    assertEquals(1, released.get(), "the source is released once");
    List<GpuUsage> usages = monitor.usages();
    assertEquals(List.of(1, 3), usages.stream().map(GpuUsage::gpu).toList());
    assertEquals(callsAtClose, usages.stream().mapToLong(GpuUsage::samples).sum());
    assertEquals(30, usages.get(1).utilisation());
    assertEquals(3, usages.get(1).peakMemory());
    monitor.close();
    assertEquals(callsAtClose, calls.get());
    assertEquals(1, released.get());
  }

  @Test
  void closingDoesNotWaitForThePeriod() throws InterruptedException {
    CountDownLatch sampled = new CountDownLatch(1);
    GpuMonitor monitor =
        new GpuMonitor(
            List.of(0),
            gpu -> {
              sampled.countDown();
              return Optional.of(status(1, 1));
            },
            () -> {},
            Duration.ofDays(1));
    monitor.begin();
    sampled.await();
    monitor.close();
    assertEquals(1, monitor.usages().get(0).samples());
  }

  @Test
  void aLostGpuKeepsItsValuesAndTheOthersAreStillSampled() throws InterruptedException {
    AtomicInteger samplesOfGpu0 = new AtomicInteger();
    CountDownLatch enough = new CountDownLatch(4);
    GpuMonitor monitor =
        new GpuMonitor(
            List.of(0, 1),
            gpu -> {
              enough.countDown();
              boolean lost = gpu == 0 && samplesOfGpu0.incrementAndGet() > 1;
              return lost ? Optional.empty() : Optional.of(status(70, 5));
            },
            () -> {},
            Duration.ofMillis(1));
    monitor.begin();
    enough.await();
    monitor.close();
    List<GpuUsage> usages = monitor.usages();
    assertEquals(GpuUsage.none(0).with(70, 5), usages.get(0));
    assertTrue(usages.get(1).samples() >= 2, usages.toString());
  }

  @Test
  void startsNoThreadForTheCpu() {
    try (GpuMonitor monitor = GpuMonitor.start(List.of(Devices.cpu()))) {
      assertEquals(List.of(), monitor.usages());
      assertFalse(
          Thread.getAllStackTraces().keySet().stream()
              .anyMatch(thread -> thread.getName().equals("gpu-monitor")),
          "no thread");
    }
  }

  @Test
  void computesMeanAndPeak() {
    GpuUsage early = GpuUsage.none(0).with(20, 300).with(40, 100);
    GpuUsage late = early.with(90, 200).with(70, 200);
    assertEquals(55, late.meanUtilisation());
    assertEquals(80, late.meanUtilisationSince(early));
    assertEquals(70, late.meanUtilisationSince(late), "no sample in between: the latest");
    assertEquals(90, late.peakUtilisation());
    assertEquals(300, late.peakMemory());
    assertEquals(200, late.memory());
    assertEquals(0, GpuUsage.none(0).meanUtilisation());
  }
}
