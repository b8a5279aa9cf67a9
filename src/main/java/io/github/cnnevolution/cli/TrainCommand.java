package io.github.cnnevolution.cli;

import io.github.cnnevolution.engine.FinalTraining;
import io.github.cnnevolution.engine.FinalTrainingListener;
import io.github.cnnevolution.engine.FinalTrainingResult;
import io.github.cnnevolution.engine.FinalTrainingSettings;
import io.github.cnnevolution.engine.LibTorch;
import io.github.cnnevolution.engine.TrainedModel;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.report.FinalTrainingConsole;
import io.github.cnnevolution.report.TrainingPageFile;
import io.github.cnnevolution.run.ModelFacts;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.StoredRun;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.Options;

/**
 * Trains one network from scratch on all training images: the best of a search, or any chromosome.
 */
final class TrainCommand implements Command {
  /** A GPU of a cluster trains one seed at a time: there may be more GPUs than seeds. */
  private static final int TRAININGS_OF_GPU = 1;

  @Override
  public String name() {
    return "train";
  }

  @Override
  public String summary() {
    return "Trains one network fully on all training images, and saves its weights.";
  }

  @Override
  public String operands() {
    return "[CHROMOSOME|NETWORK]";
  }

  @Override
  public Options options() {
    Options options = new Options();
    options.addOption(
        Arguments.valued(
            "best",
            "RUN_DIR",
            "train the best network that this run has found, or the network of a model that it keeps, such as RUN_DIR/front/NAME.pt"));
    options.addOption(
        Arguments.valued("out", "DIR", "directory for the results, new or empty (required)"));
    options.addOption(
        Arguments.valued(
            "resume", "DIR", "resume the training in this directory with its options"));
    ClusterOptions.options().forEach(options::addOption);
    SpaceOptions.options().forEach(options::addOption);
    SpaceOptions.bounds().forEach(options::addOption);
    FinalTrainingOptions.options().forEach(options::addOption);
    return options;
  }

  @Override
  public int run(Arguments arguments, Console console)
      throws UsageException, IOException, InterruptedException {
    if (arguments.isGiven("resume")) {
      for (String other : List.of("out", "best", "space", "fix", "choices")) {
        if (arguments.isGiven(other)) {
          throw new UsageException(
              Text.format(
                  "--%s cannot be combined with --resume, which continues in the directory of the training; remove --%s",
                  other, other));
        }
      }
      if (!arguments.operands().isEmpty()) {
        throw new UsageException(
            Text.format(
                "'%s' cannot be combined with --resume, which continues with the network of the training; remove the chromosome",
                arguments.operands().get(0)));
      }
      return resume(arguments, console);
    }
    return start(arguments, console);
  }

  private static int start(Arguments arguments, Console console)
      throws UsageException, IOException, InterruptedException {
    Path out =
        arguments
            .path("out")
            .orElseThrow(
                () -> new UsageException("train needs --out DIR, the directory for the results"));
    Optional<ModelFacts> best = best(arguments);
    SearchSpace space =
        SpaceOptions.space(arguments, best.flatMap(ModelFacts::space).orElseGet(PlainSpace::new));
    Chromosome chromosome =
        best.isPresent() ? best.get().chromosome() : chromosome(arguments, space);
    requireSame(best, space, chromosome);
    Optional<String> data = dataOfBest(arguments);
    check(arguments);
    return run(
        arguments,
        console,
        (cluster, listener) -> {
          FinalTrainingSettings.Builder builder = FinalTrainingSettings.builder();
          data.ifPresent(builder::data);
          cluster.apply(builder);
          FinalTrainingSettings settings = FinalTrainingOptions.apply(arguments, builder).build();
          return FinalTraining.start(settings, space, chromosome, out, listener);
        });
  }

  /** Checks the options before anything is read or started. */
  private static void check(Arguments arguments) throws UsageException {
    FinalTrainingOptions.apply(arguments, FinalTrainingSettings.builder()).build();
  }

