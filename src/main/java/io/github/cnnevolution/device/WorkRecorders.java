package io.github.cnnevolution.device;

/** Creates recorders for the workers of a run. Safe to share between threads. */
public interface WorkRecorders {
  /** Returns whether work on this device may be recorded. */
  boolean isOn(ComputeDevice device);

  /**
   * Creates a recorder with an open pool, for the work that the calling thread launches on its
   * bound device. Waits for a permit.
   */
  WorkRecorder recorder(ComputeDevice device) throws InterruptedException;

  /** Reports that work could not be recorded. Only the first call writes a warning. */
  void warnOnce(RuntimeException failure);
}
