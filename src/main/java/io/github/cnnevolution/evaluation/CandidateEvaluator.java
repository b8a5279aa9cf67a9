package io.github.cnnevolution.evaluation;

/**
 * Evaluates the candidates of a search on one device: the {@link JobRunner} of {@link
 * EvaluationJob}s.
 */
@FunctionalInterface
public interface CandidateEvaluator extends JobRunner<EvaluationJob, Evaluation> {
  /**
   * Trains and measures a candidate; see {@link JobRunner#run}.
   *
   * @param worker the name of the calling worker, whose thread is bound to the device
   * @param microBatches into how many parts each batch is split to save memory, at least 1
   * @throws InterruptedException if the worker is interrupted; the job then has no result
   * @throws RuntimeException if the candidate cannot be evaluated
   */
  Evaluation evaluate(EvaluationJob job, String worker, int microBatches)
      throws InterruptedException;

  @Override
  default Evaluation run(EvaluationJob job, String worker, int microBatches)
      throws InterruptedException {
    return evaluate(job, worker, microBatches);
  }

  @Override
  default Evaluation failure(
      EvaluationJob job, int microBatches, FailureKind kind, String reason, String worker) {
    return Evaluation.failed(job, kind, reason, worker);
  }
}
