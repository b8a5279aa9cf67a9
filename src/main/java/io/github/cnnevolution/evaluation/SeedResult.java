package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.EpochMetrics;
import java.util.List;
import java.util.Optional;

/**
 * The result of a final training with one seed. Where it did not fail, its weights are in a file.
 *
 * @param job the job that was done
 * @param epochs what each finished epoch showed
 * @param failure why it failed; empty exactly when it did not
 * @param error why it failed, in one line; empty exactly when it did not
 * @param microBatches into how many parts each batch was split, 1 unless memory was short; more
 *     change the weights a little
 * @param seconds wall time of the training loop since the last checkpoint that was restored
 * @param worker the name of the worker that ran it; empty if none did
 */
public record SeedResult(
    FinalTrainingJob job,
    List<EpochMetrics> epochs,
    Optional<FailureKind> failure,
    Optional<String> error,
    int microBatches,
    double seconds,
    String worker) {
  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if a failure has no reason
   */
  public SeedResult {
    epochs = List.copyOf(epochs);
    if (failure.isPresent() != error.isPresent()) {
      throw new IllegalArgumentException(Text.format("failure %s with error %s", failure, error));
    }
  }

  /** Returns the result of a training that has failed. */
  public static SeedResult failed(
      FinalTrainingJob job,
      List<EpochMetrics> epochs,
      FailureKind kind,
      String reason,
      int microBatches,
      String worker) {
    return new SeedResult(
        job, epochs, Optional.of(kind), Optional.of(reason), microBatches, 0, worker);
  }

  /** Returns the seed. */
  public long seed() {
    return job.seed();
  }

  /** Whether the training failed. */
  public boolean isFailed() {
    return failure.isPresent();
  }
}
