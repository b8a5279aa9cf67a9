package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.run.RunOptions;
import io.github.cnnevolution.run.SpaceFile;
import io.github.cnnevolution.search.GeneticParameters;
import io.github.cnnevolution.space.Bounds;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.OptimizerKind;
import io.github.cnnevolution.training.TrainingRecipe;
import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Settings as a run stores them: by the names of the options, as text. {@link RunOptions} has the
 * names. A setting that changes results is stored whether it was given or not; of the others those
 * that were given.
 */
final class StoredSettings {
  private static final String SYNTHETIC = "synthetic";
  private static final String SEED_POPULATION = "seed_population";
  private static final String GRAPHS = RunOptions.CUDA_GRAPHS;

  private StoredSettings() {}

  /**
   * The text of a search's settings.
   *
   * @param recipe as it was chosen
   * @param graphs what was decided about recordings; auto where there is nothing to decide
   */
  static Map<String, String> of(
      SearchSettings settings, TrainingRecipe recipe, CudaGraphsMode graphs) {
    GeneticParameters genetic = settings.genetic();
    Map<String, String> options = new LinkedHashMap<>();
    options.put("pop_size", String.valueOf(genetic.populationSize()));
    options.put("genome_size", String.valueOf(genetic.genomeSize()));
    options.put("tournament_size", String.valueOf(genetic.tournamentSize()));
    options.put("crossover_rate", String.valueOf(genetic.crossoverRate()));
    options.put("mutation_rate", String.valueOf(genetic.mutationRate()));
    options.put("elitism", String.valueOf(genetic.elitism()));
    options.putAll(settings.builtIn().stored());
    options.putAll(settings.objectives().stored());
    putRecipe(options, settings.training(), recipe, graphs);
    if (genetic.generations() != GeneticParameters.UNLIMITED) {
      options.put("generations", String.valueOf(genetic.generations()));
    }
    putDevices(options, settings.training());
    putTimeout(options, settings.training());
    if (!settings.reuse().isEmpty()) {
      options.put(
          "reuse",
          settings.reuse().stream()
              .map(StoredSettings::absolute)
              .collect(Collectors.joining(File.pathSeparator)));
    }
    putData(options, settings.training());
    putBounds(options, settings.training().bounds());
    options.putAll(SpaceText.options(settings.space(), settings.training().spaceFile()));
    if (!settings.growth().sizes().isEmpty()) {
      options.put(RunOptions.GROWTH, SpaceText.growth(settings.growth()));
    }
    if (settings.topK() > 1) {
      options.put("top_k", String.valueOf(settings.topK()));
    }
    if (!settings.seedPopulation().isEmpty()) {
      options.put(
          SEED_POPULATION,
          settings.seedPopulation().stream()
              .map(Chromosome::bits)
              .collect(Collectors.joining(" ")));
    }
    return options;
  }

  /**
   * The text of what candidates are trained with.
   *
   * @param recipe as it was chosen
   * @param graphs what was decided about recordings; auto where there is nothing to decide
   */
  static Map<String, String> of(
      CandidateSettings settings, TrainingRecipe recipe, CudaGraphsMode graphs) {
    Map<String, String> options = new LinkedHashMap<>();
    putRecipe(options, settings, recipe, graphs);
    putDevices(options, settings);
    putTimeout(options, settings);
    putData(options, settings);
    putBounds(options, settings.bounds());
    return options;
  }

  private static void putTimeout(Map<String, String> options, CandidateSettings settings) {
    settings
        .candidateTimeout()
        .ifPresent(time -> options.put("candidate_timeout", DurationText.of(time)));
  }

