package io.github.cnnevolution.training;

import java.util.List;

/** Keeps a training between its epochs, so that it can go on after its process has ended. */
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
   * Brings back what was kept last, before the first step.
   *
   * @param state to be changed; at the beginning of the training
   * @return what the epochs showed that are done; empty to begin
   */
  List<EpochMetrics> restore(TrainingState state);

  /**
   * Keeps the training after an epoch.
   *
   * @param epochs all that are done
   * @param state may be written, and not changed
   */
  void save(List<EpochMetrics> epochs, TrainingState state);
}
