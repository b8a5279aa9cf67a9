package io.github.cnnevolution.engine;

import io.github.cnnevolution.text.Text;

/** Checks of settings, which name the setting, the value and what would do. */
final class SettingChecks {
  private SettingChecks() {}

  /** Requires a whole number in [min, max]. */
  static void within(String setting, long value, long min, long max) {
    if (value < min || value > max) {
      throw new SettingException(
          setting,
          value,
          max == Integer.MAX_VALUE
              ? Text.format("must be a whole number of at least %d", min)
              : Text.format("must be a whole number from %d to %d", min, max));
    }
  }

  /** Requires a number in [min, max], which NaN is not. */
  static void within(String setting, double value, double min, double max) {
    if (!(value >= min && value <= max)) {
      throw new SettingException(setting, value, Text.format("must be from %s to %s", min, max));
    }
  }

  /** Requires a finite number above 0. */
  static void positive(String setting, double value) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw new SettingException(setting, value, "must be a number above 0");
    }
  }
}
