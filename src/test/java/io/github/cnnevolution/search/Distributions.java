package io.github.cnnevolution.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.space.Chromosome;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Compares samples with the law they should follow.
 *
 * <p>Every bound leaves a correct operator less than one chance in a million to miss it with an
 * arbitrary seed; seeds are fixed, so that a test passes always or never. Samples are so large that
 * the defects feared (a cut never made, a draw without replacement) miss the bounds by far.
 */
final class Distributions {
  /**
   * A count may be off by so many standard deviations: 2e-9 in both tails of the normal
   * distribution, and 4e-7 for the worst of the 190 pairs of 20 bits.
   */
  private static final double STANDARD_DEVIATIONS = 6;

  /** Upper quantiles of the chi-square distribution at 1e-6, by degrees of freedom. */
  private static final Map<Integer, Double> CHI_SQUARE =
      Map.of(2, 27.631, 3, 30.665, 5, 35.888, 7, 40.522, 18, 61.914);

  private Distributions() {}

  /** Something of probability {@code p} happened {@code count} times in {@code trials}. */
  static void assertCount(String what, double p, int trials, long count) {
    double expected = p * trials;
    double bound = STANDARD_DEVIATIONS * Math.sqrt(trials * p * (1 - p));
    assertTrue(
        Math.abs(count - expected) <= bound,
        "%s: %d of %d, expected %.1f within %.1f".formatted(what, count, trials, expected, bound));
  }

  /** Outcome i, of probability {@code p[i]}, happened {@code counts[i]} times. */
  static void assertChiSquare(String what, double[] p, long[] counts) {
    assertEquals(p.length, counts.length);
    long trials = 0;
    for (long count : counts) {
      trials += count;
    }
    double statistic = 0;
    for (int i = 0; i < p.length; i++) {
      double expected = p[i] * trials;
      assertTrue(expected >= 5, "a sample too small for chi-square expects " + expected);
      statistic += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    double bound = CHI_SQUARE.get(p.length - 1);
    assertTrue(
        statistic <= bound, "%s: chi-square %.2f exceeds %.2f".formatted(what, statistic, bound));
  }

  /** Every bit is 1 with probability {@code p}, and every two bits with probability p^2. */
  static void assertIndependentBits(double p, List<Chromosome> sample) {
    int length = sample.get(0).length();
    for (int i = 0; i < length; i++) {
      for (int j = i; j < length; j++) {
        int first = i;
        int second = j;
        long count = sample.stream().filter(c -> c.bit(first) && c.bit(second)).count();
        assertCount("bits %d and %d".formatted(i, j), i == j ? p : p * p, sample.size(), count);
      }
    }
  }

  /** Probabilities of {@code n} equally likely outcomes. */
  static double[] uniform(int n) {
    double[] p = new double[n];
    Arrays.fill(p, 1.0 / n);
    return p;
  }
}
