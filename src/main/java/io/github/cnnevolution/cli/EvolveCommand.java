package io.github.cnnevolution.cli;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.GpuMonitor;
import io.github.cnnevolution.device.GpuUsage;
import io.github.cnnevolution.evaluation.BestModel;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationService;
import io.github.cnnevolution.evaluation.LostDevice;
import io.github.cnnevolution.evaluation.NoDeviceLeftException;
import io.github.cnnevolution.evolution.Evolution;
import io.github.cnnevolution.evolution.EvolutionParameters;
import io.github.cnnevolution.evolution.EvolutionResult;
import io.github.cnnevolution.genome.Chromosome;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.report.DeviceReport;
import io.github.cnnevolution.report.EvolutionProgress;
import io.github.cnnevolution.report.GpuReport;
import io.github.cnnevolution.report.RunDirectory;
import io.github.cnnevolution.report.RunSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.commons.cli.Options;

/** The main job: evolves chromosomes and leaves the best one, trained, in the run directory. */
final class EvolveCommand implements Command {
  private static final int MAX_POPULATION = 1_000_000;
  private static final int MAX_GENOME = 10_000;

  @Override
  public String name() {
    return "evolve";
  }

  @Override
  public String summary() {
    return "Evolves CNN architectures and leaves the best, trained, in the run directory (default).";
  }

  @Override
  public Options options() {
    Options options = new Options();
    options.addOption(
        Arguments.valued("pop_size", "N", "chromosomes in a generation (default: 10)"));
    options.addOption(
        Arguments.valued(
            "generations", "N", "generations, the random first one included (default: 20)"));
    options.addOption(
        Arguments.valued("genome_size", "N", "bits of a chromosome, at least 19 (default: 20)"));
    options.addOption(
        Arguments.valued("tournament_size", "N", "competitors for a parent's place (default: 3)"));
    options.addOption(
        Arguments.valued(
            "crossover_rate", "P", "probability that a pair is recombined (default: 0.9)"));
    options.addOption(
        Arguments.valued(
            "mutation_rate", "P", "probability that a bit flips (default: 1 / genome size)"));
    options.addOption(
        Arguments.valued("elitism", "N", "best chromosomes that pass on unchanged (default: 1)"));
    options.addOption(
        Arguments.valued(
            "out", "DIR", "run directory, not existing or empty (default: runs/<date-time>)"));
    TrainingOptions.options().forEach(options::addOption);
    return options;
  }

  @Override
  public int run(Arguments arguments, Console console)
      throws UsageException, IOException, InterruptedException {
    TrainingOptions options = TrainingOptions.of(arguments);
    EvolutionParameters parameters = parameters(arguments, options.seed());
    RunDirectory directory = runDirectory(arguments);
    long start = System.nanoTime();
    try (StopSignal stop = StopSignal.interruptingCurrentThread();
        TrainingSession session = new TrainingSession(options, false, console);
        BestModel best = new BestModel(directory.bestModel())) {
      create(directory);
      printStart(session, parameters, directory, console);
      Search search = search(session, parameters, best, console);
      if (best.evaluation().isEmpty()) {
        return nothingFound(search, console);
      }
      OptionalDouble testAccuracy =
          search.interrupted ? OptionalDouble.empty() : testAccuracy(session, best, search);
      RunSummary summary =
          new RunSummary(
              best.evaluation().orElseThrow(),
              testAccuracy,
              options.seed(),
              config(session, parameters, directory),
              data(session),
              search.generations,
              search.trainings,
              search.saved,
              testAccuracy.isEmpty(),
              (System.nanoTime() - start) / 1e9,
              search.gpus,
              search.lostDevices);
      summary.write(directory.bestChromosome());
      printEnd(summary, directory, console);
      search.end.ifPresent(reason -> printError(console, reason));
      return search.end.isPresent()
          ? ExitCode.FAILED
          : summary.interrupted() ? ExitCode.INTERRUPTED : ExitCode.OK;
    }
  }

  /**
   * What is left of a search beside the best model.
   *
   * @param end why it could not go on, if so
   */
  private record Search(
      int generations,
      long trainings,
      long saved,
      boolean interrupted,
      List<GpuUsage> gpus,
      List<LostDevice> lostDevices,
      Optional<String> end) {}

  private static Search search(
      TrainingSession session, EvolutionParameters parameters, BestModel best, Console console) {
    try (GpuMonitor monitor = GpuMonitor.start(session.devices());
        EvolutionProgress progress = new EvolutionProgress(console, parameters.generations());
        EvaluationService service = session.search(best, progress)) {
      progress.count(service::trainings, service::reused);
      progress.watch(monitor::usages);
      AtomicReference<String> end = new AtomicReference<>();
      Evolution evolution =
          new Evolution(
              parameters,
              (generation, population) -> {
                try {
                  return fitness(service, population, progress);
                } catch (NoDeviceLeftException e) {
                  end.set(e.getMessage());
                  throw new InterruptedException(e.getMessage());
                }
              },
              progress);
      EvolutionResult result = evolution.evolve();
      return new Search(
          result.generations().size(),
          service.trainings(),
          service.reused(),
          result.interrupted(),
          monitor.usages(),
          service.lostDevices(),
          Optional.ofNullable(end.get()));
    }
  }

  private static List<Double> fitness(
      EvaluationService service, List<Chromosome> population, EvolutionProgress progress)
      throws InterruptedException {
    return service.evaluate(population, (chromosome, evaluation) -> progress.step()).stream()
        .map(Evaluation::fitness)
        .toList();
  }