  private static int resume(Arguments arguments, Console console)
      throws UsageException, IOException, InterruptedException {
    check(arguments);
    Path directory = arguments.path("resume").orElseThrow();
    return run(
        arguments,
        console,
        (cluster, listener) ->
            FinalTraining.resume(
                directory,
                builder -> {
                  try {
                    cluster.apply(builder);
                    return FinalTrainingOptions.apply(arguments, builder);
                  } catch (UsageException e) {
                    // Cannot happen: it was parsed before.
                    throw new IllegalStateException(e);
                  }
                },
                listener));
  }

  @FunctionalInterface
  private interface Opening {
    FinalTraining open(ClusterOptions cluster, FinalTrainingListener listener)
        throws UsageException, IOException, InterruptedException;
  }

  private static int run(Arguments arguments, Console console, Opening opening)
      throws UsageException, IOException, InterruptedException {
    ClusterOptions.check(arguments, List.of("gpus", "profile"));
    ClusterOptions.requireSpark(arguments);
    LibTorch.prepare(CudaPath.of(arguments));
    try (StopSignal stop = StopSignal.interruptingCurrentThread();
        ClusterOptions cluster = ClusterOptions.start(arguments, TRAININGS_OF_GPU);
        FinalTrainingConsole view =
            new FinalTrainingConsole(console, path -> Restart.line("train", path));
        FinalTraining training =
            opening.open(
                cluster, FinalTrainingListener.all(List.of(view, new TrainingPageFile(console))))) {
      FinalTrainingResult result = training.run();
      // Clears the interrupt so that printing completes; the exit code is the signal's.
      Thread.interrupted();
      view.show(result);
      return code(result);
    }
  }

  private static int code(FinalTrainingResult result) {
    return switch (result.stop()) {
      case INTERRUPTED -> ExitCode.INTERRUPTED;
      case INCOMPLETE -> ExitCode.FAILED;
      case FINISHED ->
          !result.repeated()
                  && result.run().seeds().stream().allMatch(seed -> seed.error().isPresent())
              ? ExitCode.FAILED
              : ExitCode.OK;
    };
  }

  private static Optional<ModelFacts> best(Arguments arguments) throws UsageException {
    if (!arguments.isGiven("best")) {
      return Optional.empty();
    }
    if (!arguments.operands().isEmpty()) {
      throw new UsageException(
          Text.format("--best and '%s': give one network only", arguments.operands().get(0)));
    }
    Path run = arguments.path("best").orElseThrow();
    return Optional.of(
        (Files.isRegularFile(run)
                ? TrainedModel.ofFile(run)
                : TrainedModel.ofRun(RunsCommand.directory(arguments.text("best").orElseThrow())))
            .facts());
  }

  /** A run's best network is trained again in the space of the run. */
  private static void requireSame(
      Optional<ModelFacts> best, SearchSpace space, Chromosome chromosome) throws UsageException {
    if (best.isEmpty()) {
      return;
    }
    Architecture network = best.get().architecture();
    if (chromosome.length() < space.minimumLength()
        || !space.decode(chromosome, network.classes()).equals(network)) {
      throw new UsageException(
          Text.format(
              "the best network %s of the run is none of the space %s; give its --space",
              network.phenotype(), space.name()));
    }
  }

  private static Chromosome chromosome(Arguments arguments, SearchSpace space)
      throws UsageException {
    List<String> operands = arguments.operands();
    if (operands.size() != 1) {
      throw new UsageException(
          operands.isEmpty()
              ? "train needs a CHROMOSOME, or --best RUN_DIR; the name of a network will do too"
              : Text.format(
                  "unexpected argument '%s'; train takes one chromosome", operands.get(1)));
    }
    return ChromosomeFile.parse(space, operands.get(0));
  }

  /** Adds the data of the run that {@code --best} names, unless data are given. */
  private static Optional<String> dataOfBest(Arguments arguments) throws UsageException {
    if (!arguments.isGiven("best") || arguments.isGiven("data")) {
      return Optional.empty();
    }
    Path named = arguments.path("best").orElseThrow().toAbsolutePath();
    RunDirectory run =
        Files.isRegularFile(named) ? RunDirectory.of(named) : new RunDirectory(named);
    return Files.exists(run.database()) ? StoredRun.of(run).dataOption() : Optional.empty();
  }
}
