package io.github.cnnevolution.device;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/**
 * Watches GPUs from a thread of its own, about once a second, until it is closed. Keeps the latest
 * values and their mean and peak; its memory does not grow. Safe to read from any thread.
 */
public final class GpuMonitor implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Map<Integer, GpuUsage> usages = new TreeMap<>();
  private final IntFunction<Optional<GpuStatus>> source;
  private final Runnable release;
  private final Duration period;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  /**
   * A monitor of any source of samples.
   *
   * @param gpus indices, as CUDA counts
   * @param source tells how a GPU is, from its index
   * @param release called once when the monitor ends
   */
  GpuMonitor(
      List<Integer> gpus,
      IntFunction<Optional<GpuStatus>> source,
      Runnable release,
      Duration period) {
    gpus.forEach(gpu -> usages.put(gpu, GpuUsage.none(gpu)));
    this.source = source;
    this.release = release;
    this.period = period;
    this.thread = new Thread(this::watch, "gpu-monitor");
    thread.setDaemon(true);
  }

  /**
   * Starts to watch the GPUs among the devices. Without any, or without NVML, it watches nothing
   * and costs nothing.
   */
  public static GpuMonitor start(List<ComputeDevice> devices) {
    List<Integer> gpus =
        devices.stream().filter(ComputeDevice::isGpu).map(ComputeDevice::index).toList();
    Optional<Nvml> nvml = gpus.isEmpty() ? Optional.empty() : Nvml.open();
    GpuMonitor monitor =
        nvml.isPresent()
            ? new GpuMonitor(gpus, nvml.get()::status, nvml.get()::close, PERIOD)
            : new GpuMonitor(List.of(), gpu -> Optional.empty(), () -> {}, PERIOD);
    monitor.begin();
    return monitor;
  }

  /** Starts the thread; without GPUs there is none. */
  void begin() {
    if (!usages.isEmpty()) {
      thread.start();
    }
  }

  /** What has been seen of each GPU, by index; empty if none is watched. */
  public List<GpuUsage> usages() {
    synchronized (usages) {
      return List.copyOf(usages.values());
    }
  }

  private void watch() {
    try {
      do {
        usages().forEach(usage -> sample(usage.gpu()));
      } while (!closed.await(period.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      // Nobody interrupts it but who wants it to end.
      Thread.currentThread().interrupt();
    } finally {
      release.run();
    }
  }

  /** A GPU that does not answer, such as a lost one, keeps what was seen before. */
  private void sample(int gpu) {
    Optional<GpuStatus> status = source.apply(gpu);
    if (status.isPresent() && status.get().utilisation().isPresent()) {
      int percent = status.get().utilisation().getAsInt();
      long memory = status.get().memoryUsed();
      synchronized (usages) {
        usages.computeIfPresent(gpu, (index, usage) -> usage.with(percent, memory));
      }
    }
  }

  /** Stops the thread and waits for it; what was seen can still be read. */
  @Override
  public void close() {
    closed.countDown();
    boolean interrupted = Thread.interrupted();
    try {
      thread.join(PATIENCE.toMillis());
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
