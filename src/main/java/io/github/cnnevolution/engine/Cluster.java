package io.github.cnnevolution.engine;

import io.github.cnnevolution.training.TrainingProgress;
import java.io.Serializable;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Other processes, on this machine or others, that train candidates for a search: its executors.
 * They come and go; a call is made by any of them. Whoever made it closes it, after the search.
 * Safe to use from many threads.
 */
public interface Cluster extends AutoCloseable {
  /** How people call it, such as {@code spark://host:7077}. */
  String name();

  /** How many calls run at the same time now; 0 while there is no executor. */
  int slots();

  /** Those that are there now, in the order of their names. */
  List<ExecutorState> executors();

  /** How many calls one executor makes at the same time, at least 1. */
  int slotsOfExecutor();

  /** Has {@code changed} run, on any thread, whenever {@link #slots} has changed. */
  void onChange(Runnable changed);

  /**
   * Has an executor make a call. Calls are begun in the order in which they are submitted.
   *
   * @param label what people see of the call, such as the name of a network
   * @param listener told where it begins, and that it has ended
   * @return its result, on any thread; cancelling it gives it up. It fails with {@link
   *     ExecutorLostException} if the executor has ended, and with another exception if no executor
   *     can be had
   */
  <T extends Serializable> CompletableFuture<T> submit(
      String label, ClusterCall<T> call, CallListener listener);

  /** Follows a call, on any thread; its result may be there before the news. */
  interface CallListener {
    /** Ignores all news. */
    CallListener NONE = executor -> {};

    /**
     * An executor begins the call.
     *
     * @param executor its name, such as {@code node7/3}
     */
    void onStart(String executor);

    /** The training of the call has come this far; told every few seconds. */
    default void onProgress(TrainingProgress progress) {}

    /** The executor has ended the call, or is lost; it may begin another one. */
    default void onEnd() {}
  }

  /** Gives all executors back. */
  @Override
  void close();
}
