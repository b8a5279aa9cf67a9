package io.github.cnnevolution.cli;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.KeptModels;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.search.GeneticParameters;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a run searches for, and where it leaves what it finds.
 *
 * @param seeds what the first generation begins with
 * @param topK how many of the best networks are kept
 */
record RunPlan(
    RunDirectory directory, GeneticParameters parameters, SeedPopulation seeds, int topK) {
  static final String TOP_K = "top_k";
  private static final int MAX_TOP_K = 100;

  /** How many networks are to be kept, as {@code --top_k} says. */
  static int topK(Arguments arguments) throws UsageException {
    return arguments.integer(TOP_K, 1, MAX_TOP_K, 1);
  }

  /** The best networks among those that the store knows. */
  KeptModels models(EvaluationStore store) {
    KeptModels models = new KeptModels(directory.bestModel(), directory.top(), topK);
    store.forEach(stored -> models.register(stored.evaluation()));
    return models;
  }

  /** Whether everything that the best networks of the store leave is there. */
  boolean isKept(EvaluationStore store) {
    KeptModels models = models(store);
    for (Evaluation evaluation : models.evaluations()) {
      Path facts = RunDirectory.facts(models.file(evaluation));
      if (!models.isOnDisk(evaluation) || !Files.exists(facts)) {
        return false;
      }
    }
    return !models.evaluations().isEmpty();
  }

  /** Every option with the value that it had, given or not. */
  Map<String, Object> config(EvaluationSession session) {
    CandidateOptions options = session.options();
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("pop_size", parameters.populationSize());
    config.put("generations", parameters.generations());
    config.put("genome_size", parameters.genomeSize());
    config.put("tournament_size", parameters.tournamentSize());
    config.put("crossover_rate", parameters.crossoverRate());
    config.put("mutation_rate", parameters.mutationRate());
    config.put("elitism", parameters.elitism());
    config.put("seed", parameters.seed());
    config.put(SeedPopulation.OPTION, seeds.config());
    config.put(TOP_K, topK);
    config.put("out", directory.path().toString());
    config.put("data", options.data().orElse(null));
    config.put(
        "train_limit", options.trainLimit() == Integer.MAX_VALUE ? null : options.trainLimit());
    config.put("epochs", session.recipe().epochs());
    config.put("batch_size", session.recipe().batchSize());
    config.put("learning_rate", session.recipe().learningRate());
    config.put("precision", session.recipe().precision().toString());
    boolean gpu = session.devices().get(0).isGpu();
    config.put("workers", gpu ? null : session.workersPerDevice());
    config.put("threads_per_worker", options.threadsPerWorker());
    config.put("gpus", gpu ? session.devices().stream().map(ComputeDevice::index).toList() : null);
    config.put("workers_per_gpu", gpu ? session.workersPerDevice() : null);
    config.put("tf32", options.gpu().arithmetic().tf32());
    config.put("deterministic", options.gpu().arithmetic().deterministic());
    config.put("cuda_graphs", options.gpu().cudaGraphs());
    config.put("profile", options.profile());
    return config;
  }
}
