package io.github.cnnevolution.cli;

import io.github.cnnevolution.engine.ObjectiveSettings;
import io.github.cnnevolution.engine.SearchSettings;
import io.github.cnnevolution.run.FrontGoals;
import java.util.List;
import org.apache.commons.cli.Option;

/** The options that say what a search improves. */
final class ObjectiveOptions {
  private ObjectiveOptions() {}

  static List<Option> options() {
    return List.of(
        Arguments.valued(
            FrontGoals.OBJECTIVES,
            "NAMES",
            "several objectives: accuracy and one or two of parameters, flops, latency, such as accuracy,flops; the result is a front (default: accuracy alone)"),
        Arguments.valued(
            FrontGoals.PREFER,
            "WHICH",
            "network of the front that becomes best_model.pt: accuracy or knee (default: accuracy)"),
        Arguments.valued(
            FrontGoals.MAX_LATENCY,
            "TIME",
            "do not train networks whose forward pass of one image takes longer on this device, such as 2ms (default: no bound)"));
  }

  /**
   * Applies those that were given to what the settings hold.
   *
   * @throws io.github.cnnevolution.engine.SettingException if a value makes no sense
   */
  static void apply(Arguments arguments, SearchSettings.Builder settings) {
    ObjectiveSettings changed = settings.objectives();
    if (arguments.isGiven(FrontGoals.OBJECTIVES)) {
      changed = changed.withObjectives(arguments.text(FrontGoals.OBJECTIVES).orElseThrow());
    }
    if (arguments.isGiven(FrontGoals.PREFER)) {
      changed = changed.withPreference(arguments.text(FrontGoals.PREFER).orElseThrow());
    }
    if (arguments.isGiven(FrontGoals.MAX_LATENCY)) {
      changed = changed.withMaxLatency(arguments.text(FrontGoals.MAX_LATENCY).orElseThrow());
    }
    // The typed line is checked alone first: a resumed run has objectives that it does not name.
    if (settings.isStored() || !arguments.isGiven("resume")) {
      settings.objectives(changed);
    }
  }
}
