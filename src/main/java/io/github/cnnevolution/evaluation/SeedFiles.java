package io.github.cnnevolution.evaluation;

import java.nio.file.Path;

/** Where final trainings keep their files. */
public interface SeedFiles {
  /** Returns the file of the trained weights. */
  Path model(long seed);

  /**
   * Returns the file of the checkpoint. Each number of micro-batches has its own file, since it
   * gives other weights.
   *
   * @param microBatches into how many parts each batch is split; 1 is the whole batch
   */
  Path checkpoint(long seed, int microBatches);
}
