package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.run.FrontGoals;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunOptions;
import io.github.cnnevolution.run.SpaceFile;
import io.github.cnnevolution.search.GeneticParameters;
import io.github.cnnevolution.space.Bounds;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.training.OptimizerKind;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Every setting of a search with the value that it had, given or not, for {@code config}. */
final class SearchConfig {
  private SearchConfig() {}

  /** The settings by the names of their options. */
  static Map<String, Object> of(
      SearchSettings settings, SearchSession session, RunDirectory directory) {
    GeneticParameters genetic = settings.genetic();
    CandidateSettings training = settings.training();
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("pop_size", genetic.populationSize());
    putNumber(config, "generations", settings.generations());
    config.put("genome_size", genetic.genomeSize());
    config.put("tournament_size", genetic.tournamentSize());
    config.put("crossover_rate", genetic.crossoverRate());
    config.put("mutation_rate", genetic.mutationRate());
    config.put("elitism", genetic.elitism());
    config.put("seed", genetic.seed());
    List<Chromosome> seeds = settings.seedPopulation();
    config.put(
        "seed_population", seeds.isEmpty() ? null : seeds.stream().map(Chromosome::bits).toList());
    config.put("top_k", settings.topK());
    config.put("out", directory.path().toString());
    config.put("data", training.data().orElse(null));
    config.put(
        "train_limit", training.trainLimit() == Integer.MAX_VALUE ? null : training.trainLimit());
    config.put("epochs", session.recipe().epochs());
    config.put("optimizer", OptimizerKind.of(session.recipe().optimizer()).toString());
    config.put("batch_size", session.recipe().batchSize());
    config.put("learning_rate", session.recipe().learningRate());
    config.put("precision", session.recipe().precision().toString());
    // A cluster says itself how many it trains at a time, and on which of its GPUs.
    boolean here = !session.localDevices().isEmpty();
    boolean gpu = session.devices().get(0).isGpu();
    config.put("workers", here && !gpu ? session.workersPerDevice() : null);
    config.put("threads_per_worker", training.threadsPerWorker());
    config.put(
        "gpus", here && gpu ? session.devices().stream().map(ComputeDevice::index).toList() : null);
    config.put("workers_per_gpu", here && gpu ? session.workersPerDevice() : null);
    config.put(RunOptions.MIXED_DEVICES, training.mixedDevices());
    config.put("tf32", training.gpu().mathMode().tf32());
    config.put("deterministic", training.gpu().mathMode().deterministic());
    config.put("cuda_graphs", gpu ? session.graphs() == CudaGraphsMode.ON : null);
    config.put("cuda_path", training.gpu().cudaPath().map(Path::toString).orElse(null));
    config.put("candidate_timeout", training.candidateTimeout().map(DurationText::of).orElse(null));
    config.put("max_time", settings.maxTime().map(DurationText::of).orElse(null));
    config.put(
        "reuse",
        settings.reuse().isEmpty()
            ? null
            : settings.reuse().stream().map(path -> path.toAbsolutePath().toString()).toList());
    config.put("profile", training.profile());
    config.put("space", training.spaceFile().orElse(settings.space().name()));
    config.put("fix", null);
    config.put("choices", null);
    SpaceText.options(settings.space(), training.spaceFile()).forEach(config::put);
    Bounds bounds = training.bounds();
    putNumber(config, "min_parameters", bounds.minParameters());
    putNumber(config, "max_parameters", bounds.maxParameters());
    putNumber(config, "min_flops", bounds.minFlops());
    putNumber(config, "max_flops", bounds.maxFlops());
    Map<String, Object> definition = SpaceFile.identity(settings.space());
    if (!definition.isEmpty()) {
      config.put(SpaceFile.DEFINITION, definition);
    }
    config.put("algorithm", settings.algorithmName());
    boolean asynchronous = settings.algorithm().isEmpty() && settings.builtIn().isAsynchronous();
    putNumber(config, "evaluations", settings.evaluations());
    config.put("lookahead", asynchronous ? settings.builtIn().lookahead() : null);
    config.put("replace", settings.builtIn().stored().get("replace"));
    config.put("surrogate", settings.builtIn().surrogate());
    ObjectiveSettings objectives = settings.objectives();
    boolean several = objectives.goals().isPresent();
    config.put(FrontGoals.OBJECTIVES, several ? objectives.objectives().text() : null);
    config.put(FrontGoals.PREFER, several ? objectives.preference().text() : null);
    config.put(FrontGoals.MAX_LATENCY, objectives.maxLatency().map(LatencyText::of).orElse(null));
    config.put("early_stopping", settings.builtIn().earlyStopping());
    config.put("fitness", settings.fitness().name());
    return config;
  }

  private static void putNumber(Map<String, Object> config, String name, OptionalInt value) {
    config.put(name, value.isPresent() ? (Object) value.getAsInt() : null);
  }

  private static void putNumber(Map<String, Object> config, String name, OptionalLong value) {
    config.put(name, value.isPresent() ? (Object) value.getAsLong() : null);
  }
}
