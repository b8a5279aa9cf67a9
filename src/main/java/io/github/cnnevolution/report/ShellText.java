package io.github.cnnevolution.report;

/** Quotes text for a POSIX shell. */
public final class ShellText {
  private ShellText() {}

  /** Returns the text as one word of a command, in single quotes if needed. */
  public static String quoted(String text) {
    return text.matches("[\\p{L}\\p{N}_./+=:,@-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
