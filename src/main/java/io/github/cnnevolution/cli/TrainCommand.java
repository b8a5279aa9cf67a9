package io.github.cnnevolution.cli;

import io.github.cnnevolution.data.DatasetLocator;
import io.github.cnnevolution.files.AtomicFile;
import io.github.cnnevolution.files.DirectoryLock;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.run.EvaluationKey;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunFacts;
import io.github.cnnevolution.run.TrainingRun;
import io.github.cnnevolution.run.Versions;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.SearchSpaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.cli.Options;

/** Trains one network from scratch to the end: what a search has found, or any chromosome. */
final class TrainCommand implements Command {
  @Override
  public String name() {
    return "train";
  }

  @Override
  public String summary() {
    return "Trains one network to the end on all training images, and leaves its weights.";
  }

  @Override
  public String operands() {
    return "[CHROMOSOME]";
  }

  @Override
  public Options options() {
    Options options = new Options();
    options.addOption(
        Arguments.valued("best", "RUN_DIR", "train the best network that this run has found"));
    options.addOption(
        Arguments.valued("out", "DIR", "where the results go, not existing or empty (required)"));
    options.addOption(
        Arguments.valued(
            "resume", "DIR", "go on with the training in this directory; its options hold"));
    FinalTrainingOptions.options().forEach(options::addOption);
    return options;
  }

  @Override
  public int run(Arguments arguments, Console console)
      throws UsageException, IOException, InterruptedException {
    if (arguments.isGiven("resume")) {
      for (String other : List.of("out", "best")) {
        if (arguments.isGiven(other)) {
          throw new UsageException(
              "--resume and --%s: a training goes on where it is; leave --%s out"
                  .formatted(other, other));
        }
      }
      if (!arguments.operands().isEmpty()) {
        throw new UsageException(
            "--resume and '%s': a training goes on with its network; leave the chromosome out"
                .formatted(arguments.operands().get(0)));
      }
      return resume(arguments, console);
    }
    return start(arguments, console);
  }

  private static int start(Arguments typed, Console console)
      throws UsageException, IOException, InterruptedException {
    Path out =
        typed
            .path("out")
            .orElseThrow(() -> new UsageException("train needs --out DIR, where the results go"));
    Chromosome chromosome = chromosome(typed);
    Arguments arguments = typed.withDefaults(dataOfBest(typed));
    FinalTrainingOptions options = FinalTrainingOptions.of(arguments);
    RunDirectory directory = new RunDirectory(out);
    RunDirectories.requireFree(directory);
    try (StopSignal stop = StopSignal.interruptingCurrentThread();
        FullTraining training = new FullTraining(options, chromosome, directory, console)) {
      RunDirectories.create(directory);
      try (DirectoryLock lock = RunDirectories.lock(directory)) {
        RunDirectories.requireFree(directory);
        Map<String, String> stored = options.toStore(arguments, training.precision());
        arguments.text("data").ifPresent(name -> stored.putIfAbsent("data", name));
        TrainingRun run =
            new TrainingRun(
                System.currentTimeMillis(),
                new PlainSpace(),
                chromosome,
                stored,
                training.data(),
                versions(),
                EvaluationKey.FITNESS_VERSION,
                false,
                List.of());
        run.write(directory.training());
        return training.run(run);
      }
    }
  }