  /**
   * The text of a final training's settings.
   *
   * @param recipe as it was chosen
   * @param graphs what was decided about recordings; auto where there is nothing to decide
   */
  static Map<String, String> of(
      FinalTrainingSettings settings, TrainingRecipe recipe, CudaGraphsMode graphs) {
    CandidateSettings training = settings.training();
    Map<String, String> options = new LinkedHashMap<>();
    putRecipe(options, recipe);
    if (training.trainLimit() != Integer.MAX_VALUE) {
      options.put("train_limit", String.valueOf(training.trainLimit()));
    }
    options.put("threads_per_worker", String.valueOf(training.threadsPerWorker()));
    options.put("seed", String.valueOf(training.seed()));
    options.put("dropout_share", String.valueOf(settings.dropoutFraction()));
    options.put("cutout", String.valueOf(settings.augmentation().cutout()));
    options.put("mixup", String.valueOf(settings.augmentation().mixup()));
    options.put("ema", String.valueOf(settings.emaDecay()));
    putFlag(options, "tta", settings.testTimeAugmentation());
    putFlag(options, "validate", settings.validate());
    putFlag(options, "tf32", training.gpu().mathMode().tf32());
    putFlag(options, "deterministic", training.gpu().mathMode().deterministic());
    putGraphs(options, graphs, "");
    options.put("seeds", String.valueOf(settings.seeds()));
    putDevices(options, training);
    putData(options, training);
    return options;
  }

  private static void putRecipe(
      Map<String, String> options,
      CandidateSettings training,
      TrainingRecipe recipe,
      CudaGraphsMode graphs) {
    options.put("seed", String.valueOf(training.seed()));
    if (training.trainLimit() != Integer.MAX_VALUE) {
      options.put("train_limit", String.valueOf(training.trainLimit()));
    }
    putRecipe(options, recipe);
    options.put("threads_per_worker", String.valueOf(training.threadsPerWorker()));
    putTrue(options, "tf32", training.gpu().mathMode().tf32());
    putTrue(options, "deterministic", training.gpu().mathMode().deterministic());
    putGraphs(options, graphs, "true");
  }

  private static void putRecipe(Map<String, String> options, TrainingRecipe recipe) {
    options.put("epochs", String.valueOf(recipe.epochs()));
    options.put("optimizer", OptimizerKind.of(recipe.optimizer()).toString());
    options.put("batch_size", String.valueOf(recipe.batchSize()));
    options.put("learning_rate", String.valueOf(recipe.learningRate()));
    options.put("precision", recipe.precision().toString());
  }

  /** The recipe of settings that were stored, and are therefore complete: no space adds to them. */
  static TrainingRecipe recipe(CandidateSettings stored) {
    return stored.recipe(new PlainSpace(), stored.precision().orElseThrow());
  }

  private static void putDevices(Map<String, String> options, CandidateSettings training) {
    training.workers().ifPresent(n -> options.put("workers", String.valueOf(n)));
    training
        .gpu()
        .gpus()
        .ifPresent(
            gpus ->
                options.put(
                    "gpus",
                    gpus.isEmpty()
                        ? "none"
                        : gpus.stream().map(String::valueOf).collect(Collectors.joining(","))));
    training.gpu().workers().ifPresent(n -> options.put("workers_per_gpu", String.valueOf(n)));
    putTrue(options, RunOptions.MIXED_DEVICES, training.mixedDevices());
    training.gpu().cudaPath().ifPresent(path -> options.put("cuda_path", absolute(path)));
  }

  /** The run may go on from another working directory. */
  private static void putData(Map<String, String> options, CandidateSettings training) {
    training
        .data()
        .ifPresent(
            data -> options.put("data", data.equals(SYNTHETIC) ? data : absolute(Path.of(data))));
  }

  private static void putBounds(Map<String, String> options, Bounds bounds) {
    putNumber(options, "min_parameters", bounds.minParameters());
    putNumber(options, "max_parameters", bounds.maxParameters());
    putNumber(options, "min_flops", bounds.minFlops());
    putNumber(options, "max_flops", bounds.maxFlops());
  }

  private static void putNumber(Map<String, String> options, String name, OptionalLong value) {
    value.ifPresent(number -> options.put(name, String.valueOf(number)));
  }

  private static OptionalLong number(Map<String, String> options, String name) {
    return options.containsKey(name)
        ? OptionalLong.of(Long.parseLong(options.get(name)))
        : OptionalLong.empty();
  }

