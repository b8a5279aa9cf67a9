package io.github.cnnevolution.report;

import io.github.cnnevolution.text.Text;

/**
 * Makes a message printable in one line. Messages quote arguments and file contents, which may hold
 * line ends, escape sequences, or a megabyte.
 */
public final class MessageLine {
  /** Longer than any path of Linux. */
  public static final int MAX_LENGTH = 5000;

  /** Characters kept from the end of a longer line, which holds the remedy. */
  private static final int TAIL = 500;

  private MessageLine() {}

  /**
   * Escapes invisible characters, such as {@code \n}, and shortens the message to {@value
   * #MAX_LENGTH} characters.
   */
  public static String of(String message) {
    StringBuilder line = new StringBuilder();
    message.codePoints().forEach(c -> append(line, c));
    if (line.length() > MAX_LENGTH) {
      String gap = " ... ";
      line.replace(MAX_LENGTH - TAIL - gap.length(), line.length() - TAIL, gap);
    }
    return line.toString();
  }

  private static void append(StringBuilder line, int character) {
    switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          line.append(escape(character));
      default -> line.appendCodePoint(character);
    }
  }

  private static String escape(int character) {
    return switch (character) {
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default -> Text.format("\\u%04x", character);
    };
  }
}
