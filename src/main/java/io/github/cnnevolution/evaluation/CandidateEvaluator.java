package io.github.cnnevolution.evaluation;

/** Does jobs on one device; shared by its workers, so it must be safe to use from many threads. */
public interface CandidateEvaluator {
  /**
   * Trains and validates a candidate. One call may take minutes.
   *
   * @param worker the name of the calling worker, whose thread is bound to the device
   * @param microBatches into how many parts each batch is split to save memory, at least 1
   * @throws InterruptedException if the worker is interrupted; the job then has no result
   * @throws RuntimeException if the candidate cannot be evaluated; the message's first line becomes
   *     its reason
   */
  Evaluation evaluate(EvaluationJob job, String worker, int microBatches)
      throws InterruptedException;

  /**
   * An estimate of the device memory that {@link #evaluate} takes at its peak, in bytes, beyond
   * what the device holds for all candidates; 0 where memory need not be watched.
   */
  default long memoryBytes(EvaluationJob job, int microBatches) {
    return 0;
  }
}
