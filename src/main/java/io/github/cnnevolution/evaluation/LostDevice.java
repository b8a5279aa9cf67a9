package io.github.cnnevolution.evaluation;

/**
 * A device that went out of service while workers used it.
 *
 * @param device its id, such as {@code gpu1}
 * @param reason what it failed with, in one line
 */
public record LostDevice(String device, String reason) {
  /** For instance {@code gpu1 (CUDA error: unspecified launch failure)}. */
  @Override
  public String toString() {
    return device + " (" + reason + ")";
  }
}
