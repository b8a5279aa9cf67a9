package io.github.cnnevolution.training;

import java.util.List;

/** Keeps the state of a training between epochs, so that another process can continue it. */
public interface Checkpoints {
  /** Keeps nothing. */
  Checkpoints NONE =
      new Checkpoints() {
        @Override
        public List<EpochMetrics> restore(TrainingState state) {
          return List.of();
        }

        @Override
        public void save(List<EpochMetrics> epochs, TrainingState state) {}
      };

  /**
   * Restores the last state that was saved. Called before the first step.
   *
   * @param state is overwritten
   * @return the metrics of the epochs that are done; empty if nothing was saved
   */
  List<EpochMetrics> restore(TrainingState state);

  /**
   * Saves the state after an epoch.
   *
   * @param epochs all that are done
   * @param state may be written, and not changed
   */
  void save(List<EpochMetrics> epochs, TrainingState state);
}
