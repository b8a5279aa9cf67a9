package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.space.Architecture;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The latencies of networks that were measured, by any device of the run or an earlier process: the
 * rest of a training has the latency of its first part. Safe to use from many threads.
 */
public final class KnownLatencies implements EvaluationListener {
  private final Map<Architecture, Map<String, Double>> measured = new ConcurrentHashMap<>();

  /** The latencies of a network in seconds, by name; empty if it was not measured. */
  public Optional<Map<String, Double>> of(Architecture network) {
    return Optional.ofNullable(measured.get(network));
  }

  /**
   * Takes over the latencies of a network, unless it has some already.
   *
   * @param objectives what was measured of it; ignored without both latencies
   */
  public void add(Architecture network, Map<String, Double> objectives) {
    if (objectives.containsKey(Evaluation.LATENCY)
        && objectives.containsKey(Evaluation.LATENCY_64)) {
      Map<String, Double> seconds = new LinkedHashMap<>(objectives);
      seconds.keySet().retainAll(Set.of(Evaluation.LATENCY, Evaluation.LATENCY_64));
      measured.putIfAbsent(network, Collections.unmodifiableMap(seconds));
    }
  }

  @Override
  public void onFound(Evaluation evaluation) {
    add(evaluation.job().architecture(), evaluation.objectives());
  }

  @Override
  public void onEnd(Evaluation evaluation) {
    add(evaluation.job().architecture(), evaluation.objectives());
  }
}
