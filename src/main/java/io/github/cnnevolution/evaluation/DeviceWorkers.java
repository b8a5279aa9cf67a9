package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.device.ComputeDevice;

/**
 * The workers of one device.
 *
 * @param device to which each worker's thread is bound
 * @param workers how many jobs run in parallel, at least 1
 * @param memoryBytes device memory that the workers may take together
 * @param runner runs their jobs
 * @param <J> the jobs
 * @param <R> their results
 */
public record DeviceWorkers<J extends TrainingJob, R>(
    ComputeDevice device, int workers, long memoryBytes, JobRunner<J, R> runner) {
  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if there are no workers or no memory
   */
  public DeviceWorkers {
    if (workers < 1) {
      throw new IllegalArgumentException("workers must be at least 1, but was " + workers);
    }
    if (memoryBytes < 1) {
      throw new IllegalArgumentException("memory must be positive, but was " + memoryBytes);
    }
  }

  /** Workers whose memory is not limited. */
  public DeviceWorkers(ComputeDevice device, int workers, JobRunner<J, R> runner) {
    this(device, workers, Long.MAX_VALUE, runner);
  }

  /** Returns the device memory that jobs may take together: without what the workers hold. */
  long jobBytes() {
    return Math.max(0, memoryBytes - workers * runner.workerBytes());
  }
}
