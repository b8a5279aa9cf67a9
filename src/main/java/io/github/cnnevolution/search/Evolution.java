package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * A generational genetic algorithm on chromosomes of bits: evaluate a population, breed the next
 * from it by elitism, tournament selection, one-point crossover and bit-flip mutation, and begin
 * again (Goldberg 1989, "Genetic Algorithms in Search, Optimization, and Machine Learning").
 *
 * <p>The history is a function of the parameters and of the fitness alone. All random draws come
 * from one seeded generator, on the thread that calls {@link #evolve()}, and none depends on the
 * number of generations: a rerun that asks for more of them repeats the shorter run first.
 */
public final class Evolution {
  /** Named, since the platform's default may change and seeds shall keep their meaning. */
  private static final String GENERATOR = "L64X128MixRandom";

  private final GeneticParameters parameters;
  private final List<Chromosome> given;
  private final Breeding breeding;
  private final PopulationEvaluator evaluator;
  private final EvolutionListener listener;

  /** An evolution that nobody listens to. */
  public Evolution(GeneticParameters parameters, PopulationEvaluator evaluator) {
    this(parameters, evaluator, new EvolutionListener() {});
  }

  /** An evolution that reports its progress to {@code listener}. */
  public Evolution(
      GeneticParameters parameters, PopulationEvaluator evaluator, EvolutionListener listener) {
    this(parameters, List.of(), evaluator, listener);
  }

  /**
   * An evolution whose first generation begins with given chromosomes; random ones fill it up.
   *
   * @param given in the order in which they stand in the population
   * @throws IllegalArgumentException if there are more than a population holds, or one has another
   *     number of bits than the parameters say
   */
  public Evolution(
      GeneticParameters parameters,
      List<Chromosome> given,
      PopulationEvaluator evaluator,
      EvolutionListener listener) {
    if (given.size() > parameters.populationSize()) {
      throw new IllegalArgumentException(
          "%d given chromosomes do not fit a population of %d"
              .formatted(given.size(), parameters.populationSize()));
    }
    for (Chromosome chromosome : given) {
      if (chromosome.length() != parameters.genomeSize()) {
        throw new IllegalArgumentException(
            "given chromosome %s has %d bits, not %d"
                .formatted(chromosome, chromosome.length(), parameters.genomeSize()));
      }
    }
    this.parameters = parameters;
    this.given = List.copyOf(given);
    this.breeding = new Breeding(parameters);
    this.evaluator = Objects.requireNonNull(evaluator, "evaluator");
    this.listener = Objects.requireNonNull(listener, "listener");
  }

  /**
   * Runs to the end, or until the evaluator is interrupted. May be called again, and then starts
   * over.
   *
   * <p>Cost: evaluates {@code generations} populations, each of which may take minutes; the genetic
   * algorithm itself takes microseconds. After an interruption the result says so, and the thread's
   * interrupt flag stays clear, so that the caller can still save what was found.
   *
   * @throws IllegalStateException if the evaluator returns other than one valid fitness a
   *     chromosome
   */
  public EvolutionResult evolve() {
    RandomGenerator random = RandomGeneratorFactory.of(GENERATOR).create(parameters.seed());
    List<Generation> completed = new ArrayList<>();
    try {
      while (completed.size() < parameters.generations()) {
        List<Chromosome> population = nextPopulation(completed, random);
        listener.onGenerationStart(completed.size(), population);
        Generation generation = evaluate(completed.size(), population);
        completed.add(generation);
        listener.onGenerationEnd(generation);
      }
    } catch (InterruptedException e) {
      return new EvolutionResult(completed, true);
    }
    return new EvolutionResult(completed, false);
  }

  private List<Chromosome> nextPopulation(List<Generation> completed, RandomGenerator random) {
    return completed.isEmpty()
        ? breeding.firstPopulation(given, random)
        : breeding.nextPopulation(completed.get(completed.size() - 1), random);
  }

  private Generation evaluate(int index, List<Chromosome> population) throws InterruptedException {
    List<Double> fitness = evaluator.evaluate(index, population);
    if (fitness.size() != population.size()) {
      throw new IllegalStateException(
          "generation %d: the evaluator must return one fitness a chromosome, but returned %d for %d"
              .formatted(index, fitness.size(), population.size()));
    }
    List<Individual> individuals = new ArrayList<>();
    for (int i = 0; i < population.size(); i++) {
      individuals.add(individual(index, i, population.get(i), fitness.get(i)));
    }
    return new Generation(index, individuals);
  }

  private static Individual individual(
      int generation, int position, Chromosome chromosome, Double fitness) {
    String where = "generation %d, chromosome %d (%s)".formatted(generation, position, chromosome);
    if (fitness == null) {
      throw new IllegalStateException(where + ": fitness is missing");
    }
    try {
      return new Individual(chromosome, fitness);
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(where + ": " + e.getMessage(), e);
    }
  }
}
