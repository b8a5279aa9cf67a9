package io.github.cnnevolution.cli;

import io.github.cnnevolution.evaluation.CandidateEvaluator;
import io.github.cnnevolution.files.DirectoryLock;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.run.EvaluationKey;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunFacts;
import io.github.cnnevolution.run.Versions;
import io.github.cnnevolution.search.GeneticParameters;
import io.github.cnnevolution.space.PlainSpace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.commons.cli.Options;

/** The main job: evolves chromosomes and leaves the best one, trained, in the run directory. */
final class EvolveCommand implements Command {
  private static final int MAX_POPULATION = 1_000_000;
  private static final int MAX_GENOME = 10_000;

  private final UnaryOperator<CandidateEvaluator> decorator;

  EvolveCommand() {
    this(UnaryOperator.identity());
  }

  /**
   * The command with something around the evaluators.
   *
   * @param decorator what workers use in place of the evaluator of their device
   */
  EvolveCommand(UnaryOperator<CandidateEvaluator> decorator) {
    this.decorator = decorator;
  }

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
            SeedPopulation.OPTION,
            "FILE",
            "chromosomes to begin with, one a line, or - for standard input; random ones fill up the first generation"));
    options.addOption(
        Arguments.valued(
            RunPlan.TOP_K,
            "N",
            "best networks to keep, each with its weights, from 1 to 100 (default: 1)"));
    options.addOption(
        Arguments.valued(
            "out", "DIR", "run directory, not existing or empty (default: runs/<date-time>)"));
    options.addOption(
        Arguments.valued(
            "resume",
            "DIR",
            "go on with the run in this directory; its options hold, and --generations may be raised"));
    options.addOption(
        Arguments.valued(
            "reuse",
            "DIR",
            "take over what another run has evaluated in the same circumstances; several: DIR:DIR"));
    options.addOption(
        Arguments.valued(
            "max_time",
            "TIME",
            "stop in good order after this time, such as 8h (default: no limit)"));
    options.addOption(
        Arguments.flag(
            "supervise",
            "work in a process of its own and start it again when it crashes, 10 times at most"));
    LivePage.options().forEach(options::addOption);
    CandidateOptions.options().forEach(options::addOption);
    return options;
  }

  @Override
  public int run(Arguments arguments, Console console)
      throws UsageException, IOException, InterruptedException {
    if (arguments.isGiven("resume") && arguments.isGiven("out")) {
      throw new UsageException("--resume and --out: a run goes on where it is; leave --out out");
    }
    LivePage.check(arguments);
    if (arguments.has("supervise")) {
      return supervise(arguments, console);
    }
    return arguments.isGiven("resume") ? resume(arguments, console) : start(arguments, console);
  }

  private static int supervise(Arguments arguments, Console console)
      throws UsageException, IOException, InterruptedException {
    Optional<Duration> maxTime = arguments.duration("max_time");
    Optional<Path> resumed = arguments.path("resume");
    RunDirectory directory =
        resumed.isPresent() ? existing(resumed.get()) : runDirectory(arguments);
    List<String> first = arguments.without(Set.of("supervise", "max_time", "out"));
    if (resumed.isEmpty()) {
      first.addAll(List.of("--out", directory.path().toString()));
    }
    List<String> later = new ArrayList<>(LivePage.typed(arguments));
    if (arguments.has("profile")) {
      later.add("--profile");
    }
    return new Supervisor(directory, maxTime, console).run(first, later);
  }

  private int start(Arguments arguments, Console console)
      throws UsageException, IOException, InterruptedException {
    CandidateOptions options = CandidateOptions.of(arguments);
    GeneticParameters parameters = parameters(arguments, options.seed());
    int topK = RunPlan.topK(arguments);
    Optional<Duration> maxTime = arguments.duration("max_time");
    RunDirectory directory = runDirectory(arguments);
    SeedPopulation seeds = SeedPopulation.given(arguments, parameters, console.in());
    try (StopSignal stop = StopSignal.interruptingCurrentThread();
        LivePage page = LivePage.of(arguments);
        OtherRuns others = OtherRuns.of(arguments);
        EvaluationSession session = new EvaluationSession(options, false, decorator, console)) {
      RunDirectories.create(directory);
      try (DirectoryLock lock = RunDirectories.lock(directory)) {
        RunDirectories.requireFree(directory);
        RunPlan plan = new RunPlan(directory, parameters, seeds, topK);
        Map<String, String> stored = RunOptions.toStore(arguments, plan.config(session));
        seeds.store(stored);
        RunFacts facts = facts(session, stored);
        try (EvaluationStore store = EvaluationStore.create(directory.database(), facts.facts())) {
          return new SearchRun(session, plan, store, others, page.dashboard(), console)
              .begin(stop, maxTime, false, false);
        }
      }
    }
  }

  private int resume(Arguments arguments, Console console)
      throws UsageException, IOException, InterruptedException {
    // What is typed wrongly is wrong whatever the run is.
    parameters(arguments, CandidateOptions.of(arguments).seed());
    RunPlan.topK(arguments);
    Optional<Duration> maxTime = arguments.duration("max_time");
    RunDirectory directory = existing(arguments.path("resume").orElseThrow());
    try (StopSignal stop = StopSignal.interruptingCurrentThread();
        DirectoryLock lock = RunDirectories.lock(directory);
        EvaluationStore store = EvaluationStore.open(directory.database())) {
      RunFacts facts = facts(store);
      RunOptions.check(arguments, facts.options(), directory.path());
      Arguments merged = arguments.withDefaults(facts.options());
      CandidateOptions options = CandidateOptions.of(merged);
      GeneticParameters parameters = parameters(merged, options.seed());
      SeedPopulation seeds = SeedPopulation.stored(facts.options());
      seeds.check(arguments, parameters, console.in(), directory.path());
      if (parameters.generations() < facts.generationsDone()) {
        throw new UsageException(
            "--generations %d: the run in %s has done %d already; give at least as many"
                .formatted(parameters.generations(), directory.path(), facts.generationsDone()));
      }
      RunPlan plan = new RunPlan(directory, parameters, seeds, RunPlan.topK(merged));
      directory.removeLeftovers();
      boolean over =
          facts.end().filter(e -> e.generations() == parameters.generations()).isPresent();
      boolean sameTop = !RunOptions.changes(RunPlan.TOP_K, arguments, facts.options());
      if (over && sameTop && plan.isKept(store)) {
        SearchRun.printAgain(facts.end().get().summary(), directory, console);
        return ExitCode.OK;
      }
      checkVersions(facts, directory);
      try (LivePage page = LivePage.of(arguments);
          OtherRuns others = OtherRuns.of(merged);
          EvaluationSession session = new EvaluationSession(options, false, decorator, console)) {
        checkData(facts, session, directory);
        Map<String, String> updated = RunOptions.update(facts.options(), arguments);
        if (!updated.equals(facts.options())) {
          store.putFact(RunFacts.OPTIONS, RunFacts.json(updated));
        }
        boolean retriesSlow = arguments.isGiven("candidate_timeout");
        return new SearchRun(session, plan, store, others, page.dashboard(), console)
            .begin(stop, maxTime, lock.ownerDied(), retriesSlow);
      }
    }
  }

  private static RunFacts facts(EvaluationSession session, Map<String, String> options) {
    Map<String, String> versions = Versions.all();
    return new RunFacts(
        System.currentTimeMillis(),
        options,
        session.dataset().name(),
        RunFacts.Digests.of(session.dataset()),
        session.classes(),
        versions.get("cnn-evolution"),
        versions.get("pytorch"),
        EvaluationKey.FITNESS_VERSION,
        0,
        Optional.empty());
  }

  private static RunFacts facts(EvaluationStore store) throws UsageException {
    try {
      return RunFacts.of(store.facts());
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "%s: is not the store of a run: %s".formatted(store.file(), e.getMessage()));
    }
  }

  private static void checkVersions(RunFacts facts, RunDirectory directory) throws UsageException {
    String libtorch = Versions.all().get("pytorch");
    if (!facts.libtorch().equals(libtorch) || facts.rules() != EvaluationKey.FITNESS_VERSION) {
      throw new UsageException(
          "--resume %s: the run was started with version %s (pytorch %s), this is %s, and its results would change; use that version, or begin a new run"
              .formatted(directory.path(), facts.program(), facts.libtorch(), Versions.summary()));
    }
  }

  private static void checkData(RunFacts facts, EvaluationSession session, RunDirectory directory)
      throws UsageException {
    RunFacts.Digests then = facts.digests();
    RunFacts.Digests now = RunFacts.Digests.of(session.dataset());
    if (!then.equals(now) || facts.classes() != session.classes()) {
      boolean train = then.train().equals(now.train()) && facts.classes() == session.classes();
      boolean test = then.test().equals(now.test());
      String part = !train ? "training" : !test ? "test" : "validation";
      throw new UsageException(
          "--resume %s: the %s images of %s differ from what the run was started with (%s); put the data back, name them with --data, or begin a new run"
              .formatted(directory.path(), part, session.dataset().name(), facts.data()));
    }
  }

  private static RunDirectory existing(Path path) throws UsageException {
    RunDirectory directory = new RunDirectory(path);
    if (!Files.exists(directory.database())) {
      throw new UsageException(
          "--resume %s: there is no run (no run.db); `runs list` shows those below a directory"
              .formatted(path));
    }
    return directory;
  }

  private static GeneticParameters parameters(Arguments arguments, long seed)
      throws UsageException {
    GeneticParameters defaults = GeneticParameters.defaults();
    int population = arguments.integer("pop_size", 1, MAX_POPULATION, defaults.populationSize());
    int genome =
        arguments.integer(
            "genome_size", PlainSpace.MINIMUM_LENGTH, MAX_GENOME, defaults.genomeSize());
    return GeneticParameters.builder()
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
    Optional<Path> out = arguments.path("out");
    if (out.isEmpty()) {
      return RunDirectory.unused(LocalDateTime.now(ZoneId.systemDefault()));
    }
    RunDirectory directory = new RunDirectory(out.get());
    RunDirectories.requireFree(directory);
    return directory;
  }
}
