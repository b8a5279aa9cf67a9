package io.github.cnnevolution.training;

import java.util.Optional;

/**
 * How far a training is, as counted by the host. A GPU may be a few steps behind: to ask it would
 * make it wait.
 *
 * @param epoch that is running or, after its last step, has ended; counts from 1
 * @param epochs of the whole training
 * @param steps done so far, all epochs together
 * @param totalSteps of the whole training
 * @param images trained on so far, by this process
 * @param seconds since its first step began
 * @param last what the latest complete epoch showed; empty in the first
 */
public record TrainingProgress(
    int epoch,
    int epochs,
    int steps,
    int totalSteps,
    long images,
    double seconds,
    Optional<EpochMetrics> last) {
  /** Returns the fraction of the steps that is done, in [0, 1]. */
  public double fraction() {
    return totalSteps == 0 ? 1 : (double) steps / totalSteps;
  }

  /** Whether all steps are done; what follows is the validation. */
  public boolean isTrained() {
    return steps == totalSteps;
  }

  /** Returns the images trained on per second so far; 0 before the first step. */
  public double imagesPerSecond() {
    return seconds > 0 ? images / seconds : 0;
  }
}
