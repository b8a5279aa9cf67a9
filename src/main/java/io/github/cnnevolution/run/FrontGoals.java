package io.github.cnnevolution.run;

import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.search.Objectives;
import io.github.cnnevolution.space.Architecture;
import java.util.Map;
import java.util.Optional;

/**
 * What the front of a run is about.
 *
 * @param objectives two or three
 * @param preference which network of the front becomes the best model
 */
public record FrontGoals(Objectives objectives, FrontPreference preference) {
  /** The option that names the objectives. */
  public static final String OBJECTIVES = "objectives";

  /** The option that names the preference. */
  public static final String PREFER = "prefer";

  /** The option that bounds the latency. */
  public static final String MAX_LATENCY = "max_latency";

  /**
   * Reads them from the options of a run; empty for a run with one objective.
   *
   * @throws IllegalArgumentException if they make no sense
   */
  public static Optional<FrontGoals> of(Map<String, String> options) {
    if (!options.containsKey(OBJECTIVES)) {
      return Optional.empty();
    }
    String preferred = options.getOrDefault(PREFER, FrontPreference.ACCURACY.text());
    return Optional.of(
        new FrontGoals(
            Objectives.parse(options.get(OBJECTIVES)),
            FrontPreference.named(preferred)
                .orElseThrow(() -> new IllegalArgumentException("preference " + preferred))));
  }

  /** Whether a run with these options measures latencies. */
  public static boolean measureLatency(Map<String, String> options) {
    return options.containsKey(MAX_LATENCY)
        || options.getOrDefault(OBJECTIVES, "").contains("latency");
  }

  /** The values of an evaluation, such that less is better. */
  public double[] point(Evaluation evaluation) {
    Architecture network = evaluation.job().architecture();
    return objectives.point(
        evaluation.fitness(), network.parameters(), network.flops(), evaluation.objectives());
  }
}
