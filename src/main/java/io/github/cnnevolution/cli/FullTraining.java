package io.github.cnnevolution.cli;

import io.github.cnnevolution.data.Dataset;
import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.HostImages;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.data.StratifiedSplit;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.DeviceBinding;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.evaluation.CandidateSeed;
import io.github.cnnevolution.evaluation.FailureReason;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.network.Weights;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.report.DeviceReport;
import io.github.cnnevolution.report.FinalTrainingConsole;
import io.github.cnnevolution.report.Fold;
import io.github.cnnevolution.report.TrainingPage;
import io.github.cnnevolution.report.WriteThrottle;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunState;
import io.github.cnnevolution.run.TrainingRun;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.training.CheckpointFile;
import io.github.cnnevolution.training.Checkpoints;
import io.github.cnnevolution.training.Deadline;
import io.github.cnnevolution.training.DivergedException;
import io.github.cnnevolution.training.EpochMetrics;
import io.github.cnnevolution.training.Trainer;
import io.github.cnnevolution.training.TrainingControls;
import io.github.cnnevolution.training.TrainingRecipe;
import io.github.cnnevolution.training.TrainingState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Trains one network for each seed, side by side, on the training and validation images together,
 * and measures them on the test images when all are trained. Owns the resident images.
 */
final class FullTraining implements AutoCloseable {
  private final FinalTrainingOptions options;
  private final Architecture architecture;
  private final RunDirectory directory;
  private final Console console;
  private final TrainingDevices chosen;
  private final TrainingRecipe recipe;
  private final Dataset dataset;
  private final TrainingRun.Data data;
  private final List<Site> sites = new ArrayList<>();
  private final int workersPerDevice;

  /** A device with its images. */
  private record Site(
      ComputeDevice device, DeviceDataset training, Optional<DeviceDataset> validation)
      implements AutoCloseable {
    @Override
    public void close() {
      validation.ifPresent(DeviceDataset::close);
      training.close();
    }
  }

