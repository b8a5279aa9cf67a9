package io.github.cnnevolution.cli;

import io.github.cnnevolution.engine.LibTorch;
import io.github.cnnevolution.engine.Search;
import io.github.cnnevolution.engine.SearchListener;
import io.github.cnnevolution.engine.SearchPreview;
import io.github.cnnevolution.engine.SearchResult;
import io.github.cnnevolution.engine.SearchSettings;
import io.github.cnnevolution.engine.SettingException;
import io.github.cnnevolution.evaluation.CandidateEvaluator;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.report.PreviewReport;
import io.github.cnnevolution.report.ReportFile;
import io.github.cnnevolution.report.SearchConsole;
import io.github.cnnevolution.report.SessionConsole;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.search.GeneticParameters;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.commons.cli.Options;

/**
 * The default command: searches for the best network and saves it, trained, in the run directory.
 */
final class EvolveCommand implements Command {
  private static final String DRY_RUN = "dry_run";
  private static final GeneticParameters DEFAULTS = GeneticParameters.defaults();

  private final Optional<UnaryOperator<CandidateEvaluator>> evaluators;

  EvolveCommand() {
    this.evaluators = Optional.empty();
  }

  /**
   * Creates the command with wrapped evaluators.
   *
   * @param evaluators wraps the evaluator of each device
   */
  EvolveCommand(UnaryOperator<CandidateEvaluator> evaluators) {
    this.evaluators = Optional.of(evaluators);
  }

  @Override
  public String name() {
    return "evolve";
  }

  @Override
  public String summary() {
    return "Evolves CNN architectures and saves the best, trained, in the run directory (default).";
  }

  @Override
  public Options options() {
    Options options = new Options();
    options.addOption(
        Arguments.valued(
            "pop_size",
            "N",
            Text.format("chromosomes per generation (default: %d)", DEFAULTS.populationSize())));
    options.addOption(
        Arguments.valued(
            "generations",
            "N",
            Text.format(
                "generations, including the random first one (default: %d; with --evaluations: no limit)",
                DEFAULTS.generations())));
    options.addOption(
        Arguments.valued(
            "genome_size",
            "N",
            "bits of a chromosome (default: those of the space; plain: 20, at least 19)"));
    options.addOption(
        Arguments.valued(
            "tournament_size",
            "N",
            "chromosomes per tournament for a parent (default: 3; 2 with --objectives)"));
    options.addOption(
        Arguments.valued(
            "crossover_rate", "P", "probability that a pair is recombined (default: 0.9)"));
    options.addOption(
        Arguments.valued(
            "mutation_rate", "P", "probability that a bit flips (default: 1 / genome size)"));
    options.addOption(
        Arguments.valued(
            "elitism",
            "N",
            "best chromosomes copied to the next generation (default: 1; with --objectives ranks decide)"));
    AlgorithmOptions.options().forEach(options::addOption);
    ObjectiveOptions.options().forEach(options::addOption);
    options.addOption(
        Arguments.valued(
            SeedPopulation.OPTION,
            "FILE",
            "chromosomes or names of networks for the first generation, one per line, or - for standard input; random ones fill it up"));
    options.addOption(
        Arguments.valued(
            "top_k",
            "N",
            "best networks to keep, each with its weights, from 1 to 100 (default: 1)"));
    options.addOption(
        Arguments.valued("out", "DIR", "run directory, new or empty (default: runs/<date-time>)"));
    options.addOption(
        Arguments.valued(
            "resume",
            "DIR",
            "resume the run in this directory with its options; --generations or --evaluations may be raised"));
    options.addOption(
        Arguments.valued(
            "reuse",
            "DIR",
            "reuse evaluations of another run under the same conditions; several runs: DIR:DIR"));
    options.addOption(
        Arguments.valued(
            "max_time", "TIME", "stop cleanly after this time, such as 8h (default: no limit)"));
    options.addOption(
        Arguments.flag(
            "supervise",
            "run the search in a child process and restart it after a crash, at most 10 times"));
    options.addOption(
        Arguments.flag(
            DRY_RUN,
            "train one network for a few seconds, print what the search would train and cost, and leave nothing behind"));
    ClusterOptions.options().forEach(options::addOption);
    SpaceOptions.options().forEach(options::addOption);
    SpaceOptions.bounds().forEach(options::addOption);
    LivePage.options().forEach(options::addOption);
    CandidateOptions.options().forEach(options::addOption);
    return options;
  }

