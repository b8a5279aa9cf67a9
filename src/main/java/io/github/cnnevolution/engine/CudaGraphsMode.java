package io.github.cnnevolution.engine;

import java.util.Locale;
import java.util.Optional;

/** Whether training steps on GPUs are recorded once and replayed. */
public enum CudaGraphsMode {
  /**
   * Where ten recorded steps give on this device what ten others give; see {@link
   * CudaGraphsChoice}. Not on a processor.
   */
  AUTO,
  /** Recorded. */
  ON,
  /** Launched kernel by kernel. */
  OFF;

  /** The mode of a truth value. */
  static CudaGraphsMode of(boolean on) {
    return on ? ON : OFF;
  }

  /**
   * The mode that a text names: {@code auto}, {@code on} or {@code off}. Files and runs may have a
   * truth value, or an empty text for {@code on}.
   *
   * @return empty if it names none
   */
  public static Optional<CudaGraphsMode> parse(String text) {
    return switch (text) {
      case "auto" -> Optional.of(AUTO);
      case "on", "true", "" -> Optional.of(ON);
      case "off", "false" -> Optional.of(OFF);
      default -> Optional.empty();
    };
  }

  /** The name that options and files use. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
