package io.github.cnnevolution.engine;

import io.github.cnnevolution.training.TrainingListener;
import java.io.Serializable;

/**
 * Something that an executor does for a search.
 *
 * @param <T> its result
 */
public interface ClusterCall<T extends Serializable> extends Serializable {
  /**
   * Does it, in the executor's process. Whatever goes wrong with a candidate is a result.
   *
   * @param progress is told how far a training is; some of it reaches whoever made the call
   * @throws ClusterRefusalException if this executor does not fit the search
   * @throws InterruptedException if the call was given up
   */
  T run(ClusterExecutor executor, TrainingListener progress) throws InterruptedException;
}
