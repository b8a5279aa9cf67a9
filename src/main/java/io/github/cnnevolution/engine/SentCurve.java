package io.github.cnnevolution.engine;

import io.github.cnnevolution.training.EpochMetrics;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What the epochs of a training showed, in a form that can be sent; see {@link EpochMetrics}.
 *
 * @param validations NaN where it was not measured
 */
record SentCurve(List<Double> losses, List<Double> accuracies, List<Double> validations)
    implements Serializable {
  /** Copies the lists. */
  SentCurve {
    losses = List.copyOf(losses);
    accuracies = List.copyOf(accuracies);
    validations = List.copyOf(validations);
  }

  static SentCurve of(List<EpochMetrics> epochs) {
    return new SentCurve(
        epochs.stream().map(EpochMetrics::loss).toList(),
        epochs.stream().map(EpochMetrics::accuracy).toList(),
        epochs.stream().map(epoch -> epoch.validation().orElse(Double.NaN)).toList());
  }

  List<EpochMetrics> epochs() {
    List<EpochMetrics> epochs = new ArrayList<>();
    for (int i = 0; i < losses.size(); i++) {
      double validation = validations.get(i);
      epochs.add(
          new EpochMetrics(
              losses.get(i),
              accuracies.get(i),
              Double.isNaN(validation) ? OptionalDouble.empty() : OptionalDouble.of(validation)));
    }
    return epochs;
  }
}
