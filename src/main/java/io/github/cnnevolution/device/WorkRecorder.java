package io.github.cnnevolution.device;

/**
 * Records the work that the calling thread launches, and replays it as a whole.
 *
 * <p>A recording holds addresses and numbers. What the work reads or writes must be in memory that
 * keeps its address, and a number that changes between replays must be in such memory too. A
 * recorder belongs to the thread that created it.
 */
public interface WorkRecorder extends AutoCloseable {
  /**
   * Makes the thread allocate its tensors from the recorder's pool from now on. Waits for a permit.
   */
  void openPool() throws InterruptedException;

  /** Makes the thread allocate its tensors from the normal memory again. */
  void closePool();

  /**
   * Records the work that {@code work} launches, without executing it. {@code work} must not wait
   * for the device and must not draw random numbers on it. The new recording replaces the previous
   * one.
   *
   * @throws RuntimeException if a part of the work cannot be recorded; then there is nothing to
   *     launch
   */
  void record(Runnable work);

  /** Launches the recorded work after all work that this thread has launched so far. */
  void launch();

  /** Frees the recording. The tensors of its pool must be closed first. */
  @Override
  void close();
}
