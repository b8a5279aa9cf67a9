package io.github.cnnevolution.run;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Which network of a front becomes the best model of a run. */
public enum FrontPreference {
  /** The most accurate. */
  ACCURACY,
  /**
   * The one with the least sum of objectives, each scaled to the extent of the front: where the
   * front bends (Das 1999, "On characterizing the knee of the Pareto curve", Structural
   * Optimization 18).
   */
  KNEE;

  /** The one with this name; empty if there is none. */
  public static Optional<FrontPreference> named(String text) {
    return Arrays.stream(values()).filter(one -> one.text().equals(text)).findFirst();
  }

  /** The name as an option has it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
