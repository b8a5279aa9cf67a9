package io.github.cnnevolution.engine;

import io.github.cnnevolution.training.TrainingListener;

/**
 * Has a network measured on the test images.
 *
 * @param spec of the search
 * @param chromosome bits
 * @param weights the file of its weights
 */
record TestCall(ClusterSpec spec, String chromosome, SentFile weights)
    implements ClusterCall<TestAnswer> {
  @Override
  public TestAnswer run(ClusterExecutor executor, TrainingListener progress)
      throws InterruptedException {
    return executor.session(spec).test(this);
  }
}
