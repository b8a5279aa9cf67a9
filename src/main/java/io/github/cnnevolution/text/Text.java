package io.github.cnnevolution.text;

import java.util.Locale;

/**
 * Formats text in the same way on every machine.
 *
 * <p>{@code String.formatted} takes the digits and the decimal separator of the default locale.
 * Such digits do not belong in SQL, JSON, generated code or file names.
 */
public final class Text {
  private Text() {}

  /**
   * Formats with the digits 0 to 9 and a decimal point.
   *
   * @param format as in {@link java.util.Formatter}
   */
  public static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }

  /**
   * Returns a number with its noun: {@code 1 epoch}, {@code 5 epochs}.
   *
   * @param noun in the singular; its plural ends with s
   */
  public static String count(long number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }
}
