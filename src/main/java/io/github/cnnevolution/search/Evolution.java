package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Runs {@link GeneticAlgorithm} generation by generation: its population is evaluated as a whole,
 * and a listener is told where each begins and ends.
 */
public final class Evolution {
  private final GeneticParameters parameters;
  private final List<Chromosome> given;
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
    this.parameters = parameters;
    this.given = List.copyOf(given);
    GeneticAlgorithm.check(parameters, given);
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
    SearchAlgorithm algorithm = new GeneticAlgorithm(parameters, given);
    List<Generation> completed = new ArrayList<>();
    try {
      while (!algorithm.isFinished()) {
        List<Proposal> proposals = askAll(algorithm);
        List<Chromosome> population = proposals.stream().map(Proposal::chromosome).toList();
        listener.onGenerationStart(completed.size(), population);
        Generation generation = evaluate(completed.size(), population);
        for (int i = 0; i < proposals.size(); i++) {
          double fitness = generation.individuals().get(i).fitness();
          algorithm.tell(Outcome.of(proposals.get(i).index(), fitness));
        }
        completed.add(generation);
        listener.onGenerationEnd(generation);
      }
    } catch (InterruptedException e) {
      return new EvolutionResult(completed, true);
    }
    return new EvolutionResult(completed, false);
  }

  private static List<Proposal> askAll(SearchAlgorithm algorithm) {
    List<Proposal> proposals = new ArrayList<>();
    for (Optional<Proposal> next = algorithm.ask(); next.isPresent(); next = algorithm.ask()) {
      proposals.add(next.get());
    }
    return proposals;
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
