package io.github.cnnevolution.device;

/** Creates recorders for the workers of a run. Safe to share between threads. */
public interface WorkRecorders {
  /** Returns whether work on this device may be recorded. */
  boolean isOn(ComputeDevice device);

  /**
   * Creates a recorder with an open pool, for the work that the calling thread launches on its
   * bound device. Waits for a permit.
   *
   * @param bytes the device memory that the training takes at its peak
   */
  WorkRecorder recorder(ComputeDevice device, long bytes) throws InterruptedException;

  /**
   * Frees the memory of recorders that are closed, which otherwise stays for the next ones. Call it
   * when a worker takes no more work, and where memory is out.
   */
  void releaseIdleMemory(ComputeDevice device);

  /** Reports that work could not be recorded. Only the first call writes a warning. */
  void warnOnce(RuntimeException failure);
}
