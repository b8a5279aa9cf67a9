package io.github.cnnevolution.spark;

import io.github.cnnevolution.engine.ClusterCall;
import io.github.cnnevolution.engine.ClusterRefusalException;
import java.io.Serializable;
import org.apache.spark.api.java.function.Function;

/**
 * The task that makes a call, in an executor's process. The call is a part of the function, which
 * Spark broadcasts, and not of the data, which it sends in a message of limited size: a checkpoint
 * may be larger.
 *
 * @param <T> the result of the call
 */
final class CallTask<T extends Serializable> implements Function<Integer, Reply<T>> {
  private static final long serialVersionUID = 1L;

  private final ClusterCall<T> call;
  private final ProgressAccumulator progress;

  /** A task that tells its progress. */
  CallTask(ClusterCall<T> call, ProgressAccumulator progress) {
    this.call = call;
    this.progress = progress;
  }

  @Override
  public Reply<T> call(Integer any) throws InterruptedException {
    try {
      return new Reply<>(
          call.run(ExecutorProcess.executor(), latest -> progress.add(SentProgress.of(latest))),
          "");
    } catch (ClusterRefusalException e) {
      return new Reply<>(null, e.getMessage());
    }
  }
}
