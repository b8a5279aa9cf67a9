package io.github.cnnevolution.training;

import io.github.cnnevolution.data.Augmentation;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.SearchSpace;

/**
 * How a network is trained. The defaults were found by measurement: see src/docs/benchmarks.md.
 *
 * @param epochs passes over the training images
 * @param batchSize images a step
 * @param ghostBatchSize images that a normalisation sees at most. A larger batch is computed in
 *     parts whose gradients are added up (ghost batch normalization, Hoffer et al. 2017,
 *     arXiv:1705.08741)
 * @param learningRate the peak of the one-cycle schedule, for the mean gradient over a batch
 * @param warmup the fraction of the steps in which the rate rises
 * @param optimizer computes new weights from gradients
 * @param labelSmoothing the fraction of the target spread over all classes (Szegedy et al. 2015,
 *     arXiv:1512.00567)
 * @param dropoutFraction the fraction of the steps, from the first, in which dropout layers drop.
 *     Dropout early in a training makes the gradients of different batches agree more; dropout to
 *     the end holds a short training back, which never comes to overfit (Liu et al. 2023,
 *     arXiv:2303.01500). 1 is dropout throughout
 * @param augmentation what is done to images beside random crops and flips
 * @param emaDecay decay of the exponential moving average of the weights, in [0, 1). The average is
 *     the result of the training; with 0 the last weights are
 * @param precision of matrix products and convolutions
 */
public record TrainingRecipe(
    int epochs,
    int batchSize,
    int ghostBatchSize,
    double learningRate,
    double warmup,
    OptimizerSettings optimizer,
    double labelSmoothing,
    double dropoutFraction,
    Augmentation augmentation,
    double emaDecay,
    Precision precision) {
  /** The default number of epochs. */
  public static final int DEFAULT_EPOCHS = 5;

  /** As ghost batch size: a normalisation sees the whole batch. */
  public static final int WHOLE_BATCH = Integer.MAX_VALUE;

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if one is outside the range given above
   */
  public TrainingRecipe {
    require(epochs >= 1, "epochs must be at least 1", epochs);
    require(batchSize >= 2, "batch size must be at least 2, for batch normalisation", batchSize);
    require(
        ghostBatchSize >= 2,
        "ghost batch size must be at least 2, for batch normalisation",
        ghostBatchSize);
    require(
        learningRate > 0 && learningRate < Double.POSITIVE_INFINITY,
        "learning rate must be above 0",
        learningRate);
    require(warmup >= 0 && warmup < 1, "warmup must be in [0, 1)", warmup);
    require(
        labelSmoothing >= 0 && labelSmoothing < 1,
        "label smoothing must be in [0, 1)",
        labelSmoothing);
    require(
        dropoutFraction >= 0 && dropoutFraction <= 1,
        "dropout fraction must be in [0, 1]",
        dropoutFraction);
    require(emaDecay >= 0 && emaDecay < 1, "the decay of the average must be in [0, 1)", emaDecay);
  }

  /**
   * Returns the recipe of the 20-bit space with stochastic gradient descent in this precision: that
   * of version 0.1.0.
   */
  public static TrainingRecipe sgd(Precision precision) {
    return defaults(OptimizerKind.SGD, new PlainSpace(), precision);
  }

  /** Returns the default recipe of a space with this optimizer in this precision. */
  public static TrainingRecipe defaults(
      OptimizerKind optimizer, SearchSpace space, Precision precision) {
    OptimizerKind.Step step = optimizer.step(space);
    return new TrainingRecipe(
        DEFAULT_EPOCHS,
        step.batchSize(),
        optimizer.ghostBatchSize(),
        step.learningRate(),
        optimizer.warmup(),
        optimizer.settings(),
        0.1,
        0.2,
        Augmentation.NONE,
        0,
        precision);
  }

  /** Returns this recipe with other epochs, batch size and learning rate. */
  public TrainingRecipe with(int newEpochs, int newBatchSize, double newLearningRate) {
    return new TrainingRecipe(
        newEpochs,
        newBatchSize,
        ghostBatchSize,
        newLearningRate,
        warmup,
        optimizer,
        labelSmoothing,
        dropoutFraction,
        augmentation,
        emaDecay,
        precision);
  }

  /** Returns this recipe with other regularisation, which long trainings need. */
  public TrainingRecipe with(
      double newDropoutFraction, Augmentation newAugmentation, double newEmaDecay) {
    return new TrainingRecipe(
        epochs,
        batchSize,
        ghostBatchSize,
        learningRate,
        warmup,
        optimizer,
        labelSmoothing,
        newDropoutFraction,
        newAugmentation,
        newEmaDecay,
        precision);
  }

  /** Returns this recipe with another ghost batch size. */
  public TrainingRecipe withGhostBatchSize(int newGhostBatchSize) {
    return new TrainingRecipe(
        epochs,
        batchSize,
        newGhostBatchSize,
        learningRate,
        warmup,
        optimizer,
        labelSmoothing,
        dropoutFraction,
        augmentation,
        emaDecay,
        precision);
  }

  /** Returns this recipe with another optimizer. */
  public TrainingRecipe with(OptimizerSettings newOptimizer) {
    return new TrainingRecipe(
        epochs,
        batchSize,
        ghostBatchSize,
        learningRate,
        warmup,
        newOptimizer,
        labelSmoothing,
        dropoutFraction,
        augmentation,
        emaDecay,
        precision);
  }

  /**
   * Returns into how many parts each batch is split: for the ghost batches, and to save memory. A
   * part has two images at least.
   *
   * @param images of the training; a batch has no more
   * @param microBatches how many parts the memory demands, at least 1
   */
  int parts(int images, int microBatches) {
    int batch = Math.min(batchSize, images);
    int ghosts = batch / ghostBatchSize + (batch % ghostBatchSize > 0 ? 1 : 0);
    return Math.max(1, Math.min(Math.max(ghosts, microBatches), batch / 2));
  }

  /** Returns the images of the largest of these parts. */
  int partSize(int images, int microBatches) {
    int parts = parts(images, microBatches);
    return (Math.min(batchSize, images) + parts - 1) / parts;
  }

  private static void require(boolean condition, String rule, Object value) {
    if (!condition) {
      throw new IllegalArgumentException(rule + ", but was " + value);
    }
  }
}