  @Override
  public int run(Arguments arguments, Console console)
      throws UsageException, IOException, InterruptedException {
    if (arguments.isGiven("resume") && arguments.isGiven("out")) {
      throw new UsageException(
          "--out cannot be combined with --resume, which continues in the directory of the run; remove --out");
    }
    if (arguments.has(DRY_RUN) && arguments.isGiven("resume")) {
      throw new UsageException(
          Text.format(
              "--%s cannot be combined with --resume; `runs show DIR` shows the options of a run",
              DRY_RUN));
    }
    LivePage.check(arguments);
    // Checks the command line before the run is read.
    SearchSettings typed = apply(arguments, SearchSettings.builder()).build();
    ClusterOptions.check(arguments, List.of(DRY_RUN, "supervise", "workers", "gpus", "profile"));
    if (arguments.has(DRY_RUN)) {
      return preview(arguments, console);
    }
    if (arguments.has("supervise")) {
      return supervise(arguments, console);
    }
    ClusterOptions.requireSpark(arguments);
    SeedPopulation seeds = SeedPopulation.read(arguments, console.in());
    try (StopSignal stop = StopSignal.interruptingCurrentThread();
        ClusterOptions cluster = ClusterOptions.start(arguments, typed.training().gpu());
        LivePage page = LivePage.of(arguments)) {
      LibTorch.prepare(typed.training().gpu().cudaPath());
      SearchConsole view = new SearchConsole(console, Restart::line);
      DeviceLoss loss = DeviceLoss.interruptingCurrentThread();
      List<SearchListener> listeners = new ArrayList<>();
      // The state comes first: the other listeners show it.
      listeners.add(view.state());
      listeners.add(new ReportFile(console));
      listeners.add(view);
      listeners.add(loss);
      page.dashboard()
          .ifPresent(
              dashboard -> {
                dashboard.watch(view.state());
                view.showPage(dashboard);
                listeners.add(dashboard);
              });
      try (Search search = open(arguments, seeds, cluster, SearchListener.all(listeners))) {
        try {
          SearchResult result = search.run();
          // Clears the interrupt so that printing completes; the exit code is the signal's.
          boolean interrupted = Thread.interrupted();
          view.show(result, stop.isReceived());
          return loss.isSeen() && !stop.isReceived() && result.stop() != SearchResult.Stop.FINISHED
              ? ExitCode.DEVICE_LOST
              : code(result, stop.isReceived() || interrupted);
        } catch (UncheckedIOException e) {
          throw new UncheckedIOException(
              Text.format(
                  "%s; once this is fixed, resume with: %s",
                  e.getMessage(), Restart.line(search.directory().path())),
              e.getCause());
        }
      } finally {
        view.close();
      }
    }
  }

  private static int preview(Arguments arguments, Console console)
      throws UsageException, IOException, InterruptedException {
    SearchSettings.Builder builder = apply(arguments, SearchSettings.builder());
    SeedPopulation.read(arguments, console.in()).apply(builder);
    SearchSettings settings = builder.build();
    LibTorch.prepare(settings.training().gpu().cudaPath());
    try (StopSignal stop = StopSignal.interruptingCurrentThread();
        SessionConsole view = new SessionConsole(console)) {
      SearchPreview preview = SearchPreview.of(settings, view);
      console.out().println(PreviewReport.text(preview, console.style()));
      console.out().flush();
      return ExitCode.OK;
    }
  }

  private Search open(
      Arguments arguments, SeedPopulation seeds, ClusterOptions cluster, SearchListener listener)
      throws UsageException, IOException, InterruptedException {
    UnaryOperator<SearchSettings.Builder> apply =
        builder -> {
          try {
            // The options come first: they say how long the chromosomes are.
            apply(arguments, builder);
            evaluators.ifPresent(builder::evaluators);
            seeds.apply(builder);
            cluster.apply(builder);
            return builder;
          } catch (UsageException e) {
            // Cannot happen: it was parsed before.
            throw new IllegalStateException(e);
          }
        };
    try {
      return arguments.isGiven("resume")
          ? Search.resume(arguments.path("resume").orElseThrow(), apply, listener)
          : Search.start(apply.apply(SearchSettings.builder()).build(), listener);
    } catch (SettingException e) {
      throw e.setting().equals(SeedPopulation.OPTION)
          ? e.withValue(
              arguments
                  .text(SeedPopulation.OPTION)
                  .orElse(arguments.text(ConfigFile.OPTION).orElse("")))
          : e;
    }
  }

