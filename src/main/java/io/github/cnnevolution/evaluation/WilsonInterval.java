package io.github.cnnevolution.evaluation;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The 95 % score interval of an accuracy (E. B. Wilson, Probable inference, the law of succession,
 * and statistical inference, Journal of the American Statistical Association 22, 1927, 209-212). It
 * stays within [0, 1] and holds for few images too, also at 0 % and 100 %.
 *
 * @param low lower end, in [0, 1]
 * @param high upper end, in [0, 1]
 */
public record WilsonInterval(double low, double high) {
  /** With fewer images, accuracies are hard to tell apart: at 50 %, the interval is 9 % wide. */
  public static final int FEW_IMAGES = 500;

  /** The 97.5 % quantile of the standard normal distribution. */
  private static final double Z = 1.959963984540054;

  /**
   * Checks the ends.
   *
   * @throws IllegalArgumentException if they are no interval within [0, 1]
   */
  public WilsonInterval {
    if (!(low >= 0 && low <= high && high <= 1)) {
      throw new IllegalArgumentException("no interval within [0, 1]: " + low + " to " + high);
    }
  }

  /**
   * Computes the interval of an accuracy that may not have been measured.
   *
   * @param images how many images it was measured on; 0 if that is not known
   * @return empty without the accuracy or the number of images
   */
  public static Optional<WilsonInterval> of(OptionalDouble accuracy, int images) {
    return accuracy.isPresent() && images > 0
        ? Optional.of(of(accuracy.getAsDouble(), images))
        : Optional.empty();
  }

  /**
   * Computes the interval.
   *
   * @param accuracy fraction of the images that were classified correctly, in [0, 1]
   * @param images how many images it was measured on, at least 1
   * @throws IllegalArgumentException if one of them is outside its range
   */
  public static WilsonInterval of(double accuracy, int images) {
    if (!(accuracy >= 0 && accuracy <= 1) || images < 1) {
      throw new IllegalArgumentException(accuracy + " of " + images + " images is no accuracy");
    }
    double square = Z * Z / images;
    double center = (accuracy + square / 2) / (1 + square);
    double half = Z / (1 + square) * Math.sqrt((accuracy * (1 - accuracy) + square / 4) / images);
    // At 0 and 1 an end is exact; rounding must not move it.
    double low = accuracy == 0 ? 0 : Math.max(0, center - half);
    double high = accuracy == 1 ? 1 : Math.min(1, center + half);
    return new WilsonInterval(low, high);
  }
}
