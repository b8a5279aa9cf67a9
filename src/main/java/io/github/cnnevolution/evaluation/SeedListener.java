package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.training.EpochMetrics;
import io.github.cnnevolution.training.TrainingProgress;
import java.util.List;

/**
 * Is told how final trainings run. Called on the workers' threads, several at a time; must be quick
 * and must not throw.
 */
public interface SeedListener {
  /** Ignores all events. */
  SeedListener NONE = new SeedListener() {};

  /**
   * A worker has begun a training. Called again where it is tried again: with more memory, or on
   * another device.
   */
  default void onStart(FinalTrainingJob job, String worker) {}

  /**
   * The training has come this far. Called after every step, which may take a millisecond, on the
   * thread that trains.
   */
  default void onProgress(FinalTrainingJob job, String worker, TrainingProgress progress) {}

  /**
   * So many epochs are done and in the checkpoint. Called once before the first step, with what the
   * checkpoint holds, and after every epoch. There may be fewer than before, where a training
   * begins again in smaller parts.
   *
   * @param epochs what they showed
   */
  default void onEpochs(FinalTrainingJob job, List<EpochMetrics> epochs) {}

  /** A training is done or has failed for good. */
  default void onEnd(SeedResult result) {}

  /** A device has gone out of service; its trainings move to the others. Called once for each. */
  default void onDeviceLost(LostDevice device) {}
}
