package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import java.util.Objects;

/**
 * A chromosome and how good it proved to be.
 *
 * @param chromosome the genes
 * @param fitness a share in [0, 1], higher is better, or {@link #FAILED}
 */
public record Individual(Chromosome chromosome, double fitness) {
  /** The fitness of a candidate whose training failed: below that of every trained one. */
  public static final double FAILED = -1;

  /**
   * Checks the fitness.
   *
   * @throws IllegalArgumentException if it is neither in [0, 1] nor {@link #FAILED}
   */
  public Individual {
    Objects.requireNonNull(chromosome, "chromosome");
    boolean trained = fitness >= 0 && fitness <= 1;
    if (!trained && fitness != FAILED) {
      throw new IllegalArgumentException(
          "fitness must be in [0, 1], or -1 for a failure, but is %s".formatted(fitness));
    }
  }

  /** Whether the training failed. */
  public boolean failed() {
    return fitness == FAILED;
  }

  /** Whether this one is strictly better; equals are not fitter than each other. */
  public boolean fitterThan(Individual other) {
    return fitness > other.fitness;
  }
}
