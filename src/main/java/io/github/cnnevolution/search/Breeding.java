package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
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
  private final Optional<Admission> admission;
  private final GenomeGrowth growth;

  Breeding(GeneticParameters parameters, Optional<Admission> admission, GenomeGrowth growth) {
    this.admission = admission;
    this.growth = growth;
    populationSize = parameters.populationSize();
    genomeSize = parameters.genomeSize();
    elitism = parameters.elitism();
    selection = new TournamentSelection(parameters.tournamentSize());
    crossover = new OnePointCrossover(parameters.crossoverRate());
    mutation = new BitFlipMutation(parameters.mutationRate());
  }

  /**
   * The given chromosomes, and behind them random ones until the population is full, in which every
   * bit is 0 or 1 with equal probability.
   */
  List<Offspring> firstPopulation(List<Chromosome> given, RandomGenerator random) {
    List<Offspring> population = new ArrayList<>();
    given.forEach(
        chromosome -> population.add(new Offspring(chromosome, Operators.GIVEN, List.of())));
    while (population.size() < populationSize) {
      population.add(
          new Offspring(
              admitted(() -> Chromosome.random(genomeSize, random), random),
              Operators.RANDOM,
              List.of()));
    }
    return Collections.unmodifiableList(population);
  }

  /** The children of {@code parents}, elites first. */
  List<Offspring> nextPopulation(Generation previous, RandomGenerator random) {
    Generation parents = growth.grown(previous);
    List<Offspring> population = new ArrayList<>(elites(parents));
    while (population.size() < populationSize) {
      addPair(population, parents.individuals(), random);
    }
    return Collections.unmodifiableList(population);
  }

  private List<Offspring> elites(Generation parents) {
    return parents.fittestPositions(elitism).stream()
        .map(
            position ->
                new Offspring(
                    parents.individuals().get(position).chromosome(),
                    Operators.ELITE,
                    List.of(position)))
        .toList();
  }

  /** Adds the children of two selected parents, or one child if only one finds room. */
  private void addPair(
      List<Offspring> population, List<Individual> parents, RandomGenerator random) {
    List<Integer> pair =
        List.of(
            selection.selectPosition(parents, random), selection.selectPosition(parents, random));
    Chromosome first = parents.get(pair.get(0)).chromosome();
    Chromosome second = parents.get(pair.get(1)).chromosome();
    boolean recombined = crossover.isDrawn(random);
    List<Chromosome> children =
        recombined ? crossover.recombine(first, second, random) : List.of(first, second);
    for (int i = 0; i < 2 && population.size() < populationSize; i++) {
      Chromosome child = children.get(i);
      Chromosome mutant = admitted(() -> mutation.mutate(child, random), random);
      population.add(
          new Offspring(
              mutant,
              Operators.of(recombined, !mutant.equals(child)),
              recombined ? pair : List.of(pair.get(i))));
    }
  }

  /** What is drawn, or what the admission makes of it. */
  private Chromosome admitted(Supplier<Chromosome> drawing, RandomGenerator random) {
    return admission.isPresent() ? admission.get().draw(drawing, random) : drawing.get();
  }
}
