package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.device.NativeFailure;

/** Turns what was thrown into the one line that a person reads. */
public final class FailureReason {
  private static final int MAX_LENGTH = 200;

  private FailureReason() {}

  /**
   * The reason in one line. Errors of LibTorch arrive as exceptions whose message has the reason in
   * its first line and a native stack trace below; lack of memory is told apart by its text alone.
   */
  public static String of(Throwable thrown) {
    String line = firstLine(thrown);
    if (NativeFailure.of(thrown) == NativeFailure.OUT_OF_MEMORY) {
      return shortened("out of memory: " + line);
    }
    boolean ours = thrown.getClass().getName().startsWith("io.github.cnnevolution.");
    return shortened(ours ? line : thrown.getClass().getSimpleName() + ": " + line);
  }

  /** The message's first line alone, or the kind of the throwable if it has no message. */
  public static String line(Throwable thrown) {
    String line = firstLine(thrown);
    return shortened(line.isEmpty() ? thrown.getClass().getSimpleName() : line);
  }

  private static String firstLine(Throwable thrown) {
    String message = thrown.getMessage() == null ? "" : thrown.getMessage();
    return message.lines().findFirst().orElse("").strip();
  }

  private static String shortened(String text) {
    return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH - 3) + "...";
  }
}