  private static String absolute(Path path) {
    return path.toAbsolutePath().toString();
  }

  /** On as runs of earlier versions have it. */
  private static void putGraphs(Map<String, String> options, CudaGraphsMode graphs, String on) {
    if (graphs != CudaGraphsMode.AUTO) {
      options.put(GRAPHS, graphs == CudaGraphsMode.ON ? on : graphs.toString());
    }
  }

  private static void putTrue(Map<String, String> options, String name, boolean on) {
    if (on) {
      options.put(name, "true");
    }
  }

  private static void putFlag(Map<String, String> options, String name, boolean on) {
    if (on) {
      options.put(name, "");
    }
  }

  /**
   * A builder with the settings of a stored search.
   *
   * @throws IllegalArgumentException if a text makes no sense
   */
  static SearchSettings.Builder search(Map<String, String> options, SearchSpace space) {
    SearchSettings.Builder builder = SearchSettings.builder().stored().space(space);
    builder.builtIn(AlgorithmSettings.read(options));
    builder.objectives(ObjectiveSettings.read(options));
    read(options, "pop_size", text -> builder.populationSize(Integer.parseInt(text)));
    read(options, "generations", text -> builder.generations(Integer.parseInt(text)));
    read(options, "genome_size", text -> builder.genomeSize(Integer.parseInt(text)));
    read(options, "tournament_size", text -> builder.tournamentSize(Integer.parseInt(text)));
    read(options, "crossover_rate", text -> builder.crossoverRate(Double.parseDouble(text)));
    read(options, "mutation_rate", text -> builder.mutationRate(Double.parseDouble(text)));
    read(options, "elitism", text -> builder.elitism(Integer.parseInt(text)));
    read(options, SEED_POPULATION, text -> builder.seedPopulation(chromosomes(text)));
    read(options, "top_k", text -> builder.topK(Integer.parseInt(text)));
    read(options, "reuse", text -> builder.reuse(PathList.parse(text)));
    read(options, RunOptions.GROWTH, text -> builder.growth(SpaceText.growth(text)));
    builder.bounds(bounds(options));
    builder.spaceFile(
        Optional.ofNullable(options.get("space")).filter(text -> !SpaceFile.isBuiltIn(text)));
    readTraining(options, builder);
    return builder;
  }

  /**
   * A builder with what candidates are trained with.
   *
   * @throws IllegalArgumentException if a text makes no sense
   */
  static CandidateSettings.Builder candidates(Map<String, String> options) {
    CandidateSettings.Builder builder = CandidateSettings.builder();
    builder.bounds(bounds(options));
    readTraining(options, builder);
    return builder;
  }

  private static Bounds bounds(Map<String, String> options) {
    return new Bounds(
        number(options, "min_parameters"),
        number(options, "max_parameters"),
        number(options, "min_flops"),
        number(options, "max_flops"));
  }

  /**
   * A builder with the settings of a stored final training.
   *
   * @throws IllegalArgumentException if a text makes no sense
   */
  static FinalTrainingSettings.Builder finalTraining(Map<String, String> options) {
    FinalTrainingSettings.Builder builder = FinalTrainingSettings.builder();
    read(options, "seeds", text -> builder.seeds(Integer.parseInt(text)));
    read(options, "dropout_share", text -> builder.dropoutFraction(Double.parseDouble(text)));
    read(options, "cutout", text -> builder.cutout(Integer.parseInt(text)));
    read(options, "mixup", text -> builder.mixup(Double.parseDouble(text)));
    read(options, "ema", text -> builder.emaDecay(Double.parseDouble(text)));
    read(options, "tta", text -> builder.testTimeAugmentation(true));
    read(options, "validate", text -> builder.validate(true));
    readTraining(options, builder);
    return builder;
  }

