package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.device.ComputeDevice;

/**
 * The workers of one device.
 *
 * @param device to which each worker's thread is bound
 * @param workers how many candidates are trained side by side, at least 1
 * @param memoryBytes device memory that the workers may take together
 * @param evaluator does their jobs
 */
public record DeviceWorkers(
    ComputeDevice device, int workers, long memoryBytes, CandidateEvaluator evaluator) {
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

  /** Workers whose memory need not be watched. */
  public DeviceWorkers(ComputeDevice device, int workers, CandidateEvaluator evaluator) {
    this(device, workers, Long.MAX_VALUE, evaluator);
  }

  /** Device memory that candidates may take together: without what the workers hold for good. */
  long candidateBytes() {
    return Math.max(0, memoryBytes - workers * evaluator.workerBytes());
  }
}
