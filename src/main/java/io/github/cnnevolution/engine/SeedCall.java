package io.github.cnnevolution.engine;

import io.github.cnnevolution.training.TrainingListener;
import java.util.Map;
import java.util.TreeMap;

/**
 * Has a final training go on for some epochs.
 *
 * @param spec of the training
 * @param chromosome bits
 * @param lastEpoch after which it comes back
 * @param checkpoints that it has so far, by the number of parts into which batches are split
 */
record SeedCall(
    ClusterSpec spec, String chromosome, long seed, int lastEpoch, Map<Integer, byte[]> checkpoints)
    implements ClusterCall<SeedAnswer> {
  /** Copies the map. */
  SeedCall {
    checkpoints = new TreeMap<>(checkpoints);
  }

  @Override
  public SeedAnswer run(ClusterExecutor executor, TrainingListener progress)
      throws InterruptedException {
    return executor.seeds(spec, chromosome).train(this, progress);
  }
}
