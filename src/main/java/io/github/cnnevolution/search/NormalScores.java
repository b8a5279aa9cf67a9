package io.github.cnnevolution.search;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Replaces values by what is expected at their ranks of a normal sample (Blom 1958, "Statistical
 * Estimates and Transformed Beta-Variables"): only their order matters, and outliers do no harm.
 */
final class NormalScores {
  private NormalScores() {}

  /** The scores in the order of the values; equal values share the mean of their ranks. */
  static double[] of(List<Double> values) {
    int n = values.size();
    int[] order =
        IntStream.range(0, n)
            .boxed()
            .sorted(Comparator.comparingDouble(values::get))
            .mapToInt(i -> i)
            .toArray();
    double[] scores = new double[n];
    for (int from = 0; from < n; ) {
      int to = from + 1;
      while (to < n && values.get(order[to]).equals(values.get(order[from]))) {
        to++;
      }
      double rank = (from + 1 + to) / 2.0;
      double score = quantile((rank - 0.375) / (n + 0.25));
      for (int i = from; i < to; i++) {
        scores[order[i]] = score;
      }
      from = to;
    }
    return scores;
  }

  /**
   * The quantile of the standard normal distribution, by the approximation of Hastings (Abramowitz
   * and Stegun 1964, "Handbook of Mathematical Functions", 26.2.23): off by 0.00045 at most.
   *
   * @param probability in (0, 1)
   */
  static double quantile(double probability) {
    double tail = Math.min(probability, 1 - probability);
    double t = Math.sqrt(-2 * StrictMath.log(tail));
    double value =
        t
            - (2.515517 + t * (0.802853 + t * 0.010328))
                / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
    return probability < 0.5 ? -value : value;
  }
}
