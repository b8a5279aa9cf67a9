package io.github.cnnevolution.engine;

import io.github.cnnevolution.training.TrainingListener;
import java.util.Map;
import java.util.TreeMap;

/**
 * Has a candidate trained and measured.
 *
 * @param spec of the search
 * @param chromosome bits
 * @param fraction the part of the training after which it is evaluated, in (0, 1]
 * @param bar the fitness from which on its weights are wanted
 * @param checkpoints of its training so far, by the name of the file
 * @param latencies of the network in seconds, by name, if they were measured before
 * @param alone whether nothing else may run in the executor, so that a crash has one cause
 */
record EvaluateCall(
    ClusterSpec spec,
    String chromosome,
    double fraction,
    double bar,
    Map<String, byte[]> checkpoints,
    Map<String, Double> latencies,
    boolean alone)
    implements ClusterCall<EvaluateAnswer> {
  /** Copies the maps. */
  EvaluateCall {
    latencies = new TreeMap<>(latencies);
    checkpoints = new TreeMap<>(checkpoints);
  }

  @Override
  public EvaluateAnswer run(ClusterExecutor executor, TrainingListener progress)
      throws InterruptedException {
    return executor.session(spec).evaluate(this, progress);
  }
}
