package io.github.cnnevolution.training;

import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.SearchSpace;
import java.util.Arrays;
import java.util.Locale;

/**
 * The optimizers that a training can be given by name, each with the recipe that was found best
 * with it: see src/docs/benchmarks.md.
 */
// Error Prone asks for an annotation where a record of numbers is immutable by itself.
@SuppressWarnings("ImmutableEnumChecker")
public enum OptimizerKind {
  /** Stochastic gradient descent with Nesterov momentum: {@link NesterovSettings}. */
  SGD(TrainingRecipe.WHOLE_BATCH, 0.25, new Step(64, 0.05), new Step(64, 0.05)),
  /** Orthogonalised momentum: {@link MuonSettings}. */
  MUON(128, 0.2, new Step(128, 0.08), new Step(256, 0.25));

  /** The optimizer of a training unless told otherwise. */
  public static final OptimizerKind DEFAULT = MUON;

  /**
   * That of stored runs and their files that name none: those of version 0.1.0, which had no other.
   */
  public static final OptimizerKind UNNAMED = SGD;

  private final int ghostBatchSize;
  private final double warmup;
  private final Step plain;
  private final Step others;

  /**
   * The defaults that depend on the networks too.
   *
   * @param batchSize images a step
   * @param learningRate the peak of the one-cycle schedule
   */
  public record Step(int batchSize, double learningRate) {}

  OptimizerKind(int ghostBatchSize, double warmup, Step plain, Step others) {
    this.ghostBatchSize = ghostBatchSize;
    this.warmup = warmup;
    this.plain = plain;
    this.others = others;
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

  /** The defaults for the networks of a space. */
  public Step step(SearchSpace space) {
    return space.name().equals(PlainSpace.NAME) ? plain : others;
  }

  /** The defaults for the networks of the 20-bit space. */
  public Step plain() {
    return plain;
  }

  /** The defaults for the networks of every other space. */
  public Step others() {
    return others;
  }

  /** The number of images that a normalisation sees at most. */
  public int ghostBatchSize() {
    return ghostBatchSize;
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