  /** Loads LibTorch, reads the data and starts to copy it to the devices. */
  FullTraining(
      FinalTrainingOptions options, Chromosome chromosome, RunDirectory directory, Console console)
      throws UsageException, InterruptedException {
    this.options = options;
    this.directory = directory;
    this.console = console;
    this.chosen = TrainingDevices.of(options.training(), console);
    CandidateOptions training = options.training();
    this.recipe =
        TrainingRecipe.defaults(chosen.precision())
            .with(training.epochs(), training.batchSize(), training.learningRate())
            .with(options.dropoutFraction(), options.augmentation(), options.emaDecay());
    this.dataset = EvaluationSession.locate(training, console);
    this.architecture = new PlainSpace().decode(chromosome, dataset.classes().names().size());
    ImageSet given = dataset.validation().map(dataset.train()::and).orElse(dataset.train());
    Optional<StratifiedSplit> split =
        options.validate() ? Optional.of(StratifiedSplit.of(dataset)) : Optional.empty();
    ImageSet all = split.map(StratifiedSplit::training).orElse(given);
    ImageSet learned = all.first(training.trainLimit());
    Normalization normalization = Normalization.of(learned);
    this.data =
        new TrainingRun.Data(
            dataset.name(),
            given.digest(),
            dataset.test().map(ImageSet::digest).orElse(""),
            learned.size(),
            split.map(s -> s.validation().size()).orElse(0),
            dataset.test().map(ImageSet::size).orElse(0),
            normalization,
            dataset.ownClasses());
    training.gpu().arithmetic().apply();
    boolean pinned = chosen.devices().get(0).isGpu();
    try (HostImages host = new HostImages(learned, pinned);
        HostImages kept =
            split.isPresent() ? new HostImages(split.get().validation(), pinned) : null) {
      for (ComputeDevice device : chosen.devices()) {
        sites.add(
            new Site(
                device,
                new DeviceDataset(host, normalization, device),
                Optional.ofNullable(kept)
                    .map(images -> new DeviceDataset(images, normalization, device))));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    int perDevice = (options.seeds() + sites.size() - 1) / sites.size();
    this.workersPerDevice =
        pinned ? training.gpu().workers(sites.size(), perDevice) : options.cpuWorkers();
  }

  /** The images that are trained on. */
  TrainingRun.Data data() {
    return data;
  }

  /** In which it computes. */
  Precision precision() {
    return chosen.precision();
  }

  /**
   * Trains what is not trained yet, then measures.
   *
   * @param begun what is to be trained, and what is known of it
   * @return the exit code
   */
  int run(TrainingRun begun) throws IOException {
    printStart(begun);
    Results results = new Results(begun);
    try (FinalTrainingConsole view =
        new FinalTrainingConsole(console, results.done(), recipe.epochs())) {
      trainAll(results, view);
    } catch (InterruptedException e) {
      results.writePage(RunState.STOPPED);
      console.out().println("stopped; go on with: " + Restart.line("train", directory.path()));
      console.out().flush();
      return ExitCode.INTERRUPTED;
    }
    return finish(results);
  }

  private int finish(Results results) throws IOException {
    if (results.hasUnfinished()) {
      // Whoever failed for want of disk or memory may succeed later: nothing is lost.
      results.writePage(RunState.STOPPED);
      results.errors.forEach(
          (seed, reason) ->
              console
                  .err()
                  .println("%s: seed %d: %s".formatted(Application.PROGRAM, seed, reason)));
      console.err().println("go on with: " + Restart.line("train", directory.path()));
      return ExitCode.FAILED;
    }
    List<TrainingRun.Seed> measured;
    try {
      measured = measure(results.seeds());
    } catch (InterruptedException e) {
      results.writePage(RunState.STOPPED);
      return ExitCode.INTERRUPTED;
    }
    TrainingRun finished = results.begun.with(true, measured);
    finished.writeFacts(directory.bestChromosome());
    finished.write(directory.training());
    TrainingPage.write(finished, RunState.FINISHED, directory, console);
    for (TrainingRun.Seed seed : measured) {
      Files.deleteIfExists(directory.checkpoint(seed.seed()));
    }
    console.out().println();
    printAgain(finished, directory, console);
    return measured.stream().allMatch(seed -> seed.error().isPresent())
        ? ExitCode.FAILED
        : ExitCode.OK;
  }

  private void trainAll(Results results, FinalTrainingConsole view) throws InterruptedException {
    Queue<Long> seeds = new ConcurrentLinkedQueue<>(results.untrained());
    int workers = Math.min(seeds.size(), sites.size() * workersPerDevice);
    if (workers == 0) {
      return;
    }
    ExecutorService pool = Executors.newFixedThreadPool(workers);
    try {
      for (int i = 0; i < workers; i++) {
        Site site = sites.get(i % sites.size());
        String name = "worker-%s-%d".formatted(site.device().id(), i / sites.size());
        pool.execute(
            () -> {
              Thread.currentThread().setName(name);
              work(site, seeds, results, view);
            });
      }
      pool.shutdown();
      // They take as long as they take.
      pool.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      pool.shutdownNow();
      // They use the images, which are freed next: they notice within a step.
      awaitQuietly(pool);
      throw e;
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  private static void awaitQuietly(ExecutorService pool) {
    while (!pool.isTerminated()) {
      try {
        pool.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        // Once was enough.
      }
    }
  }

  private void work(Site site, Queue<Long> seeds, Results results, FinalTrainingConsole view) {
    try (DeviceBinding binding = site.device().bind()) {
      for (Long seed = seeds.poll(); seed != null; seed = seeds.poll()) {
        train(site, seed, results, view);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      results.failDevice(FailureReason.line(e));
    }
  }

  private void train(Site site, long seed, Results results, FinalTrainingConsole view)
      throws InterruptedException {
    CandidateSeed parts = CandidateSeed.of(seed, architecture);
    CheckpointFile file = new CheckpointFile(directory.checkpoint(seed));
    try (Network network = new Network(architecture, site.device(), parts.initialization())) {
      Checkpoints checkpoints =
          new Checkpoints() {
            @Override
            public List<EpochMetrics> restore(TrainingState state) {
              return file.restore(state);
            }

            @Override
            public void save(List<EpochMetrics> epochs, TrainingState state) {
              file.save(epochs, state);
              results.put(seed, epochs);
            }
          };
      new Trainer(recipe, site.training(), chosen.ranges(), chosen.graphs())
          .train(
              network,
              parts.training(),
              1,
              new TrainingControls(
                  Deadline.NONE,
                  progress -> view.onProgress(seed, progress),
                  checkpoints,
                  site.validation()));
      try (Weights weights = new Weights(network)) {
        weights.write(model(seed));
      } catch (IOException e) {
        throw new UncheckedIOException(e.getMessage(), e);
      }
      results.trained(seed);
    } catch (RuntimeException | Error e) {
      results.fail(seed, e);
    } finally {
      view.onEnd(seed);
    }
  }

  /** The weights of the first seed are those that other commands take without being asked. */
  private Path model(long seed) {
    return seed == options.training().seed() ? directory.bestModel() : directory.model(seed);
  }

  /** With the accuracy on the test images, if there are any, of what has not been measured yet. */
  private List<TrainingRun.Seed> measure(List<TrainingRun.Seed> seeds)
      throws IOException, InterruptedException {
    if (dataset.test().isEmpty()) {
      return seeds;
    }
    Site site = sites.get(0);
    Trainer trainer = new Trainer(recipe, site.training());
    List<TrainingRun.Seed> measured = new ArrayList<>();
    try (DeviceBinding binding = site.device().bind();
        DeviceDataset test =
            DeviceDataset.of(dataset.test().get(), data.normalization(), site.device());
        Network network = new Network(architecture, site.device(), 0)) {
      for (TrainingRun.Seed seed : seeds) {
        if (seed.error().isPresent() || seed.testAccuracy().isPresent()) {
          measured.add(seed);
          continue;
        }
        try (Weights weights = Weights.read(model(seed.seed()), network)) {
          weights.copyTo(network);
          measured.add(seed.measured(trainer.accuracy(network, test, options.mirrored())));
        }
      }
    }
    return measured;
  }

  private void printStart(TrainingRun run) {
    print("data    %s".formatted(data.name()));
    print(
        "device  %s; trainings side by side %d, threads each %d"
            .formatted(
                DeviceReport.line(chosen.devices(), chosen.precision()),
                Math.min(options.seeds(), sites.size() * workersPerDevice),
                options.training().threadsPerWorker()));
    print(
        "train   %s %s, %d epochs on %d images, %s"
            .formatted(
                run.chromosome(),
                architecture.phenotype(),
                recipe.epochs(),
                data.training(),
                options.seeds() == 1
                    ? "seed " + options.training().seed()
                    : "seeds %d to %d"
                        .formatted(
                            options.training().seed(),
                            options.training().seed() + options.seeds() - 1)));
    print("output  " + directory.path());
    console.out().flush();
  }

  private void print(String line) {
    console.out().println(Fold.line(line, console.style(), "device  ".length()));
  }

  /** What a training says at its end. */
  static void printAgain(TrainingRun run, RunDirectory directory, Console console) {
    console.out().println(TrainingPage.table(run));
    console.out().println();
    if (Files.exists(directory.bestModel())) {
      console.out().println("model   " + directory.bestModel());
    }
    console.out().println("facts   " + directory.bestChromosome());
    if (Files.exists(directory.report())) {
      console.out().println("report  " + directory.report());
    }
    console.out().flush();
  }

  /** What is known of each seed; workers add to it. */
  private final class Results {
    private final TrainingRun begun;
    private final Map<Long, List<EpochMetrics>> epochs = new ConcurrentHashMap<>();
    private final Map<Long, String> errors = new ConcurrentHashMap<>();
    private final Map<Long, String> diverged = new ConcurrentHashMap<>();
    private final Set<Long> trained = ConcurrentHashMap.newKeySet();
    private final WriteThrottle budget = new WriteThrottle();

    Results(TrainingRun begun) throws IOException {
      this.begun = begun;
      for (TrainingRun.Seed seed : begun.seeds()) {
        epochs.put(seed.seed(), seed.epochs());
        seed.error().ifPresent(reason -> diverged.put(seed.seed(), reason));
        trained.add(seed.seed());
      }
      for (long seed : all()) {
        if (!trained.contains(seed)) {
          List<EpochMetrics> known = new CheckpointFile(directory.checkpoint(seed)).epochs();
          epochs.put(seed, known);
          if (known.size() == recipe.epochs() && Files.exists(model(seed))) {
            trained.add(seed);
          }
        }
      }
    }

    private List<Long> all() {
      List<Long> all = new ArrayList<>();
      for (int i = 0; i < options.seeds(); i++) {
        all.add(options.training().seed() + i);
      }
      return all;
    }

    List<Long> untrained() {
      return all().stream().filter(seed -> !trained.contains(seed)).toList();
    }

    /** The epochs of each seed that are done. */
    Map<Long, Integer> done() {
      Map<Long, Integer> done = new TreeMap<>();
      epochs.forEach((seed, known) -> done.put(seed, known.size()));
      return done;
    }

    void put(long seed, List<EpochMetrics> shown) {
      epochs.put(seed, List.copyOf(shown));
      writePageNowAndThen();
    }

    void trained(long seed) {
      trained.add(seed);
    }

    /** A loss that is not finite is the network's fault and stays; all else may be mended. */
    void fail(long seed, Throwable thrown) {
      if (thrown instanceof DivergedException) {
        diverged.put(seed, FailureReason.line(thrown));
        trained.add(seed);
      } else {
        errors.put(seed, FailureReason.line(thrown));
      }
    }

    void failDevice(String reason) {
      untrained().forEach(seed -> errors.putIfAbsent(seed, reason));
    }

    boolean hasUnfinished() {
      return !untrained().isEmpty();
    }

    List<TrainingRun.Seed> seeds() {
      return all().stream()
          .map(
              seed ->
                  known(seed)
                      .orElse(
                          new TrainingRun.Seed(
                              seed,
                              epochs.getOrDefault(seed, List.of()),
                              OptionalDouble.empty(),
                              Optional.ofNullable(diverged.get(seed)))))
          .toList();
    }

    /** Of a seed that was trained and measured before. */
    private Optional<TrainingRun.Seed> known(long seed) {
      return begun.seeds().stream().filter(one -> one.seed() == seed).findFirst();
    }

    private synchronized void writePageNowAndThen() {
      if (budget.isLeft()) {
        writePage(RunState.RUNNING);
      }
    }

    synchronized void writePage(RunState state) {
      budget.spend(() -> TrainingPage.write(begun.with(false, seeds()), state, directory, console));
    }
  }

  @Override
  public void close() {
    sites.forEach(Site::close);
  }
}
