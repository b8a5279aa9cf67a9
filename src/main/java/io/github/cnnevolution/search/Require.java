package io.github.cnnevolution.search;

import io.github.cnnevolution.text.Text;

/** Checks of arguments that return what they checked. */
final class Require {
  private Require() {}

  /** {@code value}, if it is at least {@code minimum}. */
  static int atLeast(int minimum, String name, int value) {
    if (value < minimum) {
      throw new IllegalArgumentException(
          Text.format("%s must be at least %d, but is %d", name, minimum, value));
    }
    return value;
  }

  /** {@code value}, if it is at least {@code minimum}. */
  static long atLeast(long minimum, String name, long value) {
    if (value < minimum) {
      throw new IllegalArgumentException(
          Text.format("%s must be at least %d, but is %d", name, minimum, value));
    }
    return value;
  }

  /** {@code value}, if it is in [0, 1], which NaN and the infinities are not. */
  static double rate(String name, double value) {
    // Written so that NaN, for which every comparison is false, is refused.
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(
          Text.format("%s must be in [0, 1], but is %s", name, value));
    }
    return value;
  }
}
