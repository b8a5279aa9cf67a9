package io.github.cnnevolution.report;

import io.github.cnnevolution.engine.ExecutorState;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunFacts;
import io.github.cnnevolution.run.StoredEvaluation;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainNetworks;
import io.github.cnnevolution.training.EpochMetrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** A real store and a real live page of results that a test makes up. */
final class RunMadeUp implements AutoCloseable {
  private static final Map<String, String> OPTIONS =
      Map.of(
          "pop_size", "4",
          "generations", "3",
          "genome_size", "20",
          "tournament_size", "3",
          "crossover_rate", "0.9",
          "mutation_rate", "0.05",
          "elitism", "1",
          "seed", "1");

  private final EvaluationStore store;
  private final Dashboard dashboard;
  private final SearchState search = new SearchState();
  private final String executor;

  RunMadeUp(Path directory) throws IOException {
    this(directory, List::of, "cpu");
  }

  /**
   * A run on a cluster.
   *
   * @param executor that has all results
   */
  RunMadeUp(Path directory, Supplier<List<ExecutorState>> executors, String executor)
      throws IOException {
    this.executor = executor;
    RunDirectory run = new RunDirectory(directory);
    RunFacts.Digests digests = new RunFacts.Digests("a", Optional.empty(), Optional.of("b"));
    RunFacts facts =
        new RunFacts(
            0,
            OPTIONS,
            "plain",
            "genetic",
            "accuracy",
            "synthetic",
            digests,
            100,
            OptionalInt.of(1000),
            "0",
            "0",
            1,
            0,
            Optional.empty());
    store = EvaluationStore.create(run.database(), facts.facts());
    dashboard = Dashboard.open(Dashboard.DEFAULT_HOST, 0);
    search.onSearchStart(MadeUpSearch.start(run, store, executors));
    dashboard.show(new LiveData(run, store, search));
  }

  Dashboard dashboard() {
    return dashboard;
  }

  /** What the page knows of the workers. */
  SearchState search() {
    return search;
  }

  /** A result is stored, and the page hears of it. */
  void arrive(int number) {
    Chromosome chromosome =
        new Chromosome(Integer.toBinaryString(number << 1 | 1 << 20).substring(1));
    EvaluationJob job = new EvaluationJob(number, chromosome, PlainNetworks.decode(chromosome));
    Evaluation evaluation =
        Evaluation.ofAccuracy(
            job,
            (number % 97) / 100.0,
            List.of(new EpochMetrics(4.5, 0.1)),
            1,
            100,
            1,
            executor + "-" + number % 2);
    store.append(
        new StoredEvaluation(
            evaluation,
            "key" + number,
            1,
            1,
            "cpu",
            0,
            1_000L * number,
            1_000L * number + 900,
            Optional.empty()));
    dashboard.onEnd(evaluation);
  }

  @Override
  public void close() {
    dashboard.close();
    store.close();
  }
}
