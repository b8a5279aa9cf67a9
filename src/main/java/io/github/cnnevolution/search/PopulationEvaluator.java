package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import java.util.List;

/**
 * Measures the fitness of a whole population at once, so that it may train candidates side by side
 * and each distinct architecture only once.
 */
@FunctionalInterface
public interface PopulationEvaluator {
  /**
   * The fitness of each chromosome: result i belongs to chromosome i.
   *
   * <p>Cost: every candidate may be a network to train, and one call may take minutes. The
   * population may hold a chromosome more than once, and holds the elites of the generation before
   * again; an evaluator that remembers results saves their training.
   *
   * @param generation the index of the generation, 0 for the random first one
   * @param population the chromosomes, unmodifiable
   * @return one number a chromosome, finite and above -1 with higher better, or {@link
   *     io.github.cnnevolution.space.Fitness#FAILED}
   * @throws InterruptedException if the run shall end; {@link Evolution} then returns the
   *     generations completed so far
   */
  List<Double> evaluate(int generation, List<Chromosome> population) throws InterruptedException;
}
