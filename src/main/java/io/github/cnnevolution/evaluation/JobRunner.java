package io.github.cnnevolution.evaluation;

/**
 * Runs jobs on one device. The workers of the device share it, so it must be safe to use from many
 * threads.
 *
 * @param <J> the jobs
 * @param <R> the result of a job, whether it succeeded or failed
 */
public interface JobRunner<J extends TrainingJob, R> {
  /** The most parts that a batch is split into, unless a runner says otherwise. */
  int MAX_MICRO_BATCHES = 8;

  /**
   * Runs a job. One call may take minutes or hours. When it returns or throws, the job's device
   * memory is free again, but for what {@link #releaseIdleMemory} frees.
   *
   * @param worker the name of the calling worker, whose thread is bound to the device
   * @param microBatches into how many parts each batch is split to save memory, at least 1
   * @throws InterruptedException if the worker is interrupted; the job then has no result
   * @throws java.io.UncheckedIOException if the result cannot be kept; whoever waits for the job
   *     gets the exception
   * @throws RuntimeException if the job fails. {@link io.github.cnnevolution.device.NativeFailure}
   *     tells whether memory or the device was the cause, and the first line of the message becomes
   *     the reason
   */
  R run(J job, String worker, int microBatches) throws InterruptedException;

  /**
   * Returns the result of a job that has failed for good.
   *
   * @param microBatches into how many parts each batch was split in the last attempt
   * @param kind why it failed
   * @param reason why it failed, in one line
   * @param worker the name of the calling worker
   */
  R failure(J job, int microBatches, FailureKind kind, String reason, String worker);

  /**
   * Estimates the device memory that {@link #run} takes at its peak, in bytes, beyond what the
   * device holds for all jobs; 0 where memory is not limited.
   */
  default long memoryBytes(J job, int microBatches) {
    return 0;
  }

  /**
   * Returns the device memory that each worker holds from its first job to its end, in bytes,
   * beyond the estimates of jobs.
   */
  default long workerBytes() {
    return 0;
  }

  /**
   * Frees the device memory that jobs have left for later ones. Workers call it when they end, and
   * before a job for which memory was out. Jobs of other workers may be running.
   */
  default void releaseIdleMemory() {}

  /** Returns the most parts that {@link #run} can split a batch into; a power of 2. */
  default int maxMicroBatches() {
    return MAX_MICRO_BATCHES;
  }
}
