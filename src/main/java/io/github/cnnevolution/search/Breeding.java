package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
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
  private final Optional<SurrogateChoice> surrogate;

  Breeding(GeneticParameters parameters, Optional<Admission> admission, GenomeGrowth growth) {
    this(parameters, admission, growth, Optional.empty());
  }

  /** One whose children a model chooses. */
  Breeding(
      GeneticParameters parameters,
      Optional<Admission> admission,
      GenomeGrowth growth,
      Optional<SurrogateChoice> surrogate) {
    this.admission = admission;
    this.growth = growth;
    this.surrogate = surrogate;
    populationSize = parameters.populationSize();
    genomeSize = parameters.genomeSize();
    elitism = parameters.elitism();
    selection = new TournamentSelection(parameters.tournamentSize());
    crossover = new OnePointCrossover(parameters.crossoverRate());
    mutation = new BitFlipMutation(parameters.mutationRate());
  }

  /**
   * The given chromosomes, and behind them random ones until the population is full, in which every
   * bit is 0 or 1 with equal probability. With a model fewer, if there are no more networks.
   */
  List<Offspring> firstPopulation(List<Chromosome> given, RandomGenerator random) {
    List<Offspring> population = new ArrayList<>();
    given.forEach(
        chromosome -> population.add(new Offspring(chromosome, Operators.GIVEN, List.of())));
    if (surrogate.isPresent()) {
      given.forEach(surrogate.get()::propose);
      choose(population, any -> Optional.empty(), random);
    }
    while (surrogate.isEmpty() && population.size() < populationSize) {
      population.add(
          new Offspring(
              admitted(() -> Chromosome.random(genomeSize, random), random),
              Operators.RANDOM,
              List.of()));
    }
    return Collections.unmodifiableList(population);
  }

  /**
   * The children of {@code parents}, elites first. With a model fewer, if the space is exhausted.
   */
  List<Offspring> nextPopulation(Generation previous, RandomGenerator random) {
    Generation parents = growth.grown(previous);
    List<Offspring> population = new ArrayList<>(elites(parents));
    if (surrogate.isPresent()) {
      choose(population, draws -> Optional.of(child(parents.individuals(), draws)), random);
    }
    while (surrogate.isEmpty() && population.size() < populationSize) {
      population.addAll(
          children(parents.individuals(), populationSize - population.size(), random));
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

  /** Fills the population with what the model chooses, as long as there are unknown networks. */
  private void choose(
      List<Offspring> population,
      Function<RandomGenerator, Optional<Child>> breeding,
      RandomGenerator random) {
    for (int i = population.size(); i < populationSize; i++) {
      surrogate
          .orElseThrow()
          .next(breeding, random)
          .ifPresent(
              child ->
                  population.add(
                      new Offspring(
                          child.chromosome(),
                          child.operator(),
                          child.parents().stream().map(Long::intValue).toList(),
                          child.prediction())));
    }
  }

  /** A child whose parents are named by their positions. */
  private Child child(List<Individual> parents, RandomGenerator random) {
    Offspring child = children(parents, 1, random).get(0);
    return new Child(
        child.chromosome(),
        child.operator(),
        child.parents().stream().map(Integer::longValue).toList());
  }

  /** The children of two selected parents, or one child if only one finds room. */
  private List<Offspring> children(List<Individual> parents, int room, RandomGenerator random) {
    List<Offspring> offspring = new ArrayList<>();
    List<Integer> pair =
        List.of(
            selection.selectPosition(parents, random), selection.selectPosition(parents, random));
    Chromosome first = parents.get(pair.get(0)).chromosome();
    Chromosome second = parents.get(pair.get(1)).chromosome();
    boolean recombined = crossover.isDrawn(random);
    List<Chromosome> children =
        recombined ? crossover.recombine(first, second, random) : List.of(first, second);
    for (int i = 0; i < Math.min(2, room); i++) {
      Chromosome child = children.get(i);
      Chromosome mutant = admitted(() -> mutation.mutate(child, random), random);
      offspring.add(
          new Offspring(
              mutant,
              Operators.of(recombined, !mutant.equals(child)),
              recombined ? pair : List.of(pair.get(i))));
    }
    return offspring;
  }

  /** What is drawn, or what the admission makes of it. */
  private Chromosome admitted(Supplier<Chromosome> drawing, RandomGenerator random) {
    return admission.isPresent() ? admission.get().draw(drawing, random) : drawing.get();
  }
}
