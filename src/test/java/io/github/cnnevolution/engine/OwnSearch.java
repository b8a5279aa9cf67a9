package io.github.cnnevolution.engine;

import io.github.cnnevolution.evaluation.CandidateEvaluator;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.FailureKind;
import io.github.cnnevolution.evaluation.FitnessFunction;
import io.github.cnnevolution.evaluation.TrainedCandidate;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.space.ResidualTestSpace;
import io.github.cnnevolution.spark.SparkCluster;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * A search with everything of its own: space, fitness and evaluators. As a program it takes a
 * directory, and a cluster if it is to use one.
 */
public final class OwnSearch {
  private OwnSearch() {}

  /** The accuracy, less for larger networks. */
  record SmallAndAccurate(double perParameter) implements FitnessFunction, Serializable {
    @Override
    public String name() {
      return "small-and-accurate";
    }

    @Override
    public double fitness(TrainedCandidate candidate) {
      return candidate.accuracy() - perParameter * candidate.architecture().parameters();
    }
  }

  /** Fails networks with a gate. */
  record WithoutGates() implements UnaryOperator<CandidateEvaluator>, Serializable {
    @Override
    public CandidateEvaluator apply(CandidateEvaluator trainer) {
      return (job, worker, parts) ->
          job.architecture().phenotype().contains("-se")
              ? Evaluation.failed(job, FailureKind.OTHER, "has a gate", worker)
              : trainer.run(job, worker, parts);
    }
  }

  static SearchSettings.Builder settings(Path directory) {
    return SearchSettings.builder()
        .space(new ResidualTestSpace())
        .fitness(new SmallAndAccurate(1e-6))
        .evaluators(new WithoutGates())
        .data("synthetic")
        .trainLimit(40)
        .epochs(1)
        .batchSize(20)
        .populationSize(5)
        .generations(2)
        .mutationRate(0.3)
        .seed(3)
        .directory(directory);
  }

  /** Searches; returns all results in the order of their networks. */
  static String run(SearchSettings settings) throws Exception {
    try (Search search = Search.start(settings, SearchListener.NONE)) {
      search.run();
    }
    return results(settings.directory().orElseThrow());
  }

  /** What a run has found, in the order of the networks. */
  public static String results(Path run) {
    TreeMap<String, String> results = new TreeMap<>();
    try (EvaluationStore store =
        EvaluationStore.openToRead(
            new RunDirectory(run).database(), ResumedSearch.spaces(new ResidualTestSpace()))) {
      store.forEach(
          stored -> {
            Evaluation e = stored.evaluation();
            results.put(
                e.job().architecture().phenotype(),
                String.join(
                    " ",
                    stored.key(),
                    String.valueOf(e.fitness()),
                    e.objectives().toString(),
                    e.error().orElse("")));
          });
    }
    return results.toString();
  }

  /** See the class. */
  public static void main(String[] arguments) throws Exception {
    LibTorch.prepare();
    SearchSettings.Builder settings = settings(Path.of(arguments[0]));
    if (arguments.length == 1) {
      run(settings.build());
      return;
    }
    try (Cluster cluster = SparkCluster.start(Optional.of(arguments[1]), 1)) {
      run(settings.cluster(cluster).build());
    }
    System.exit(0);
  }
}
