package io.github.cnnevolution.engine;

import io.github.cnnevolution.text.Text;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Makes single calls and waits for them; repeats those whose executor is lost. */
record ClusterCalls(Cluster cluster) {
  /**
   * Makes a call that has nothing to do with a candidate.
   *
   * @throws SettingException if an executor does not fit
   * @throws UncheckedIOException if the cluster cannot make it
   */
  <T extends Serializable> T make(String label, ClusterCall<T> call) throws InterruptedException {
    try {
      return make(label, call, Cluster.CallListener.NONE);
    } catch (ExecutorLostException e) {
      throw stop(e);
    }
  }

  private UncheckedIOException stop(Throwable cause) {
    return ClusterPool.stop(
        Text.format("the cluster %s: %s", cluster.name(), cause.getMessage()), cause);
  }

  /**
   * Makes a call.
   *
   * @param label what people see of it
   * @throws SettingException if an executor does not fit
   * @throws ExecutorLostException if native code has ended the executor, and the next one too
   * @throws UncheckedIOException if the cluster cannot make it
   */
  <T extends Serializable> T make(String label, ClusterCall<T> call, Cluster.CallListener listener)
      throws InterruptedException {
    int crashes = 0;
    for (int losses = 1; ; losses++) {
      CompletableFuture<T> result = cluster.submit(label, call, listener);
      try {
        return result.get();
      } catch (InterruptedException e) {
        result.cancel(true);
        throw e;
      } catch (ExecutionException e) {
        if (e.getCause() instanceof ClusterRefusalException refused) {
          throw new SettingException("executor", "spark", refused.getMessage());
        }
        if (!(e.getCause() instanceof ExecutorLostException lost) || losses == ClusterPool.LOSSES) {
          throw stop(e.getCause());
        }
        crashes += lost.hasCrashed() ? 1 : 0;
        if (crashes == ClusterPool.CRASHES) {
          throw lost;
        }
      }
    }
  }
}
