package io.github.cnnevolution.engine;

/**
 * How a check of a device ended.
 *
 * @param device such as {@code cpu} or {@code gpu0}
 * @param name of the check, such as {@code same-seed}
 * @param outcome whether it passed
 * @param detail in one line: what was found, or what is wrong
 * @param seconds that it took
 */
public record CheckResult(
    String device, String name, Outcome outcome, String detail, double seconds) {
  /** Whether a check passed. */
  public enum Outcome {
    /** The device does as it should. */
    PASSED,
    /** It does not. */
    FAILED,
    /** This machine does not let it be checked. */
    SKIPPED
  }
}
