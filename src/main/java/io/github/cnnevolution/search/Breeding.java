package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Makes populations: the random first one, and each next one from the generation before.
 *
 * <p>Elites come first, best first and unchanged (De Jong 1975, "An Analysis of the Behavior of a
 * Class of Genetic Adaptive Systems"). Then pairs of parents are selected, recombined and mutated
 * until the population is full; both tournaments of a pair are independent, so that an individual
 * may be paired with itself. Of the last pair only one child is kept if there is room for only one.
 */
final class Breeding {
  private final int populationSize;
  private final int genomeSize;
  private final int elitism;
  private final TournamentSelection selection;
  private final OnePointCrossover crossover;
  private final BitFlipMutation mutation;

  Breeding(GeneticParameters parameters) {
    populationSize = parameters.populationSize();
    genomeSize = parameters.genomeSize();
    elitism = parameters.elitism();
    selection = new TournamentSelection(parameters.tournamentSize());
    crossover = new OnePointCrossover(parameters.crossoverRate());
    mutation = new BitFlipMutation(parameters.mutationRate());
  }

  /** A population in which every bit is 0 or 1 with equal probability. */
  List<Chromosome> randomPopulation(RandomGenerator random) {
    return firstPopulation(List.of(), random);
  }

  /** The given chromosomes, and random ones behind them until the population is full. */
  List<Chromosome> firstPopulation(List<Chromosome> given, RandomGenerator random) {
    List<Chromosome> population = new ArrayList<>(given);
    while (population.size() < populationSize) {
      population.add(randomChromosome(random));
    }
    return Collections.unmodifiableList(population);
  }

  /** The children of {@code parents}, elites first. */
  List<Chromosome> nextPopulation(Generation parents, RandomGenerator random) {
    List<Chromosome> population = new ArrayList<>(elites(parents));
    while (population.size() < populationSize) {
      for (Chromosome child : children(parents, random)) {
        if (population.size() < populationSize) {
          population.add(mutation.mutate(child, random));
        }
      }
    }
    return Collections.unmodifiableList(population);
  }

  private List<Chromosome> elites(Generation parents) {
    return parents.fittest(elitism).stream().map(Individual::chromosome).toList();
  }

  private List<Chromosome> children(Generation parents, RandomGenerator random) {
    Individual first = selection.select(parents.individuals(), random);
    Individual second = selection.select(parents.individuals(), random);
    return crossover.cross(first.chromosome(), second.chromosome(), random);
  }

  private Chromosome randomChromosome(RandomGenerator random) {
    StringBuilder bits = new StringBuilder(genomeSize);
    while (bits.length() < genomeSize) {
      bits.append(random.nextBoolean() ? '1' : '0');
    }
    return new Chromosome(bits.toString());
  }
}