  private static int code(SearchResult result, boolean interrupted) {
    return switch (result.stop()) {
      case NO_DEVICE_LEFT -> ExitCode.DEVICE_LOST;
      case INTERRUPTED -> ExitCode.INTERRUPTED;
      case TIME_UP -> interrupted ? ExitCode.INTERRUPTED : ExitCode.OK;
      case FINISHED -> result.summary().isPresent() ? ExitCode.OK : ExitCode.FAILED;
    };
  }

  /** Applies the options that were given, except the seed population, which is read once. */
  private static SearchSettings.Builder apply(Arguments arguments, SearchSettings.Builder settings)
      throws UsageException {
    // Until the run is read, nobody knows which genes it has.
    if (!arguments.isGiven("resume")
        || arguments.isGiven(SpaceOptions.SPACE)
        || settings.isStored()) {
      settings.space(SpaceOptions.space(arguments, settings.space()));
    }
    SpaceOptions.apply(arguments, settings);
    int population = SearchSettings.MAX_POPULATION;
    arguments.integer("pop_size", 1, population).ifPresent(settings::populationSize);
    arguments.integer("generations", 1, Integer.MAX_VALUE).ifPresent(settings::generations);
    arguments
        .integer("genome_size", settings.space().minimumLength(), SearchSettings.MAX_GENOME)
        .ifPresent(settings::genomeSize);
    arguments.integer("tournament_size", 1, population).ifPresent(settings::tournamentSize);
    arguments.rate("crossover_rate").ifPresent(settings::crossoverRate);
    arguments.rate("mutation_rate").ifPresent(settings::mutationRate);
    int size = arguments.integer("pop_size", 1, population, DEFAULTS.populationSize());
    boolean resumed = arguments.isGiven("resume");
    arguments.integer("elitism", 0, resumed ? population : size).ifPresent(settings::elitism);
    arguments.integer("top_k", 1, SearchSettings.MAX_TOP_K).ifPresent(settings::topK);
    arguments.path("out").ifPresent(settings::directory);
    if (arguments.isGiven("reuse")) {
      settings.reuse(arguments.paths("reuse"));
    }
    arguments.duration("max_time").ifPresent(settings::maxTime);
    AlgorithmOptions.apply(arguments, settings);
    ObjectiveOptions.apply(arguments, settings);
    CandidateOptions.apply(arguments, settings);
    return settings;
  }

  private static int supervise(Arguments arguments, Console console)
      throws UsageException, IOException, InterruptedException {
    Optional<Duration> maxTime = arguments.duration("max_time");
    Optional<Path> resumed = arguments.path("resume");
    RunDirectory directory =
        resumed.isPresent() ? existing(resumed.get()) : runDirectory(arguments);
    SeedPopulation seeds = SeedPopulation.read(arguments, console.in());
    List<String> first = arguments.without(Set.of("supervise", "max_time", "out"));
    boolean piped = seeds.lines().isPresent() && !SeedPopulation.isPlainFile(arguments);
    if (piped) {
      // The child cannot open a pipe of this process, such as /dev/fd/63: it reads its own.
      first.set(first.indexOf("--" + SeedPopulation.OPTION) + 1, "-");
    }
    if (resumed.isEmpty()) {
      first.addAll(List.of("--out", directory.path().toString()));
    }
    List<String> later = new ArrayList<>(LivePage.typed(arguments));
    later.addAll(OutputOptions.typed(arguments));
    if (arguments.has("profile")) {
      later.add("--profile");
    }
    int code =
        new Supervisor(directory, maxTime, piped ? seeds.text() : new byte[0], console)
            .run(first, later);
    if (!arguments.has("out")) {
      directory.removeIfEmpty();
    }
    return code;
  }

  private static RunDirectory existing(Path path) {
    RunDirectory directory = new RunDirectory(path);
    Search.requireRun(directory);
    return directory;
  }

  private static RunDirectory runDirectory(Arguments arguments) throws UsageException, IOException {
    Optional<Path> out = arguments.path("out");
    if (out.isEmpty()) {
      return RunDirectory.createUnused(LocalDateTime.now(ZoneId.systemDefault()));
    }
    RunDirectory directory = new RunDirectory(out.get());
    if (!directory.isFree()) {
      throw new SettingException(
          "out",
          directory.path(),
          "exists already and is not overwritten; name another directory, or resume with {resume}");
    }
    return directory;
  }
}
