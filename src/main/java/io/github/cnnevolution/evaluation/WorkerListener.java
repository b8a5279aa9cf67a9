package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.device.ComputeDevice;

/**
 * Is told what workers do. Called on the workers' threads, several at a time.
 *
 * @param <J> the jobs
 * @param <R> their results
 */
interface WorkerListener<J extends TrainingJob, R> {
  /**
   * A worker begins a job, perhaps not for the first time.
   *
   * @throws java.io.UncheckedIOException if that cannot be noted; the job then ends with it
   */
  void onStart(J job, String worker);

  /**
   * A job is done or has failed for good. Called before whoever waits gets the result.
   *
   * @param memoryBytes the estimate of the device memory that the job took; 0 where memory is not
   *     limited
   * @throws java.io.UncheckedIOException if the result cannot be kept; the job then ends with it
   */
  void onEnd(J job, R result, ComputeDevice device, long memoryBytes);

  /** A device has gone out of service; its jobs move to the others. Called once for each device. */
  void onDeviceLost(LostDevice device);
}
