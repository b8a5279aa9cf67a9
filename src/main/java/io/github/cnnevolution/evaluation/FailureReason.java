package io.github.cnnevolution.evaluation;

import java.util.Locale;

/** Turns what was thrown into the one line that a person reads. */
final class FailureReason {
  private static final int MAX_LENGTH = 200;

  private FailureReason() {}

  /**
   * The reason in one line. Errors of LibTorch arrive as exceptions whose message has the reason in
   * its first line and a native stack trace below; lack of memory is told apart by its text alone.
   */
  static String of(Throwable thrown) {
    String message = thrown.getMessage() == null ? "" : thrown.getMessage();
    String line = message.lines().findFirst().orElse("").strip();
    if (thrown instanceof OutOfMemoryError || isOutOfMemory(line)) {
      return shortened("out of memory: " + line);
    }
    boolean ours = thrown.getClass().getName().startsWith("io.github.cnnevolution.");
    return shortened(ours ? line : thrown.getClass().getSimpleName() + ": " + line);
  }

  private static boolean isOutOfMemory(String line) {
    String lower = line.toLowerCase(Locale.ROOT);
    return lower.contains("out of memory")
        || lower.contains("not enough memory")
        || lower.contains("can't allocate memory");
  }

  private static String shortened(String text) {
    return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH - 3) + "...";
  }
}
