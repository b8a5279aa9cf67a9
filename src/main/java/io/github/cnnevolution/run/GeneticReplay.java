package io.github.cnnevolution.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.search.GeneticAlgorithm;
import io.github.cnnevolution.search.GeneticParameters;
import io.github.cnnevolution.search.Outcome;
import io.github.cnnevolution.search.Proposal;
import io.github.cnnevolution.search.SearchAlgorithm;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The proposals and outcomes of a run of version 0.1.0, which stored neither: they are a function
 * of its options and of its evaluations, so the search is made once more from what is stored, and
 * trains nothing.
 */
final class GeneticReplay {
  private GeneticReplay() {}

  /**
   * What the search proposed and was told.
   *
   * @param proposals by index
   * @param outcomes in the order of the proposals, up to the first that was not evaluated
   */
  record History(List<StoredProposal> proposals, List<Outcome> outcomes) {
    /** Copies the lists. */
    History {
      proposals = List.copyOf(proposals);
      outcomes = List.copyOf(outcomes);
    }
  }

  /**
   * Makes the search again, as far as the evaluations go. Options that make no sense give an empty
   * history: the evaluations can be used all the same.
   *
   * @param facts of the run
   * @param evaluations in the order in which they were stored; of a network the latest counts
   * @param space decodes the chromosomes of the run
   */
  static History of(
      Map<String, String> facts,
      List<StoredEvaluation> evaluations,
      Function<Chromosome, Architecture> space) {
    SearchAlgorithm algorithm;
    try {
      Map<String, String> options = options(facts);
      algorithm = new GeneticAlgorithm(parameters(options), seedPopulation(options));
    } catch (IllegalArgumentException | JsonProcessingException e) {
      return new History(List.of(), List.of());
    }
    Map<String, Evaluation> latest = new HashMap<>();
    for (StoredEvaluation stored : evaluations) {
      latest.put(stored.evaluation().job().architecture().phenotype(), stored.evaluation());
    }
    return replay(algorithm, latest, space);
  }

  private static History replay(
      SearchAlgorithm algorithm,
      Map<String, Evaluation> latest,
      Function<Chromosome, Architecture> space) {
    List<StoredProposal> proposals = new ArrayList<>();
    List<Outcome> outcomes = new ArrayList<>();
    Queue<StoredProposal> waiting = new ArrayDeque<>();
    do {
      for (Optional<Proposal> next = algorithm.ask(); next.isPresent(); next = algorithm.ask()) {
        String phenotype = space.apply(next.get().chromosome()).phenotype();
        waiting.add(new StoredProposal(next.get(), phenotype));
        proposals.add(new StoredProposal(next.get(), phenotype));
      }
      while (!waiting.isEmpty() && latest.containsKey(waiting.element().phenotype())) {
        StoredProposal told = waiting.remove();
        outcomes.add(outcome(told.proposal(), latest.get(told.phenotype())));
        algorithm.tell(outcomes.get(outcomes.size() - 1));
      }
    } while (waiting.isEmpty() && !algorithm.isFinished());
    return new History(proposals, outcomes);
  }

  private static Outcome outcome(Proposal proposal, Evaluation evaluation) {
    return new Outcome(
        proposal.index(),
        evaluation.fitness(),
        evaluation.objectives(),
        evaluation.trainedFraction());
  }

  private static Map<String, String> options(Map<String, String> facts)
      throws JsonProcessingException {
    return new ObjectMapper()
        .readValue(facts.getOrDefault(RunFacts.OPTIONS, "{}"), new TypeReference<>() {});
  }

  /** The seed population is stored as chromosomes with spaces between them. */
  private static List<Chromosome> seedPopulation(Map<String, String> options) {
    return Stream.of(options.getOrDefault("seed_population", "").split(" ", -1))
        .filter(bits -> !bits.isEmpty())
        .map(Chromosome::new)
        .toList();
  }

  private static GeneticParameters parameters(Map<String, String> options) {
    return new GeneticParameters(
        Integer.parseInt(option(options, "pop_size")),
        Integer.parseInt(option(options, "generations")),
        Integer.parseInt(option(options, "genome_size")),
        Integer.parseInt(option(options, "tournament_size")),
        Double.parseDouble(option(options, "crossover_rate")),
        Double.parseDouble(option(options, "mutation_rate")),
        Integer.parseInt(option(options, "elitism")),
        Long.parseLong(option(options, "seed")));
  }

  private static String option(Map<String, String> options, String name) {
    if (!options.containsKey(name)) {
      throw new IllegalArgumentException("there is no option " + name);
    }
    return options.get(name);
  }
}