  private static int nothingFound(Search search, Console console) {
    if (search.end.isPresent()) {
      printError(console, search.end.get() + "; there is no model to keep");
      return ExitCode.FAILED;
    }
    String reason =
        search.interrupted
            ? "stopped before the first candidate had finished; there is no model to keep"
            : "every candidate failed, for the reasons above; there is no model to keep";
    printError(console, reason);
    return search.interrupted ? ExitCode.INTERRUPTED : ExitCode.FAILED;
  }

  private static void printError(Console console, String message) {
    console.err().println(Application.PROGRAM + ": " + message);
  }

  /** Empty if Ctrl-C comes in the meantime: the model is kept all the same. */
  private static OptionalDouble testAccuracy(
      TrainingSession session, BestModel best, Search search) {
    try {
      return OptionalDouble.of(session.testAccuracy(best, search.lostDevices));
    } catch (InterruptedException e) {
      return OptionalDouble.empty();
    }
  }

  private static EvolutionParameters parameters(Arguments arguments, long seed)
      throws UsageException {
    EvolutionParameters defaults = EvolutionParameters.defaults();
    int population = arguments.integer("pop_size", 1, MAX_POPULATION, defaults.populationSize());
    int genome =
        arguments.integer("genome_size", Chromosome.MIN_LENGTH, MAX_GENOME, defaults.genomeSize());
    return EvolutionParameters.builder()
        .populationSize(population)
        .generations(arguments.integer("generations", 1, Integer.MAX_VALUE, defaults.generations()))
        .genomeSize(genome)
        .tournamentSize(
            arguments.integer("tournament_size", 1, MAX_POPULATION, defaults.tournamentSize()))
        .crossoverRate(arguments.rate("crossover_rate", defaults.crossoverRate()))
        .mutationRate(arguments.rate("mutation_rate", 1.0 / genome))
        .elitism(arguments.integer("elitism", 0, population, defaults.elitism()))
        .seed(seed)
        .build();
  }

  private static RunDirectory runDirectory(Arguments arguments) throws UsageException, IOException {
    Optional<String> out = arguments.text("out");
    if (out.isEmpty()) {
      return RunDirectory.unused(LocalDateTime.now(ZoneId.systemDefault()));
    }
    try {
      RunDirectory directory = new RunDirectory(Path.of(out.get()));
      if (!directory.isFree()) {
        throw new UsageException(
            "--out %s: exists already and is not overwritten; name another directory"
                .formatted(out.get()));
      }
      return directory;
    } catch (InvalidPathException e) {
      throw new UsageException("--out %s: not a path: %s".formatted(out.get(), e.getReason()));
    }
  }

  private static void create(RunDirectory directory) throws UsageException {
    try {
      Files.createDirectories(directory.path());
    } catch (IOException e) {
      throw new UsageException(
          "--out %s: cannot be created (%s); name another directory"
              .formatted(directory.path(), e.getClass().getSimpleName()));
    }
  }

  private static void printStart(
      TrainingSession session,
      EvolutionParameters parameters,
      RunDirectory directory,
      Console console) {
    console.out().println("data    " + session.dataset().name());
    console
        .out()
        .println(
            "device  "
                + DeviceReport.line(session.devices(), session.recipe().precision())
                + "; "
                + workers(session));
    console
        .out()
        .printf(
            "search  %d chromosomes x %d generations, %d epochs on %d images each, seed %d%n",
            parameters.populationSize(),
            parameters.generations(),
            session.recipe().epochs(),
            session.trainingSize(),
            parameters.seed());
    console.out().println("output  " + directory.path());
    console.out().flush();
  }

  private static String workers(TrainingSession session) {
    return session.devices().get(0).isGpu()
        ? "workers per GPU " + session.workersPerDevice()
        : "workers %d, threads a worker %d"
            .formatted(session.workersPerDevice(), session.options().threadsPerWorker());
  }

  private static void printEnd(RunSummary summary, RunDirectory directory, Console console) {
    console.out().println();
    console.out().println(summary.table());
    console.out().println();
    if (summary.interrupted()) {
      console.out().println("stopped early; this is the best so far");
    }
    if (summary.lostDevices().isEmpty()) {
      GpuReport.warnings(summary.gpus()).forEach(console.err()::println);
    }
    console.out().println("model   " + directory.bestModel());
    console.out().println("facts   " + directory.bestChromosome());
    console.out().flush();
  }

  private static RunSummary.Data data(TrainingSession session) {
    return new RunSummary.Data(
        session.dataset().name(),
        session.dataset().digest(),
        session.trainingSize(),
        session.validationSize(),
        session.dataset().test().size(),
        session.normalization());
  }

  /** Every option with the value that it had, given or not. */
  private static Map<String, Object> config(
      TrainingSession session, EvolutionParameters parameters, RunDirectory directory) {
    TrainingOptions options = session.options();
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("pop_size", parameters.populationSize());
    config.put("generations", parameters.generations());
    config.put("genome_size", parameters.genomeSize());
    config.put("tournament_size", parameters.tournamentSize());
    config.put("crossover_rate", parameters.crossoverRate());
    config.put("mutation_rate", parameters.mutationRate());
    config.put("elitism", parameters.elitism());
    config.put("seed", parameters.seed());
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
    config.put("profile", options.profile());
    return config;
  }
}
