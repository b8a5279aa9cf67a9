package io.github.cnnevolution.training;

import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.SearchSpace;
import java.util.Arrays;
import java.util.Locale;

/**
 * The optimizers that a training can be given by name, each with the recipe that was found best
 * with it: see src/docs/benchmarks.md.
 */
public enum OptimizerKind {
  /** Stochastic gradient descent with Nesterov momentum: {@link NesterovSettings}. */
  SGD(64, TrainingRecipe.WHOLE_BATCH, 0.05, 0.25),
  /** Orthogonalised momentum: {@link MuonSettings}. */
  MUON(256, 128, 0.25, 0.2);

  private final int batchSize;
  private final int ghostBatchSize;
  private final double learningRate;
  private final double warmup;

  OptimizerKind(int batchSize, int ghostBatchSize, double learningRate, double warmup) {
    this.batchSize = batchSize;
    this.ghostBatchSize = ghostBatchSize;
    this.learningRate = learningRate;
    this.warmup = warmup;
  }

  /**
   * The optimizer with which the networks of a space are trained unless told otherwise. The 20-bit
   * space keeps that of version 0.1.0.
   */
  public static OptimizerKind of(SearchSpace space) {
    return space.name().equals(PlainSpace.NAME) ? SGD : MUON;
  }

  /**
   * The optimizer with these settings, which are the defaults of one.
   *
   * @throws IllegalArgumentException if they are not
   */
  public static OptimizerKind of(OptimizerSettings settings) {
    return Arrays.stream(values())
        .filter(kind -> kind.settings().equals(settings))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no name for " + settings));
  }

  /** The default hyperparameters. */
  public OptimizerSettings settings() {
    return this == SGD ? NesterovSettings.DEFAULT : MuonSettings.DEFAULT;
  }

  /** The default number of images a step. */
  public int batchSize() {
    return batchSize;
  }

  /** The number of images that a normalisation sees at most. */
  public int ghostBatchSize() {
    return ghostBatchSize;
  }

  /** The default peak of the one-cycle learning rate. */
  public double learningRate() {
    return learningRate;
  }

  /** The fraction of the steps in which the rate rises. */
  public double warmup() {
    return warmup;
  }

  /** The name that options and files use: {@code sgd} or {@code muon}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
