package io.github.cnnevolution.report;

import io.github.cnnevolution.text.Text;

/** Formats fractions as percentages, such as {@code 43.21 %}. */
final class Percent {
  private Percent() {}

  /** Returns the fraction with two decimals. */
  static String of(double fraction) {
    return format("%.2f", fraction);
  }

  /** Returns the fraction with two decimals, right-aligned in a column that holds 100.00 %. */
  static String aligned(double fraction) {
    return format("%6.2f", fraction);
  }

  /** Returns the fraction with one decimal. */
  static String brief(double fraction) {
    return format("%.1f", fraction);
  }

  /** Returns the fraction with one decimal, right-aligned in a column that holds 99.9 %. */
  static String briefAligned(double fraction) {
    return format("%4.1f", fraction);
  }

  private static String format(String number, double fraction) {
    return Text.format(number + " %%", 100 * fraction);
  }
}
