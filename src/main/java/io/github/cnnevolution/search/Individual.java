package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.Fitness;
import java.util.Objects;

/**
 * A chromosome and how good it proved to be.
 *
 * @param chromosome the genes
 * @param fitness finite and above -1, higher is better, or {@link Fitness#FAILED}
 */
public record Individual(Chromosome chromosome, double fitness) {
  /**
   * Checks the fitness.
   *
   * @throws IllegalArgumentException if it is not valid
   */
  public Individual {
    Objects.requireNonNull(chromosome, "chromosome");
    Fitness.check(fitness);
  }

  /** Whether the training failed. */
  public boolean failed() {
    return fitness == Fitness.FAILED;
  }

  /** Whether this one is strictly better; equals are not fitter than each other. */
  public boolean fitterThan(Individual other) {
    return fitness > other.fitness;
  }
}
