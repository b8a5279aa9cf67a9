package io.github.cnnevolution.report;

import io.github.cnnevolution.evaluation.WilsonInterval;
import io.github.cnnevolution.text.Text;
import java.util.Optional;

/** What is said beside an accuracy, so that it is not taken for more than it is. */
final class AccuracyNotes {
  /** Said of the best of a search. */
  static final String BEST =
      "the best of many candidates is biased upwards: expect less on new images";

  private AccuracyNotes() {}

  /** Returns an interval as percentages, such as {@code 40.38 to 59.62 %}. */
  static String percent(WilsonInterval interval) {
    return Text.format("%.2f to %s", 100 * interval.low(), Percent.of(interval.high()));
  }

  /**
   * Returns an interval with the number of images, such as {@code 40.38 to 59.62 % on 100 images}.
   */
  static String percent(WilsonInterval interval, int images) {
    return Text.format("%s on %,d images", percent(interval), images);
  }

  /** Returns an interval as fractions, such as {@code 0.4038-0.5962}. */
  static String fractions(WilsonInterval interval) {
    return Text.format("%.4f-%.4f", interval.low(), interval.high());
  }

  /** Returns what a fitness is that is an accuracy, with a warning if the images are few. */
  static String fitness(int images, int classes) {
    return accuracy("validation", images, 1.0 / classes);
  }

  /**
   * Returns on which images an accuracy was measured, and what a guess is worth, with a warning if
   * the images are few.
   *
   * @param kind such as {@code test}
   * @param chance in [0, 1]
   */
  static String accuracy(String kind, int images, double chance) {
    return Text.format(
        "accuracy on %,d %s images, chance %s%s",
        images,
        kind,
        Percent.of(chance),
        few(kind, images).map(warning -> "; warning: " + warning).orElse(""));
  }

  /**
   * Returns a warning if the images are too few to tell networks apart.
   *
   * @param kind such as {@code validation}
   */
  static Optional<String> few(String kind, int images) {
    return images < WilsonInterval.FEW_IMAGES
        ? Optional.of(
            Text.format(
                "only %d %s images: accuracies within the interval cannot be told apart; use at least %d",
                images, kind, WilsonInterval.FEW_IMAGES))
        : Optional.empty();
  }
}
