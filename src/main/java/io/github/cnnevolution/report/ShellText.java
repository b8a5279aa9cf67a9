package io.github.cnnevolution.report;

/** Texts in a command line that people copy into a POSIX shell. */
public final class ShellText {
  private ShellText() {}

  /** The text as one word of a command, in single quotes where it needs them. */
  public static String quoted(String text) {
    return text.matches("[\\p{L}\\p{N}_./+=:,@-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