  private static int resume(Arguments arguments, Console console)
      throws UsageException, IOException, InterruptedException {
    // What is typed wrongly is wrong whatever the training is.
    FinalTrainingOptions.of(arguments);
    RunDirectory directory = new RunDirectory(arguments.path("resume").orElseThrow());
    if (!Files.exists(directory.training())) {
      throw new UsageException(
          "--resume %s: there is no training (no training.json); a search goes on with evolve --resume"
              .formatted(directory.path()));
    }
    try (StopSignal stop = StopSignal.interruptingCurrentThread();
        DirectoryLock lock = RunDirectories.lock(directory)) {
      TrainingRun run = read(directory);
      RunOptions.check(arguments, run.options(), directory.path(), FinalTrainingOptions.FIXED);
      AtomicFile.removeLeftovers(directory.path());
      Map<String, String> merged = new LinkedHashMap<>(run.options());
      merged.putAll(FinalTrainingOptions.free(arguments));
      FinalTrainingOptions options = FinalTrainingOptions.of(arguments.withDefaults(merged));
      if (options.seeds() < run.seeds().size()) {
        throw new UsageException(
            "--seeds %d: the training in %s has %d already; give at least as many"
                .formatted(options.seeds(), directory.path(), run.seeds().size()));
      }
      checkVersions(run, directory);
      if (run.finished() && options.seeds() == run.seeds().size()) {
        FullTraining.printAgain(run, directory, console);
        return ExitCode.OK;
      }
      try (FullTraining training =
          new FullTraining(options, run.chromosome(), directory, console)) {
        checkData(run, training, directory);
        TrainingRun further = run.with(merged).with(false, run.seeds());
        further.write(directory.training());
        return training.run(further);
      }
    }
  }

  private static TrainingRun read(RunDirectory directory) throws UsageException {
    try {
      return TrainingRun.read(directory.training(), SearchSpaces.builtIn());
    } catch (IOException e) {
      throw new UsageException(
          "%s: is not what a training leaves (%s); begin a new one"
              .formatted(directory.training(), e.getMessage()));
    }
  }

  private static Map<String, String> versions() {
    Map<String, String> all = Versions.all();
    return Map.of("cnn-evolution", all.get("cnn-evolution"), "pytorch", all.get("pytorch"));
  }

  private static void checkVersions(TrainingRun run, RunDirectory directory) throws UsageException {
    if (!versions().get("pytorch").equals(run.versions().get("pytorch"))
        || run.rules() != EvaluationKey.FITNESS_VERSION) {
      throw new UsageException(
          "--resume %s: the training was started with version %s (pytorch %s), this is %s, and its results would change; use that version, or begin a new training"
              .formatted(
                  directory.path(),
                  run.versions().get("cnn-evolution"),
                  run.versions().get("pytorch"),
                  Versions.summary()));
    }
  }

  private static void checkData(TrainingRun run, FullTraining training, RunDirectory directory)
      throws UsageException {
    if (!run.data().trainDigest().equals(training.data().trainDigest())
        || !run.data().testDigest().equals(training.data().testDigest())) {
      throw new UsageException(
          "--resume %s: the images of %s differ from those that the training was started with (%s); put them back, name them with --data, or begin a new training"
              .formatted(directory.path(), training.data().name(), run.data().name()));
    }
  }

  private static Chromosome chromosome(Arguments arguments) throws UsageException {
    List<String> operands = arguments.operands();
    if (arguments.isGiven("best")) {
      if (!operands.isEmpty()) {
        throw new UsageException(
            "--best and '%s': name the network once".formatted(operands.get(0)));
      }
      return TrainedModel.ofRun(arguments.text("best").orElseThrow()).facts().chromosome();
    }
    if (operands.size() != 1) {
      throw new UsageException(
          operands.isEmpty()
              ? "train needs a CHROMOSOME, or --best RUN_DIR"
              : "unexpected argument '%s'; train takes one chromosome".formatted(operands.get(1)));
    }
    return ChromosomeFile.parse(operands.get(0));
  }

  /** The data with which a run has found its best network, where they are not given. */
  private static Map<String, String> dataOfBest(Arguments arguments) throws UsageException {
    if (!arguments.isGiven("best") || arguments.isGiven("data")) {
      return Map.of();
    }
    RunDirectory run = new RunDirectory(arguments.path("best").orElseThrow());
    if (!Files.exists(run.database())) {
      return Map.of();
    }
    try (EvaluationStore store = EvaluationStore.openToRead(run.database())) {
      RunFacts facts = RunFacts.of(store.facts());
      String data = facts.options().get("data");
      if (data == null && facts.data().startsWith(DatasetLocator.SYNTHETIC)) {
        data = DatasetLocator.SYNTHETIC;
      }
      return data == null ? Map.of() : Map.of("data", data);
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "%s: is not the store of a run: %s".formatted(run.database(), e.getMessage()));
    }
  }
}
