package io.github.cnnevolution.evaluation;

/** Does jobs on one device; shared by its workers, so it must be safe to use from many threads. */
public interface CandidateEvaluator {
  /** Into how many parts a batch is split at most, unless an evaluator says otherwise. */
  int MAX_MICRO_BATCHES = 8;

  /**
   * Trains and validates a candidate. One call may take minutes. When it returns or throws, the
   * candidate's device memory is free again.
   *
   * @param worker the name of the calling worker, whose thread is bound to the device
   * @param microBatches into how many parts each batch is split to save memory, at least 1
   * @throws InterruptedException if the worker is interrupted; the job then has no result
   * @throws RuntimeException if the candidate cannot be evaluated; {@link
   *     io.github.cnnevolution.device.NativeFailure} tells whether memory or the device was to
   *     blame, and the message's first line becomes the candidate's reason
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

  /** Device memory that each worker holds from its first job to its end, beside those estimates. */
  default long workerBytes() {
    return 0;
  }

  /** Into how many parts {@link #evaluate} can split a batch at most; a power of 2. */
  default int maxMicroBatches() {
    return MAX_MICRO_BATCHES;
  }
}
