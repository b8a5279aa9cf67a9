package io.github.cnnevolution.device;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;

/**
 * Whether work on GPUs may be recorded as CUDA graphs; all workers of a run share one. Safe to
 * share between threads.
 *
 * <p>A training on a GPU is a long sequence of short kernels, and a small network leaves the GPU
 * waiting for the host to launch the next one. A graph is the same sequence, launched by one call.
 */
public final class CudaGraphs {
  /** Nothing is recorded. */
  public static final CudaGraphs OFF = new CudaGraphs(false, message -> {});

  /** JavaCPP has room for ten callbacks of a kind in a process; a recorder has one of them. */
  private static final int RECORDERS = 8;

  private final boolean enabled;
  private final Consumer<String> warnings;
  private final AtomicBoolean warned = new AtomicBoolean();
  private final Semaphore turns = new Semaphore(RECORDERS, true);
  private final Map<Integer, ReadWriteLock> pools = new ConcurrentHashMap<>();

  private CudaGraphs(boolean enabled, Consumer<String> warnings) {
    this.enabled = enabled;
    this.warnings = warnings;
  }

  /**
   * Steps are recorded and replayed.
   *
   * @param warnings hears in one line, once, that a recording has failed
   */
  public static CudaGraphs on(Consumer<String> warnings) {
    return new CudaGraphs(true, warnings);
  }

  /** Whether work on this device may be recorded. */
  public boolean isOn(ComputeDevice device) {
    return enabled && device.isGpu();
  }

  /**
   * Gets ready to record what the calling thread launches on the device that it is bound to. Waits
   * while too many others are recording.
   */
  public GraphRecorder recorder(ComputeDevice device) throws InterruptedException {
    ReadWriteLock lock =
        pools.computeIfAbsent(device.index(), index -> new ReentrantReadWriteLock());
    return new GraphRecorder(device, turns, lock);
  }

  /**
   * Tells that work could not be recorded and is launched kernel by kernel; the first time only.
   */
  public void failed(RuntimeException failure) {
    if (!warned.getAndSet(true)) {
      String message = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
      warnings.accept(
          "--cuda_graphs: a training step could not be recorded (%s); its candidate is trained without"
              .formatted(message));
    }
  }
}
