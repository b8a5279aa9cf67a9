package io.github.cnnevolution.evaluation;

/** Does one job; shared by all workers, so it must be safe to use from many threads. */
@FunctionalInterface
public interface CandidateEvaluator {
  /**
   * Trains and validates a candidate. One call may take minutes.
   *
   * @param worker the name of the calling worker
   * @throws InterruptedException if the worker is interrupted; the job then has no result
   * @throws RuntimeException if the candidate cannot be evaluated; the message's first line becomes
   *     its reason
   */
  Evaluation evaluate(EvaluationJob job, String worker) throws InterruptedException;
}
