package io.github.cnnevolution.engine;

import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.run.FrontGoals;
import io.github.cnnevolution.run.FrontPreference;
import io.github.cnnevolution.search.AsynchronousSearch;
import io.github.cnnevolution.search.Objective;
import io.github.cnnevolution.search.Objectives;
import io.github.cnnevolution.search.SteadyParameters.Replacement;
import io.github.cnnevolution.text.Text;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a search improves: the fitness alone, or several objectives, whose result is a front.
 *
 * @param objectives the accuracy, and up to two more
 * @param preference which network of a front becomes the best model
 * @param maxLatency a bound of the latency of one image: networks above it are not trained
 */
public record ObjectiveSettings(
    Objectives objectives, FrontPreference preference, Optional<Duration> maxLatency) {
  /** The fitness alone. */
  public static final ObjectiveSettings NONE =
      new ObjectiveSettings(Objectives.ACCURACY, FrontPreference.ACCURACY, Optional.empty());

  /**
   * Returns these settings with other objectives.
   *
   * @param text names with commas between them, such as {@code accuracy,flops}
   * @throws SettingException if they cannot be combined
   */
  public ObjectiveSettings withObjectives(String text) {
    try {
      Objectives several = Objectives.parse(text);
      if (!several.areSeveral()) {
        throw new IllegalArgumentException(
            "is what a search improves anyway; name another one too, such as accuracy,flops");
      }
      return new ObjectiveSettings(several, preference, maxLatency);
    } catch (IllegalArgumentException e) {
      throw new SettingException(
          FrontGoals.OBJECTIVES,
          text,
          Text.format(
              "%s; give accuracy and one or two of parameters, flops and latency, such as accuracy,flops",
              e.getMessage()));
    }
  }

  /**
   * Returns these settings with another best model of a front.
   *
   * @throws SettingException if there is no such preference
   */
  public ObjectiveSettings withPreference(String text) {
    return FrontPreference.named(text)
        .map(one -> new ObjectiveSettings(objectives, one, maxLatency))
        .orElseThrow(
            () ->
                new SettingException(
                    FrontGoals.PREFER,
                    text,
                    Text.format(
                        "is none of %s; give one of them",
                        Arrays.stream(FrontPreference.values())
                            .map(FrontPreference::text)
                            .collect(Collectors.joining(", ")))));
  }

  /**
   * Returns these settings with a bound of the latency.
   *
   * @param text such as {@code 2ms}
   * @throws SettingException if it is no latency
   */
  public ObjectiveSettings withMaxLatency(String text) {
    Optional<Duration> bound = LatencyText.parse(text);
    if (bound.isEmpty()) {
      throw new SettingException(
          FrontGoals.MAX_LATENCY,
          "'" + text + "'",
          "must be a latency such as 2ms, 0.5ms, 800us or 1s, from 1us to 600s");
    }
    return new ObjectiveSettings(objectives, preference, bound);
  }

  /**
   * Checks that an algorithm can search for this.
   *
   * @throws SettingException if it cannot
   */
  void check(AlgorithmSettings algorithm) {
    if (!objectives.areSeveral()) {
      if (preference != FrontPreference.ACCURACY) {
        throw new SettingException(
            FrontGoals.PREFER,
            preference.text(),
            "is for a search with several objectives; name them with {objectives}, or leave it out");
      }
      return;
    }
    if (algorithm.name().equals(AsynchronousSearch.LOCAL)) {
      throw new SettingException(
          FrontGoals.OBJECTIVES,
          objectives.text(),
          "the algorithm local has one objective; choose genetic, steady or random with {algorithm}");
    }
    if (algorithm.replacement() != Replacement.WORST) {
      throw new SettingException(
          AlgorithmSettings.REPLACE,
          "oldest",
          "is for one objective; with several, ranks decide who leaves: leave it out");
    }
  }

  /** What the front is about, if there are several objectives. */
  public Optional<FrontGoals> goals() {
    return objectives.areSeveral()
        ? Optional.of(new FrontGoals(objectives, preference))
        : Optional.empty();
  }

  /** Whether latencies are measured. */
  public boolean needsLatency() {
    return maxLatency.isPresent() || objectives.all().contains(Objective.LATENCY);
  }

  /** Whether an evaluation of another run has all that is measured, and keeps the bound. */
  boolean accepts(Evaluation evaluation) {
    if (!needsLatency() || evaluation.isFailed()) {
      return true;
    }
    Double latency = evaluation.objectives().get(Evaluation.LATENCY);
    return latency != null && (maxLatency.isEmpty() || latency <= maxLatency.get().toNanos() / 1e9);
  }

  /** As a run stores them; nothing for the fitness alone. */
  Map<String, String> stored() {
    Map<String, String> options = new LinkedHashMap<>();
    if (objectives.areSeveral()) {
      options.put(FrontGoals.OBJECTIVES, objectives.text());
      options.put(FrontGoals.PREFER, preference.text());
    }
    maxLatency.ifPresent(bound -> options.put(FrontGoals.MAX_LATENCY, LatencyText.of(bound)));
    return options;
  }

  /**
   * Reads what {@link #stored} wrote.
   *
   * @throws IllegalArgumentException if a text makes no sense
   */
  static ObjectiveSettings read(Map<String, String> options) {
    ObjectiveSettings read = NONE;
    if (options.containsKey(FrontGoals.OBJECTIVES)) {
      read = read.withObjectives(options.get(FrontGoals.OBJECTIVES));
    }
    if (options.containsKey(FrontGoals.PREFER)) {
      read = read.withPreference(options.get(FrontGoals.PREFER));
    }
    return options.containsKey(FrontGoals.MAX_LATENCY)
        ? read.withMaxLatency(options.get(FrontGoals.MAX_LATENCY))
        : read;
  }
}
