package io.github.cnnevolution.report;

import io.github.cnnevolution.search.Generation;
import io.github.cnnevolution.search.Individual;
import io.github.cnnevolution.space.Chromosome;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Statistics of a generation for the page: fitness and diversity.
 *
 * @param best the fittest member; a failed one only if all failed
 * @param quartiles minimum, lower quartile, median, upper quartile and maximum of the fitness of
 *     the members that did not fail; empty if all failed
 * @param mean mean fitness of the members that did not fail
 * @param failures number of failed members
 * @param size number of members
 * @param hamming mean fraction of differing bits over all pairs of chromosomes; 0.5 in a random
 *     population, 0 among copies
 * @param networks number of distinct networks
 */
record GenerationFigures(
    Individual best,
    List<Double> quartiles,
    OptionalDouble mean,
    int failures,
    int size,
    double hamming,
    int networks) {
  /** Copies the quartiles. */
  GenerationFigures {
    quartiles = List.copyOf(quartiles);
  }

  /**
   * Computes the statistics of a generation.
   *
   * @param networks number of distinct networks in it
   */
  static GenerationFigures of(Generation generation, int networks) {
    List<Individual> individuals = generation.individuals();
    double[] fitness =
        individuals.stream()
            .filter(individual -> !individual.failed())
            .mapToDouble(Individual::fitness)
            .sorted()
            .toArray();
    return new GenerationFigures(
        generation.best(),
        fitness.length == 0
            ? List.of()
            : List.of(
                quantile(fitness, 0),
                quantile(fitness, 0.25),
                quantile(fitness, 0.5),
                quantile(fitness, 0.75),
                quantile(fitness, 1)),
        generation.meanFitness(),
        generation.failures(),
        individuals.size(),
        hamming(individuals.stream().map(Individual::chromosome).toList()),
        networks);
  }

  /** Interpolates between two values (type 7 of Hyndman and Fan 1996, as in R and NumPy). */
  static double quantile(double[] sorted, double fraction) {
    double position = fraction * (sorted.length - 1);
    int below = (int) Math.floor(position);
    int above = (int) Math.ceil(position);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }

  /** Counts by bit position: the pairs that differ there are ones times zeros. */
  static double hamming(List<Chromosome> chromosomes) {
    long size = chromosomes.size();
    if (size < 2) {
      return 0;
    }
    int bits = chromosomes.get(0).length();
    double pairs = 0;
    for (int bit = 0; bit < bits; bit++) {
      long ones = 0;
      for (Chromosome chromosome : chromosomes) {
        ones += chromosome.bit(bit) ? 1 : 0;
      }
      pairs += ones * (size - ones);
    }
    return pairs / (size * (size - 1) / 2.0) / bits;
  }
}
