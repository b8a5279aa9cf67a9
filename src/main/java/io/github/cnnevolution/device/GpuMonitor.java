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
 * Samples GPUs about once a second on a separate thread until it is closed. Keeps the latest
 * values, the mean and the peak, so its memory use is constant. Safe to read from any thread.
 */
public final class GpuMonitor implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(5);

  private final Map<Integer, GpuUsage> usages = new TreeMap<>();
  private final IntFunction<Optional<GpuStatus>> source;
  private final Runnable release;
  private final Duration period;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  /**
   * Creates a monitor with a given source of samples.
   *
   * @param gpus indices as CUDA counts them
   * @param source returns the status of a GPU by index
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
   * Starts to monitor the GPUs among the devices. Without a GPU, or without NVML, it starts no
   * thread and reports nothing.
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

  /** Starts the thread. Does nothing without GPUs. */
  void begin() {
    if (!usages.isEmpty()) {
      thread.start();
    }
  }

  /** Returns the usage of each GPU so far, by index. The list is empty if no GPU is monitored. */
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
      // An interrupt is a request to stop.
      Thread.currentThread().interrupt();
    } finally {
      release.run();
    }
  }

  /** Adds one sample. A GPU that does not respond, such as a lost one, keeps its earlier values. */
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

  /** Stops the thread and waits until it ends. The values stay readable. */
  @Override
  public void close() {
    closed.countDown();
    boolean interrupted = Thread.interrupted();
    try {
      thread.join(JOIN_TIMEOUT.toMillis());
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
