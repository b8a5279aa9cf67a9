package io.github.cnnevolution.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WilsonIntervalTest {
  /**
   * The first four are those of method 3 in R. G. Newcombe, Two-sided confidence intervals for the
   * single proportion, Statistics in Medicine 17, 1998, table I.
   */
  @ParameterizedTest
  @CsvSource({
    "81, 263, 0.2553, 0.3662",
    "15, 148, 0.0624, 0.1605",
    "0, 20, 0.0000, 0.1611",
    "1, 29, 0.0061, 0.1718",
    "50, 100, 0.4038, 0.5962",
    "2, 2, 0.3424, 1.0000"
  })
  void publishedValues(int correct, int images, double low, double high) {
    WilsonInterval interval = WilsonInterval.of((double) correct / images, images);
    assertEquals(low, interval.low(), 5e-5);
    assertEquals(high, interval.high(), 5e-5);
  }

  /** The ends solve (p - accuracy)^2 = z^2 p (1 - p) / images, by which Wilson defines them. */
  @Test
  void endsSolveTheEquation() {
    double square = 1.959963984540054 * 1.959963984540054;
    for (int images : new int[] {1, 7, 100, 10_000}) {
      for (int correct = 0; correct <= images; correct += Math.max(1, images / 7)) {
        double accuracy = (double) correct / images;
        WilsonInterval interval = WilsonInterval.of(accuracy, images);
        assertTrue(interval.low() <= accuracy && accuracy <= interval.high());
        for (double end : new double[] {interval.low(), interval.high()}) {
          double left = (end - accuracy) * (end - accuracy);
          assertEquals(left, square * end * (1 - end) / images, 1e-12);
        }
      }
    }
  }

  @Test
  void refusesWhatIsNoAccuracy() {
    assertThrows(IllegalArgumentException.class, () -> WilsonInterval.of(0.5, 0));
    assertThrows(IllegalArgumentException.class, () -> WilsonInterval.of(1.1, 10));
    assertThrows(IllegalArgumentException.class, () -> WilsonInterval.of(Double.NaN, 10));
    assertThrows(IllegalArgumentException.class, () -> new WilsonInterval(0.6, 0.5));
  }
}
