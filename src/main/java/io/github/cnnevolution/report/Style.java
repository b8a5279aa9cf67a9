package io.github.cnnevolution.report;

import java.util.function.IntSupplier;

/**
 * How text may look where it is shown.
 *
 * @param columns that a line may have now; a terminal may change them at any time
 * @param rows that it has now
 * @param colour whether colours are wanted and understood
 * @param unicode whether its encoding has more than ASCII
 */
public record Style(IntSupplier columns, IntSupplier rows, boolean colour, boolean unicode) {
  /** For files and pipes, read by programs: no colour, no folding, ASCII. */
  public static final Style PLAIN =
      new Style(() -> Integer.MAX_VALUE, () -> Integer.MAX_VALUE, false, false);

  /** Whether a person looks at it. */
  public boolean isTerminal() {
    return columns.getAsInt() != Integer.MAX_VALUE;
  }

  /** The text, bold. */
  String bold(Object text) {
    return sgr("1", text);
  }

  /** The text, less conspicuous. */
  String dim(Object text) {
    return sgr("2", text);
  }

  /** The text in the colour of what is good. */
  String good(Object text) {
    return sgr("32", text);
  }

  /** The text in the colour of what has failed. */
  String bad(Object text) {
    return sgr("31", text);
  }

  /** The text in the colour of names. */
  String name(Object text) {
    return sgr("36", text);
  }

  /** Select graphic rendition, ECMA-48 8.3.117. */
  private String sgr(String parameter, Object text) {
    return colour ? "\u001b[" + parameter + "m" + text + "\u001b[0m" : text.toString();
  }
}
