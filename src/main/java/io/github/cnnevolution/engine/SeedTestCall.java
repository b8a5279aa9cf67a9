package io.github.cnnevolution.engine;

import io.github.cnnevolution.training.TrainingListener;

/**
 * Has the network of a final training measured on the test images.
 *
 * @param spec of the training
 * @param chromosome bits
 * @param weights the file of its weights
 */
record SeedTestCall(ClusterSpec spec, String chromosome, SentFile weights)
    implements ClusterCall<TestAnswer> {
  @Override
  public TestAnswer run(ClusterExecutor executor, TrainingListener progress)
      throws InterruptedException {
    return executor.seeds(spec, chromosome).test(this);
  }
}
