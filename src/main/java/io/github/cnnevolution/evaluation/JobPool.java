package io.github.cnnevolution.evaluation;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Does jobs in parallel: on the devices of this machine, or elsewhere. Safe to use from many
 * threads. Closing stops what still runs; jobs without a result then never get one.
 *
 * @param <J> the jobs
 * @param <R> their results
 */
public interface JobPool<J extends TrainingJob, R> extends AutoCloseable {
  /**
   * Adds a job.
   *
   * @return its result, completed on another thread, before which it is stored. It fails with
   *     {@link java.io.UncheckedIOException} if the result could not be kept, and with {@link
   *     NoDeviceLeftException} if nothing is left that could do it
   */
  CompletableFuture<R> submit(J job);

  /** Into how many parts the batches of a job will be split, since memory is short; 1 if not. */
  int microBatches(J job);

  /** Returns the devices that have failed so far, in the order in which they did. */
  List<LostDevice> lostDevices();

  @Override
  void close();
}
