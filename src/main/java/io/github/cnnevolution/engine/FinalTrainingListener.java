package io.github.cnnevolution.engine;

import io.github.cnnevolution.evaluation.LostDevice;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunState;
import io.github.cnnevolution.run.TrainingRun;
import io.github.cnnevolution.training.TrainingProgress;
import java.util.List;

/** Told of what happens in a final training; see {@link SessionListener} for the threads. */
public interface FinalTrainingListener extends SessionListener {
  /** Ignores all events. */
  FinalTrainingListener NONE = new FinalTrainingListener() {};

  /** Devices and data are ready; the trainings follow. */
  default void onTrainingStart(FinalTrainingStart start) {}

  /** The training of a seed has come this far. Called after every step. */
  default void onSeedProgress(long seed, TrainingProgress progress) {}

  /**
   * A seed is trained, has failed, or was interrupted; it may be trained further on another device.
   */
  default void onSeedEnd(long seed) {}

  /**
   * There is something new to show: an epoch was finished, or the training is over or was stopped.
   *
   * @param run what is known of all seeds
   * @param state where it stands
   * @param directory of the training
   */
  default void onTrainingState(TrainingRun run, RunState state, RunDirectory directory) {}

  /** A listener that tells several, in their order. */
  static FinalTrainingListener all(List<? extends FinalTrainingListener> listeners) {
    List<FinalTrainingListener> all = List.copyOf(listeners);
    return new FinalTrainingListener() {
      @Override
      public void onNotice(String notice) {
        all.forEach(listener -> listener.onNotice(notice));
      }

      @Override
      public void onProgress(int done, int total) {
        all.forEach(listener -> listener.onProgress(done, total));
      }

      @Override
      public void onDataRead() {
        all.forEach(SessionListener::onDataRead);
      }

      @Override
      public void onDeviceLost(LostDevice device) {
        all.forEach(listener -> listener.onDeviceLost(device));
      }

      @Override
      public void onTrainingStart(FinalTrainingStart start) {
        all.forEach(listener -> listener.onTrainingStart(start));
      }

      @Override
      public void onSeedProgress(long seed, TrainingProgress progress) {
        all.forEach(listener -> listener.onSeedProgress(seed, progress));
      }

      @Override
      public void onSeedEnd(long seed) {
        all.forEach(listener -> listener.onSeedEnd(seed));
      }

      @Override
      public void onTrainingState(TrainingRun run, RunState state, RunDirectory directory) {
        all.forEach(listener -> listener.onTrainingState(run, state, directory));
      }
    };
  }
}
