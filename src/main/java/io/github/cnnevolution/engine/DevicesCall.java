package io.github.cnnevolution.engine;

import io.github.cnnevolution.training.TrainingListener;

/**
 * Asks an executor what it would train on.
 *
 * @param spec of the trainings, as far as it is known
 * @param chromosome bits of the one network that is trained; empty: many are
 */
record DevicesCall(ClusterSpec spec, String chromosome) implements ClusterCall<ClusterDevices> {
  @Override
  public ClusterDevices run(ClusterExecutor executor, TrainingListener progress)
      throws InterruptedException {
    return executor.devices(spec, chromosome);
  }
}
