package io.github.cnnevolution.evaluation;

/**
 * Hears of jobs as they run. Called on the workers' threads, several at a time; must be quick and
 * must not throw.
 */
public interface EvaluationListener {
  /** Hears nothing. */
  EvaluationListener NONE = new EvaluationListener() {};

  /**
   * A worker has begun a job. Heard again for the same job where it is tried again: with more
   * memory, or on another device.
   */
  default void onStart(EvaluationJob job, String worker) {}

  /** A job is done or has failed for good. */
  default void onEnd(Evaluation evaluation) {}

  /** A device has gone out of service; its jobs go on elsewhere. Heard once for each device. */
  default void onDeviceLost(LostDevice device) {}
}
