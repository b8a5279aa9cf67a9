package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A genetic algorithm with an evaluator, generation after generation, for tests of its laws. */
final class Evolution {
  private final GeneticParameters parameters;
  private final List<Chromosome> given;
  private final PopulationEvaluator evaluator;

  Evolution(GeneticParameters parameters, PopulationEvaluator evaluator) {
    this(parameters, List.of(), evaluator);
  }

  Evolution(GeneticParameters parameters, List<Chromosome> given, PopulationEvaluator evaluator) {
    this.parameters = parameters;
    this.given = given;
    this.evaluator = evaluator;
    // What is given is checked at once.
    new GeneticAlgorithm(parameters, given);
  }

  EvolutionResult evolve() {
    SearchAlgorithm algorithm = new GeneticAlgorithm(parameters, given);
    List<Generation> completed = new ArrayList<>();
    while (!algorithm.isFinished()) {
      List<Proposal> proposals = askAll(algorithm);
      List<Chromosome> population = proposals.stream().map(Proposal::chromosome).toList();
      List<Double> fitness = evaluator.evaluate(completed.size(), population);
      List<Individual> individuals = new ArrayList<>();
      for (int i = 0; i < proposals.size(); i++) {
        individuals.add(new Individual(population.get(i), fitness.get(i)));
        algorithm.tell(Outcome.of(proposals.get(i).index(), fitness.get(i)));
      }
      completed.add(new Generation(completed.size(), individuals));
    }
    return new EvolutionResult(completed);
  }

  private static List<Proposal> askAll(SearchAlgorithm algorithm) {
    List<Proposal> proposals = new ArrayList<>();
    for (Optional<Proposal> next = algorithm.ask(); next.isPresent(); next = algorithm.ask()) {
      proposals.add(next.get());
    }
    return proposals;
  }
}
