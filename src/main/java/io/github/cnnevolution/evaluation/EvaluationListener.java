package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.training.TrainingProgress;
import java.util.List;

/**
 * Receives the events of jobs. Called on the workers' threads, several at a time; must be quick and
 * must not throw.
 */
public interface EvaluationListener {
  /** Ignores all events. */
  EvaluationListener NONE = new EvaluationListener() {};

  /**
   * A worker has begun a job. Called again if the job is retried: with more memory, or on another
   * device.
   */
  default void onStart(EvaluationJob job, String worker) {}

  /**
   * The training of a job has come this far. Called after every step, which may take a millisecond.
   */
  default void onProgress(EvaluationJob job, String worker, TrainingProgress progress) {}

  /** A job needs no training: the cache has its result. Called on the thread that asked for it. */
  default void onFound(Evaluation evaluation) {}

  /** A job is done or has failed for good. */
  default void onEnd(Evaluation evaluation) {}

  /** A device has gone out of service; its jobs go on elsewhere. Called once for each device. */
  default void onDeviceLost(LostDevice device) {}

  /** Returns a listener that forwards to several, in order. */
  static EvaluationListener all(List<EvaluationListener> listeners) {
    List<EvaluationListener> all = List.copyOf(listeners);
    return new EvaluationListener() {
      @Override
      public void onStart(EvaluationJob job, String worker) {
        all.forEach(listener -> listener.onStart(job, worker));
      }

      @Override
      public void onProgress(EvaluationJob job, String worker, TrainingProgress progress) {
        all.forEach(listener -> listener.onProgress(job, worker, progress));
      }

      @Override
      public void onFound(Evaluation evaluation) {
        all.forEach(listener -> listener.onFound(evaluation));
      }

      @Override
      public void onEnd(Evaluation evaluation) {
        all.forEach(listener -> listener.onEnd(evaluation));
      }

      @Override
      public void onDeviceLost(LostDevice device) {
        all.forEach(listener -> listener.onDeviceLost(device));
      }
    };
  }
}
