package io.github.cnnevolution.device;

import io.github.cnnevolution.text.Text;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Creates CUDA graph recorders, if graphs are enabled. All workers of a run share one instance.
 * Safe to share between threads.
 *
 * <p>Training on a GPU launches a long sequence of short kernels. With a small network the GPU
 * idles until the host launches the next kernel. A graph holds the whole sequence and launches it
 * with one call.
 */
public final class CudaGraphs implements WorkRecorders {
  /** Disabled: records nothing. */
  public static final CudaGraphs OFF = new CudaGraphs(false, false, message -> {});

  /** JavaCPP supports ten callbacks of one type in a process. Each recorder uses one. */
  private static final int MAX_RECORDERS = 8;

  private final boolean enabled;
  private final boolean required;
  private final Consumer<String> warnings;
  private final AtomicBoolean warned = new AtomicBoolean();
  private final Semaphore recorderPermits = new Semaphore(MAX_RECORDERS, true);
  private final Map<Integer, GraphPools> pools = new ConcurrentHashMap<>();

  private CudaGraphs(boolean enabled, boolean required, Consumer<String> warnings) {
    this.enabled = enabled;
    this.required = required;
    this.warnings = warnings;
  }

  /**
   * Enabled: training steps are recorded and replayed.
   *
   * @param warnings receives one line when a recording fails for the first time
   */
  public static CudaGraphs on(Consumer<String> warnings) {
    return new CudaGraphs(true, false, warnings);
  }

  /** Enabled, and a training whose steps cannot be recorded fails: for checks of a machine. */
  public static CudaGraphs required() {
    return new CudaGraphs(true, true, message -> {});
  }

  @Override
  public boolean isOn(ComputeDevice device) {
    return enabled && device.isGpu();
  }

  /**
   * Creates a recorder for the work that the calling thread launches on its bound device. Waits
   * while too many other recorders are open.
   */
  @Override
  public GraphRecorder recorder(ComputeDevice device, long bytes) throws InterruptedException {
    GraphPools ofDevice = pools.computeIfAbsent(device.index(), index -> new GraphPools(device));
    return new GraphRecorder(device, recorderPermits, ofDevice, bytes);
  }

  @Override
  public void releaseIdleMemory(ComputeDevice device) {
    GraphPools ofDevice = pools.get(device.index());
    if (device.isGpu() && ofDevice != null) {
      ofDevice.releaseIdle();
    }
  }

  /**
   * Reports that work could not be recorded and is launched kernel by kernel. Only the first call
   * writes a warning.
   *
   * @throws RuntimeException {@code failure}, if recordings are {@link #required}
   */
  @Override
  public void warnOnce(RuntimeException failure) {
    if (required) {
      throw failure;
    }
    if (!warned.getAndSet(true)) {
      String message = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
      warnings.accept(
          Text.format(
              "--cuda_graphs: a training step could not be recorded (%s); its candidate is trained without graphs",
              message));
    }
  }
}
