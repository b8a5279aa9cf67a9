package io.github.cnnevolution.evaluation;

/**
 * Hears of jobs as they run. Called on the workers' threads, several at a time; must be quick and
 * must not throw.
 */
public interface EvaluationListener {
  /** Hears nothing. */
  EvaluationListener NONE = new EvaluationListener() {};

  /** A worker has begun a job. */
  default void onStart(EvaluationJob job, String worker) {}

  /** A job is done or has failed. */
  default void onEnd(Evaluation evaluation) {}
}