  private static void readTraining(
      Map<String, String> options, TrainingSettingsBuilder<?> builder) {
    read(options, "data", builder::data);
    read(options, "train_limit", text -> builder.trainLimit(Integer.parseInt(text)));
    read(options, "epochs", text -> builder.epochs(Integer.parseInt(text)));
    builder.optimizer(
        Optional.of(
            OptimizerKind.valueOf(
                options
                    .getOrDefault("optimizer", OptimizerKind.UNNAMED.toString())
                    .toUpperCase(Locale.ROOT))));
    read(options, "batch_size", text -> builder.batchSize(Integer.parseInt(text)));
    read(options, "learning_rate", text -> builder.learningRate(Double.parseDouble(text)));
    read(
        options,
        "precision",
        text -> builder.precision(Optional.of(Precision.valueOf(text.toUpperCase(Locale.ROOT)))));
    read(options, "seed", text -> builder.seed(Long.parseLong(text)));
    read(options, "workers", text -> builder.workers(Integer.parseInt(text)));
    read(options, "threads_per_worker", text -> builder.threadsPerWorker(Integer.parseInt(text)));
    read(options, "gpus", text -> builder.gpus(gpus(text)));
    read(options, "workers_per_gpu", text -> builder.workersPerGpu(workersPerGpu(text)));
    read(options, RunOptions.MIXED_DEVICES, text -> builder.mixedDevices(true));
    read(options, "tf32", text -> builder.tf32(true));
    read(options, "deterministic", text -> builder.deterministic(true));
    // A run keeps what it began with; those of earlier versions say nothing for off.
    builder.cudaGraphs(
        CudaGraphsMode.parse(options.getOrDefault(GRAPHS, CudaGraphsMode.OFF.toString()))
            .orElseThrow(() -> new IllegalArgumentException(GRAPHS + " " + options.get(GRAPHS))));
    read(options, "cuda_path", text -> builder.cudaPath(Path.of(text)));
    read(
        options,
        "candidate_timeout",
        text -> DurationText.parse(text).ifPresent(builder::candidateTimeout));
  }

  private static void read(Map<String, String> options, String name, Consumer<String> setter) {
    String text = options.get(name);
    if (text != null) {
      setter.accept(text);
    }
  }

  private static List<Chromosome> chromosomes(String text) {
    return Arrays.stream(text.split(" "))
        .filter(bits -> !bits.isEmpty())
        .map(Chromosome::new)
        .toList();
  }

  private static Optional<List<Integer>> gpus(String text) {
    if (text.equals("all")) {
      return Optional.empty();
    }
    return Optional.of(
        text.equals("none")
            ? List.of()
            : Arrays.stream(text.split(",", -1)).map(id -> Integer.valueOf(id.strip())).toList());
  }

  private static OptionalInt workersPerGpu(String text) {
    return text.equals("auto") ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text));
  }

  /**
   * The options of a run that goes on with changed settings: what was not changed stays as it was
   * written.
   *
   * @param stored by the run
   * @param before the run's settings
   * @param after the settings with which it goes on
   * @param fixed the names of those that would change its results
   * @param run what the run is called in the message
   * @throws SettingException if one of those differs
   */
  static Map<String, String> merge(
      Map<String, String> stored,
      Map<String, String> before,
      Map<String, String> after,
      List<String> fixed,
      Path run) {
    Map<String, String> merged = new LinkedHashMap<>(stored);
    after.forEach(
        (name, value) -> {
          if (value.equals(before.get(name))) {
            return;
          }
          if (name.equals(SEED_POPULATION)) {
            throw changed(
                name, "", run, stored.containsKey(name) ? "with other chromosomes" : "without it");
          }
          if (fixed.contains(name)) {
            boolean flag = value.isEmpty() || value.equals("true");
            throw changed(name, flag ? "" : value, run, before(stored.get(name)));
          }
          merged.put(name, value);
        });
    return merged;
  }

  private static String before(String stored) {
    boolean flag = stored != null && (stored.isEmpty() || stored.equals("true"));
    return stored == null ? "without it" : flag ? "with it" : "with " + stored;
  }

  private static SettingException changed(String name, String value, Path run, String before) {
    return new SettingException(
        name,
        value,
        Text.format(
            "the run in %s was started %s, and its results would change; leave the option out, or begin a new run",
            run, before));
  }
}
