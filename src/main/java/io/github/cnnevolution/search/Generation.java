package io.github.cnnevolution.search;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * An evaluated population. Immutable.
 *
 * @param index 0 for the random first one
 * @param individuals at least one, in the order of the population
 */
public record Generation(int index, List<Individual> individuals) {
  /**
   * Checks and copies the individuals.
   *
   * @throws IllegalArgumentException if there is none, or {@code index} is negative
   */
  public Generation {
    Require.atLeast(0, "generation index", index);
    individuals = List.copyOf(individuals);
    Require.atLeast(1, "individuals of a generation", individuals.size());
  }

  /** The fittest individual, the first of equals. It has failed only if all have. */
  public Individual best() {
    return fittest(1).get(0);
  }

  /**
   * The {@code count} fittest individuals, best first, equals in the order of the population. Fewer
   * if there are not as many; two of them may have the same chromosome.
   */
  public List<Individual> fittest(int count) {
    return fittestPositions(count).stream().map(individuals::get).toList();
  }

  /** The positions in the population of {@link #fittest}. */
  List<Integer> fittestPositions(int count) {
    // The sort of an ordered stream is stable, so that the order never depends on chance.
    return IntStream.range(0, individuals.size())
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> individuals.get(i).fitness()).reversed())
        .limit(count)
        .toList();
  }

  /** The mean fitness of the individuals that did not fail; empty if all did, and never NaN. */
  public OptionalDouble meanFitness() {
    return individuals.stream()
        .filter(individual -> !individual.failed())
        .mapToDouble(Individual::fitness)
        .average();
  }

  /** The number of individuals that failed. */
  public int failures() {
    return (int) individuals.stream().filter(Individual::failed).count();
  }
}
