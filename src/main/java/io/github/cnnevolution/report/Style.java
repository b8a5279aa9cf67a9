package io.github.cnnevolution.report;

import java.util.function.IntSupplier;

/**
 * The formatting that an output supports.
 *
 * @param columns current width; a terminal may change it at any time
 * @param rows current height
 * @param colour whether colours are enabled and supported
 * @param unicode whether its encoding supports more than ASCII
 */
public record Style(IntSupplier columns, IntSupplier rows, boolean colour, boolean unicode) {
  /** For files and pipes: no colour, no wrapping, ASCII. */
  public static final Style PLAIN =
      new Style(() -> Integer.MAX_VALUE, () -> Integer.MAX_VALUE, false, false);

  /** Whether the output is a terminal. */
  public boolean isTerminal() {
    return columns.getAsInt() != Integer.MAX_VALUE;
  }

  /** Returns the text in bold. */
  String bold(Object text) {
    return sgr("1", text);
  }

  /** Returns the text dimmed. */
  String dim(Object text) {
    return sgr("2", text);
  }

  /** Returns the text in the colour for success. */
  String good(Object text) {
    return sgr("32", text);
  }

  /** Returns the text in the colour for failure. */
  String bad(Object text) {
    return sgr("31", text);
  }

  /** Returns the text in the colour for names. */
  String name(Object text) {
    return sgr("36", text);
  }

  /** Select graphic rendition, ECMA-48 8.3.117. */
  private String sgr(String parameter, Object text) {
    return colour ? "\u001b[" + parameter + "m" + text + "\u001b[0m" : text.toString();
  }
}
