package io.github.cnnevolution.engine;

import io.github.cnnevolution.training.TrainingListener;

/**
 * Has an evaluated candidate trained again for its weights.
 *
 * @param spec of the search
 * @param chromosome bits
 * @param microBatches into how many parts its batches were split
 * @param fitness that it had, which the file of its weights names
 */
record RetrainCall(ClusterSpec spec, String chromosome, int microBatches, double fitness)
    implements ClusterCall<RetrainAnswer> {
  @Override
  public RetrainAnswer run(ClusterExecutor executor, TrainingListener progress)
      throws InterruptedException {
    return executor.session(spec).retrain(this);
  }
}
