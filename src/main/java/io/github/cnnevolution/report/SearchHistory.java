package io.github.cnnevolution.report;

import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.run.StoredEvaluation;
import io.github.cnnevolution.run.StoredRun;
import io.github.cnnevolution.search.Evolution;
import io.github.cnnevolution.search.EvolutionListener;
import io.github.cnnevolution.search.Generation;
import io.github.cnnevolution.search.GeneticParameters;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.SearchSpace;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The generations of a run, which no store keeps: they are a function of the options and of the
 * evaluations, so the search is made once more from what is stored, and trains nothing.
 *
 * <p>Listens to a running search too, which then need not be made again. Safe to use from several
 * threads.
 */
public final class SearchHistory implements EvolutionListener {
  /** The option whose value a run stores as chromosomes. */
  static final String SEED_POPULATION = "seed_population";

  private static final SearchSpace SPACE = new PlainSpace();

  private final List<GenerationFigures> generations =
      Collections.synchronizedList(new ArrayList<>());

  /** A history without generations, to be told of them. */
  public SearchHistory() {}

  /**
   * The history of a stored run, as far as its evaluations go. A population of 100 takes about 0.1
   * ms a generation.
   */
  public static SearchHistory of(StoredRun run) {
    SearchHistory history = new SearchHistory();
    Map<String, Double> fitness = new HashMap<>();
    for (StoredEvaluation stored : run.evaluations()) {
      // The latest counts, as when the run goes on.
      Evaluation evaluation = stored.evaluation();
      fitness.put(evaluation.job().architecture().phenotype(), evaluation.fitness());
    }
    Evolution search;
    try {
      Map<String, String> options = run.facts().options();
      search =
          new Evolution(
              parameters(options),
              seedPopulation(options),
              (generation, population) -> fitness(population, fitness),
              history);
    } catch (IllegalArgumentException e) {
      // Options that this version does not understand: the rest of the run can be shown all the
      // same.
      return history;
    }
    search.evolve();
    return history;
  }

  /** What the run was begun with, as its options have it: chromosomes with spaces between them. */
  private static List<Chromosome> seedPopulation(Map<String, String> options) {
    return Stream.of(options.getOrDefault(SEED_POPULATION, "").split(" "))
        .filter(bits -> !bits.isEmpty())
        .map(Chromosome::new)
        .toList();
  }

  private static List<Double> fitness(List<Chromosome> population, Map<String, Double> known)
      throws InterruptedException {
    List<Double> fitness = new ArrayList<>();
    for (Chromosome chromosome : population) {
      Double value = known.get(SPACE.decode(chromosome, Architecture.CLASSES).phenotype());
      if (value == null) {
        throw new InterruptedException("the run has not come further");
      }
      fitness.add(value);
    }
    return fitness;
  }

  /**
   * The settings of the search as a store's options have them.
   *
   * @throws IllegalArgumentException if one is missing or makes no sense
   */
  static GeneticParameters parameters(Map<String, String> options) {
    GeneticParameters.Builder builder = GeneticParameters.builder();
    int genome = Integer.parseInt(option(options, "genome_size"));
    return builder
        .populationSize(Integer.parseInt(option(options, "pop_size")))
        .generations(Integer.parseInt(option(options, "generations")))
        .genomeSize(genome)
        .tournamentSize(Integer.parseInt(option(options, "tournament_size")))
        .crossoverRate(Double.parseDouble(option(options, "crossover_rate")))
        .mutationRate(Double.parseDouble(option(options, "mutation_rate")))
        .elitism(Integer.parseInt(option(options, "elitism")))
        .seed(Long.parseLong(option(options, "seed")))
        .build();
  }

  private static String option(Map<String, String> options, String name) {
    if (!options.containsKey(name)) {
      throw new IllegalArgumentException("there is no option " + name);
    }
    return options.get(name);
  }

  @Override
  public void onGenerationEnd(Generation generation) {
    generations.add(GenerationFigures.of(generation, SPACE));
  }

  /** The generations that are complete, in their order. */
  List<GenerationFigures> generations() {
    synchronized (generations) {
      return List.copyOf(generations);
    }
  }
}
