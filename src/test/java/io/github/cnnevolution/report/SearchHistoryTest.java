package io.github.cnnevolution.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.evaluation.FailureKind;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunFacts;
import io.github.cnnevolution.run.StoredEvaluation;
import io.github.cnnevolution.run.StoredRun;
import io.github.cnnevolution.search.Evolution;
import io.github.cnnevolution.search.EvolutionListener;
import io.github.cnnevolution.search.EvolutionResult;
import io.github.cnnevolution.search.Generation;
import io.github.cnnevolution.search.GeneticParameters;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainNetworks;
import io.github.cnnevolution.space.PlainSpace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SearchHistoryTest {
  private static final RunFacts.Digests DIGESTS =
      new RunFacts.Digests("a", Optional.empty(), Optional.of("b"));

  private static final GeneticParameters PARAMETERS =
      GeneticParameters.builder()
          .populationSize(12)
          .generations(9)
          .mutationRate(0.1)
          .elitism(2)
          .seed(7)
          .build();

  private static final Map<String, String> OPTIONS =
      Map.of(
          "pop_size", "12",
          "generations", "9",
          "genome_size", "20",
          "tournament_size", "3",
          "crossover_rate", "0.9",
          "mutation_rate", "0.1",
          "elitism", "2",
          "seed", "7");

  private final Map<String, StoredEvaluation> evaluations = new LinkedHashMap<>();

  private static boolean fails(Architecture architecture) {
    return PlainNetworks.kernel(architecture) == 7 && PlainNetworks.depth(architecture) == 4;
  }

  /** As a run would: each network is evaluated once, and what came out is stored. */
  private double fitness(Chromosome chromosome) {
    Architecture architecture = PlainNetworks.decode(chromosome);
    return evaluations
        .computeIfAbsent(
            architecture.phenotype(),
            name -> {
              EvaluationJob job = new EvaluationJob(evaluations.size(), chromosome, architecture);
              return stored(
                  fails(architecture)
                      ? Evaluation.failed(job, FailureKind.TIME, "too slow", "cpu-0")
                      : success(job, (name.hashCode() & 1023) / 1024.0));
            })
        .evaluation()
        .fitness();
  }

  private static Evaluation success(EvaluationJob job, double fitness) {
    return Evaluation.ofAccuracy(job, fitness, List.of(), 1, 1, 1, "cpu-0");
  }

  private static StoredEvaluation stored(Evaluation evaluation) {
    return new StoredEvaluation(evaluation, "key", 7, 1, "cpu", 0, 0, 1, Optional.empty());
  }

  private static StoredRun report(List<StoredEvaluation> evaluations) {
    return report(OPTIONS, evaluations);
  }

  private static StoredRun report(Map<String, String> options, List<StoredEvaluation> evaluations) {
    RunFacts facts =
        new RunFacts(0, options, "data", DIGESTS, 100, "0", "0", 1, 0, Optional.empty());
    return new StoredRun(new RunDirectory(Path.of("run")), facts, evaluations);
  }

  private static GenerationFigures figures(Generation generation) {
    return GenerationFigures.of(generation, new PlainSpace());
  }

  private List<Generation> search(Chromosome... given) {
    EvolutionResult result =
        new Evolution(
                PARAMETERS,
                List.of(given),
                (index, population) -> population.stream().map(this::fitness).toList(),
                new EvolutionListener() {})
            .evolve();
    assertEquals(9, result.generations().size());
    return result.generations();
  }

  @Test
  void theReplayGivesTheGenerationsOfTheSearch() {
    List<GenerationFigures> expected = search().stream().map(SearchHistoryTest::figures).toList();
    assertTrue(evaluations.values().stream().anyMatch(e -> e.evaluation().isFailed()));
    SearchHistory history = SearchHistory.of(report(List.copyOf(evaluations.values())));
    assertEquals(expected, history.generations());
  }

  @Test
  void theReplayBeginsWithTheGivenChromosomesToo() {
    Chromosome first = new Chromosome("00001000000010000000");
    Chromosome second = new Chromosome("11011000000000000000");
    List<GenerationFigures> expected =
        search(first, second).stream().map(SearchHistoryTest::figures).toList();
    Map<String, String> options = new LinkedHashMap<>(OPTIONS);
    options.put("seed_population", first.bits() + " " + second.bits());
    List<StoredEvaluation> all = List.copyOf(evaluations.values());
    assertEquals(expected, SearchHistory.of(report(options, all)).generations());
  }

  @Test
  void aRunInProgressHasTheGenerationsThatAreComplete() {
    List<GenerationFigures> expected = search().stream().map(SearchHistoryTest::figures).toList();
    List<StoredEvaluation> all = List.copyOf(evaluations.values());
    // The last network that was asked for is missing: its generation is not complete.
    List<GenerationFigures> found =
        SearchHistory.of(report(all.subList(0, all.size() - 1))).generations();
    assertTrue(found.size() < expected.size() && !found.isEmpty(), found.size() + " generations");
    assertEquals(expected.subList(0, found.size()), found);
    assertEquals(List.of(), SearchHistory.of(report(List.of())).generations());
  }

  @Test
  void theLatestEvaluationOfANetworkCounts() {
    search();
    List<StoredEvaluation> all = new ArrayList<>(evaluations.values());
    StoredEvaluation first = all.get(0);
    all.add(
        0,
        stored(Evaluation.failed(first.evaluation().job(), FailureKind.MEMORY, "none", "cpu-0")));
    assertEquals(
        SearchHistory.of(report(List.copyOf(evaluations.values()))).generations(),
        SearchHistory.of(report(all)).generations());
  }

  @Test
  void optionsThatMakeNoSenseGiveNoGenerations() {
    RunFacts facts =
        new RunFacts(
            0, Map.of("pop_size", "many"), "data", DIGESTS, 100, "0", "0", 1, 0, Optional.empty());
    StoredRun run = new StoredRun(new RunDirectory(Path.of("run")), facts, List.of());
    assertEquals(List.of(), SearchHistory.of(run).generations());
  }
}
