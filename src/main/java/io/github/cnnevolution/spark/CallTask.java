package io.github.cnnevolution.spark;

import io.github.cnnevolution.engine.ClusterCall;
import io.github.cnnevolution.engine.ClusterRefusalException;
import java.io.Serializable;
import org.apache.spark.api.java.function.Function;

/**
 * The task that makes a call, in an executor's process.
 *
 * @param <T> the result of the call
 */
final class CallTask<T extends Serializable> implements Function<ClusterCall<T>, Reply<T>> {
  private static final long serialVersionUID = 1L;

  private final ProgressAccumulator progress;

  /** A task that tells its progress. */
  CallTask(ProgressAccumulator progress) {
    this.progress = progress;
  }

  @Override
  public Reply<T> call(ClusterCall<T> call) throws InterruptedException {
    try {
      return new Reply<>(
          call.run(ExecutorProcess.executor(), latest -> progress.add(SentProgress.of(latest))),
          "");
    } catch (ClusterRefusalException e) {
      return new Reply<>(null, e.getMessage());
    }
  }
}
