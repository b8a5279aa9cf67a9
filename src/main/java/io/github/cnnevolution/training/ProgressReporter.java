package io.github.cnnevolution.training;

import java.util.List;
import java.util.Optional;

/** Counts the steps of a training and tells a listener of them. Starts its clock when made. */
final class ProgressReporter {
  private final TrainingListener listener;
  private final List<EpochMetrics> epochs;
  private final int totalEpochs;
  private final int stepsPerEpoch;
  private final int batchSize;
  private final int firstStep;
  private final long start = System.nanoTime();
  private int steps;

  /**
   * Starts after the epochs that are done.
   *
   * @param epochs that are done; the training adds to them
   * @param totalEpochs of the training
   */
  ProgressReporter(
      TrainingListener listener, List<EpochMetrics> epochs, int totalEpochs, TrainingInput input) {
    this.listener = listener;
    this.epochs = epochs;
    this.totalEpochs = totalEpochs;
    this.stepsPerEpoch = input.batchCount();
    this.batchSize = input.batchSize();
    this.firstStep = epochs.size() * stepsPerEpoch;
    this.steps = firstStep;
  }

  /** Returns the number of steps that are done, all epochs together. */
  int steps() {
    return steps;
  }

  /** Counts a step and reports it. */
  void stepDone() {
    steps++;
    report(epochs.size() + 1);
  }

  /** Reports an epoch that was just added to the list. */
  void epochDone() {
    report(epochs.size());
  }

  private void report(int epoch) {
    Optional<EpochMetrics> last =
        epochs.isEmpty() ? Optional.empty() : Optional.of(epochs.get(epochs.size() - 1));
    int totalSteps = totalEpochs * stepsPerEpoch;
    listener.onProgress(
        new TrainingProgress(epoch, totalEpochs, steps, totalSteps, images(), seconds(), last));
  }

  /** Returns the result of the training, whose clock stops here. */
  TrainingResult result() {
    return new TrainingResult(epochs, images(), seconds());
  }

  private long images() {
    return (long) (steps - firstStep) * batchSize;
  }

  private double seconds() {
    return (System.nanoTime() - start) / 1e9;
  }
}
