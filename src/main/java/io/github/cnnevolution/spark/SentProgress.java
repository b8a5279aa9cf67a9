package io.github.cnnevolution.spark;

import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.EpochMetrics;
import io.github.cnnevolution.training.TrainingProgress;
import java.io.Serializable;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How far a training is, in a form that can be sent; see {@link TrainingProgress}.
 *
 * @param loss of the latest complete epoch; NaN in the first
 * @param accuracy of the latest complete epoch; NaN in the first
 * @param validation of the latest complete epoch; NaN if it was not measured
 */
record SentProgress(
    int epoch,
    int epochs,
    int steps,
    int totalSteps,
    long images,
    double seconds,
    double loss,
    double accuracy,
    double validation)
    implements Serializable {
  static SentProgress of(TrainingProgress progress) {
    return new SentProgress(
        progress.epoch(),
        progress.epochs(),
        progress.steps(),
        progress.totalSteps(),
        progress.images(),
        progress.seconds(),
        progress.last().map(EpochMetrics::loss).orElse(Double.NaN),
        progress.last().map(EpochMetrics::accuracy).orElse(Double.NaN),
        progress
            .last()
            .map(EpochMetrics::validation)
            .orElse(OptionalDouble.empty())
            .orElse(Double.NaN));
  }

  TrainingProgress progress() {
    Optional<EpochMetrics> last =
        Double.isNaN(accuracy)
            ? Optional.empty()
            : Optional.of(
                new EpochMetrics(
                    loss,
                    accuracy,
                    Double.isNaN(validation)
                        ? OptionalDouble.empty()
                        : OptionalDouble.of(validation)));
    return new TrainingProgress(epoch, epochs, steps, totalSteps, images, seconds, last);
  }

  /** As Spark's page shows it. */
  @Override
  public String toString() {
    return Text.format("epoch %d of %d, step %d of %d", epoch, epochs, steps, totalSteps);
  }
}
