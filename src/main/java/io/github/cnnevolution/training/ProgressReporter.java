package io.github.cnnevolution.training;

import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Counts the steps of a training and tells a listener of them. Its time begins when made. */
final class ProgressReporter {
  private final TrainingListener listener;
  private final List<EpochMetrics> epochs;
  private final int totalEpochs;
  private final int stepsPerEpoch;
  private final int batchSize;
  private final int firstStep;
  private final LongSupplier clock;
  private final long start;
  private int steps;

  /**
   * Starts after the epochs that are done.
   *
   * @param epochs that are done; the training adds to them
   * @param totalEpochs of the training
   * @param clock in nanoseconds
   */
  ProgressReporter(
      TrainingListener listener,
      List<EpochMetrics> epochs,
      int totalEpochs,
      TrainingInput input,
      LongSupplier clock) {
    this.listener = listener;
    this.epochs = epochs;
    this.totalEpochs = totalEpochs;
    this.stepsPerEpoch = input.batchCount();
    this.batchSize = input.batchSize();
    this.firstStep = epochs.size() * stepsPerEpoch;
    this.steps = firstStep;
    this.clock = clock;
    this.start = clock.getAsLong();
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

  /** Returns the result of the training, whose time ends here. */
  TrainingResult result() {
    return new TrainingResult(epochs, images(), seconds());
  }

  private long images() {
    return (long) (steps - firstStep) * batchSize;
  }

  private double seconds() {
    return (clock.getAsLong() - start) / 1e9;
  }
}
