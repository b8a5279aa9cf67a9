package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.device.ComputeDevice;
import java.util.Optional;

/**
 * Results that outlive the process. {@link #find} is called on the thread that asks for
 * evaluations, the rest on the workers' threads, several at a time.
 */
@FunctionalInterface
public interface EvaluationCache {
  /** Stores nothing. */
  EvaluationCache NONE = (evaluation, device, memoryBytes) -> {};

  /**
   * Returns the number of a network's job, which no other network of the run has. It is the number
   * of networks asked for before, unless the network has a number already, or another one has it.
   *
   * @param phenotype the network
   * @param asked how many networks were submitted before it in this process
   */
  default long job(String phenotype, long asked) {
    return asked;
  }

  /**
   * Looks up the result of a job, so that it need not be run.
   *
   * @param microBatches into how many parts its batches would be split
   */
  default Optional<Evaluation> find(EvaluationJob job, int microBatches) {
    return Optional.empty();
  }

  /**
   * A worker begins a job, perhaps not for the first time.
   *
   * @throws java.io.UncheckedIOException if that cannot be noted
   */
  default void started(EvaluationJob job, String worker) {}

  /**
   * A job is done, or has failed for good. When this returns, the result is on disk.
   *
   * @param memoryBytes the estimate of the device memory that it took; 0 where memory is not
   *     limited
   * @throws java.io.UncheckedIOException if it cannot be stored
   */
  void ended(Evaluation evaluation, ComputeDevice device, long memoryBytes);
}
