package io.github.cnnevolution.cli;

import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.device.GpuMonitor;
import io.github.cnnevolution.device.GpuUsage;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationListener;
import io.github.cnnevolution.evaluation.EvaluationService;
import io.github.cnnevolution.evaluation.LostDevice;
import io.github.cnnevolution.evaluation.NoDeviceLeftException;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.report.Dashboard;
import io.github.cnnevolution.report.DeviceReport;
import io.github.cnnevolution.report.Fold;
import io.github.cnnevolution.report.GpuReport;
import io.github.cnnevolution.report.LiveData;
import io.github.cnnevolution.report.ReportFile;
import io.github.cnnevolution.report.SearchConsole;
import io.github.cnnevolution.report.SearchState;
import io.github.cnnevolution.report.SummaryCard;
import io.github.cnnevolution.report.SummaryTable;
import io.github.cnnevolution.run.EvaluationKey;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.KeptModels;
import io.github.cnnevolution.run.KeptNetwork;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunFacts;
import io.github.cnnevolution.run.RunState;
import io.github.cnnevolution.run.RunSummary;
import io.github.cnnevolution.run.StoredEvaluationCache;
import io.github.cnnevolution.search.Evolution;
import io.github.cnnevolution.search.EvolutionListener;
import io.github.cnnevolution.search.EvolutionResult;
import io.github.cnnevolution.search.Generation;
import io.github.cnnevolution.space.Chromosome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/**
 * A run from its first generation, trained or found in its store, to the summary.
 *
 * @param store of the run, held by this process alone
 * @param dashboard to be told of everything, if a live page is wanted; ends with the run
 */
record SearchRun(
    EvaluationSession session,
    RunPlan plan,
    EvaluationStore store,
    OtherRuns others,
    Optional<Dashboard> dashboard,
    Console console) {
  /**
   * What is left of a search beside the best model.
   *
   * @param bestByGeneration the best fitness of each generation
   * @param interrupted whether it ended before its last generation
   * @param timeUp whether that was because its time was up
   * @param end why it could not go on, if so
   */
  private record Search(
      int generations,
      List<Double> bestByGeneration,
      long trainings,
      long saved,
      boolean interrupted,
      boolean timeUp,
      List<GpuUsage> gpus,
      List<LostDevice> lostDevices,
      Map<String, Integer> reused,
      Optional<String> end) {}

  /**
   * Begins, or goes on.
   *
   * @param died whether the process that worked on the run before died
   * @param retriesSlow whether candidates that took too long before get another chance
   * @return the exit code
   */
  int begin(StopSignal stop, Optional<Duration> maxTime, boolean died, boolean retriesSlow)
      throws IOException {
    long start = System.nanoTime();
    try {
      printStart();
      KeptModels models = plan.models(store);
      models.deleteUnlisted();
      ReportFile page = new ReportFile(plan.directory(), store, console);
      Search search = search(models, page, stop, maxTime, died, retriesSlow);
      return finish(models, search, page, start);
    } catch (UncheckedIOException e) {
      throw new UncheckedIOException(
          "%s; when that is mended, go on with: %s"
              .formatted(e.getMessage(), Restart.line(plan.directory().path())),
          e.getCause());
    }
  }

  private int finish(KeptModels models, Search search, ReportFile page, long start)
      throws IOException {
    if (models.evaluations().isEmpty()) {
      end(page, search.interrupted);
      return nothingFound(search);
    }
    OptionalDouble testAccuracy = OptionalDouble.empty();
    boolean complete = !search.interrupted;
    if (complete) {
      try {
        testAccuracy = testAccuracy(models, search);
      } catch (InterruptedException e) {
        // Ctrl-C came in the meantime: the models are kept all the same.
        complete = false;
      }
    }
    models.deleteUnlisted();
    Evaluation best = models.evaluations().get(0);
    RunSummary summary =
        new RunSummary(
            best,
            testAccuracy,
            plan.parameters().seed(),
            plan.config(session),
            data(),
            search.generations,
            search.trainings,
            search.saved,
            !complete,
            (System.nanoTime() - start) / 1e9,
            search.gpus,
            search.lostDevices,
            search.reused);
    write(summary, models);
    if (!summary.interrupted()) {
      new RunFacts.End(search.generations, new SummaryTable(summary).text())
          .facts()
          .forEach(store::putFact);
    }
    end(page, summary.interrupted());
    printEnd(summary, search, models.isOnDisk(best));
    search.end.ifPresent(this::printError);
    return search.end.isPresent()
        ? ExitCode.FAILED
        : summary.interrupted() && !search.timeUp ? ExitCode.INTERRUPTED : ExitCode.OK;
  }

  /** What is said about the networks whose weights are on disk, and about the best in any case. */
  private void write(RunSummary summary, KeptModels models) {
    try {
      List<Evaluation> kept = models.evaluations();
      for (int i = 1; i < kept.size(); i++) {
        if (models.isOnDisk(kept.get(i))) {
          new KeptNetwork(i + 1, kept.get(i), summary.seed(), summary.data())
              .write(RunDirectory.facts(models.file(kept.get(i))));
        }
      }
      summary.write(plan.directory().bestChromosome());
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /** The last state of the run on both pages. */
  private void end(ReportFile page, boolean interrupted) {
    RunState state = interrupted ? RunState.STOPPED : RunState.FINISHED;
    page.write(state);
    dashboard.ifPresent(live -> live.finish(state));
  }

  private Search search(
      KeptModels models,
      ReportFile page,
      StopSignal stop,
      Optional<Duration> maxTime,
      boolean died,
      boolean retriesSlow) {
    StoredEvaluationCache journal =
        new StoredEvaluationCache(
            store,
            others.stores(),
            session.circumstances(),
            session.devices().stream().map(EvaluationKey::device).collect(Collectors.toSet()),
            retriesSlow,
            System::currentTimeMillis);
    SearchState state = new SearchState(plan.parameters().generations(), session.classes());
    dashboard.ifPresent(live -> live.show(new LiveData(plan.directory(), store, state)));
    try (GpuMonitor monitor = GpuMonitor.start(session.devices());
        SearchConsole progress =
            new SearchConsole(console, plan.parameters().generations(), state);
        EvaluationService service = session.search(models, listener(state, progress), journal);
        TimeLimit limit = TimeLimit.interruptingCurrentThread(maxTime)) {
      progress.count(
          () -> service.trainings() - journal.answered(), service::reused, journal::answered);
      progress.watch(monitor::usages);
      AtomicReference<String> end = new AtomicReference<>();
      Evolution evolution =
          new Evolution(
              plan.parameters(),
              plan.seeds().chromosomes(),
              (generation, population) -> {
                try {
                  if (generation == 0) {
                    service.doOneByOne(journal.recover(died));
                  }
                  return fitness(service, models, population);
                } catch (NoDeviceLeftException e) {
                  end.set(e.getMessage());
                  throw new InterruptedException(e.getMessage());
                }
              },
              noting(listeners(state, page, progress)));
      EvolutionResult result = evolution.evolve();
      limit.close();
      if (limit.isUp() && !stop.isReceived()) {
        // It may have come too late for the evolution to notice, and would stop what follows.
        Thread.interrupted();
      }
      return new Search(
          result.generations().size(),
          result.generations().stream().map(g -> g.best().fitness()).toList(),
          service.trainings() - journal.reused().values().stream().mapToInt(n -> n).sum(),
          service.reused(),
          result.interrupted(),
          limit.isUp() && !stop.isReceived(),
          monitor.usages(),
          service.lostDevices(),
          journal.reused(),
          Optional.ofNullable(end.get()));
    }
  }

  private EvaluationListener listener(SearchState state, SearchConsole progress) {
    List<EvaluationListener> listeners = new ArrayList<>(List.of(state, progress));
    dashboard.ifPresent(listeners::add);
    return EvaluationListener.all(listeners);
  }

  /** The page's history first: the dashboard shows it. */
  private List<EvolutionListener> listeners(
      SearchState state, ReportFile page, SearchConsole progress) {
    List<EvolutionListener> listeners = new ArrayList<>(List.of(state, page, progress));
    dashboard.ifPresent(listeners::add);
    return listeners;
  }

  private static List<Double> fitness(
      EvaluationService service, KeptModels models, List<Chromosome> population)
      throws InterruptedException {
    return service
        .evaluate(population, (chromosome, evaluation) -> models.register(evaluation))
        .stream()
        .map(Evaluation::fitness)
        .toList();
  }

  /** The store hears how far the run has come, when it has come further than before. */
  private EvolutionListener noting(List<EvolutionListener> listeners) {
    int doneBefore = RunFacts.of(store.facts()).generationsDone();
    return new EvolutionListener() {
      @Override
      public void onGenerationStart(int generation, List<Chromosome> population) {
        listeners.forEach(listener -> listener.onGenerationStart(generation, population));
      }

      @Override
      public void onGenerationEnd(Generation generation) {
        int done = generation.index() + 1;
        if (done > doneBefore) {
          store.putFact(RunFacts.GENERATIONS_DONE, String.valueOf(done));
        }
        listeners.forEach(listener -> listener.onGenerationEnd(generation));
      }
    };
  }

  private int nothingFound(Search search) {
    if (search.end.isPresent()) {
      printError(search.end.get() + "; there is no model to keep");
      return ExitCode.FAILED;
    }
    String reason =
        search.interrupted
            ? "%s before the first candidate had finished; there is no model to keep; resume with: %s"
                .formatted(
                    search.timeUp ? "time is up" : "stopped", Restart.line(plan.directory().path()))
            : "every candidate failed, for the reasons above; there is no model to keep";
    printError(reason);
    return !search.interrupted
        ? ExitCode.FAILED
        : search.timeUp ? ExitCode.OK : ExitCode.INTERRUPTED;
  }

  private void printError(String message) {
    console.err().println(Application.PROGRAM + ": " + message);
  }

  /** Empty if there are no test images. */
  private OptionalDouble testAccuracy(KeptModels models, Search search)
      throws InterruptedException {
    for (Evaluation evaluation : models.evaluations()) {
      if (!models.isWhole(evaluation)) {
        trainAgain(models, evaluation, search);
      }
    }
    return session.testAccuracy(models, search.lostDevices);
  }

  /**
   * For its weights: an earlier process or another run has evaluated it, or its file is damaged.
   */
  private void trainAgain(KeptModels models, Evaluation evaluation, Search search)
      throws InterruptedException {
    String network = evaluation.job().architecture().phenotype();
    console.out().println("training " + network + " again for its weights");
    console.out().flush();
    double fitness = session.retrain(models, evaluation, search.lostDevices);
    if (fitness != evaluation.fitness()) {
      console
          .err()
          .printf(
              "%s was trained again for its weights, which reach %s on the validation images, not %s%n",
              network, fitness, evaluation.fitness());
    }
  }

  private RunSummary.Data data() {
    return new RunSummary.Data(
        session.dataset().name(),
        session.digest(),
        session.trainingSize(),
        session.validationSize(),
        session.dataset().test().map(ImageSet::size).orElse(0),
        session.normalization(),
        session.dataset().ownClasses());
  }

  private void printStart() {
    print("data    " + session.dataset().name());
    print(
        "device  "
            + DeviceReport.line(session.devices(), session.recipe().precision())
            + "; "
            + workers());
    print(
        "search  %d chromosomes x %d generations, %d epochs on %d images each, seed %d"
            .formatted(
                plan.parameters().populationSize(),
                plan.parameters().generations(),
                session.recipe().epochs(),
                session.trainingSize(),
                plan.parameters().seed()));
    console.out().println("output  " + plan.directory().path());
    dashboard.ifPresent(live -> console.out().println("page    " + live.url()));
    console.out().flush();
    if (dashboard.filter(Dashboard::isPublic).isPresent()) {
      console
          .err()
          .println(
              "the page can be read by everyone who can reach this machine, without a password and without encryption");
    }
  }

  /** A line of the head; what follows on a narrow terminal stands below its text. */
  private void print(String line) {
    console.out().println(Fold.line(line, console.style(), "device  ".length()));
  }

  private String workers() {
    return session.devices().get(0).isGpu()
        ? "workers per GPU " + session.workersPerDevice()
        : "workers %d, threads a worker %d"
            .formatted(session.workersPerDevice(), session.options().threadsPerWorker());
  }

  private void printEnd(RunSummary summary, Search search, boolean modelOnDisk) {
    console.out().println();
    console.out().println(SummaryCard.of(summary, search.bestByGeneration, console.style()));
    console.out().println();
    if (summary.interrupted()) {
      console
          .out()
          .println((search.timeUp ? "time is up" : "stopped early") + "; this is the best so far");
    }
    if (summary.lostDevices().isEmpty()) {
      GpuReport.warnings(summary.gpus()).forEach(console.err()::println);
    }
    printFiles(
        plan.directory(),
        modelOnDisk
            ? plan.directory().bestModel().toString()
            : "to be trained again at the end of the run",
        console);
    if (summary.interrupted()) {
      console.out().println("resume with: " + Restart.line(plan.directory().path()));
    }
    console.out().flush();
  }

  private static void printFiles(RunDirectory directory, String model, Console console) {
    console.out().println("model   " + model);
    console.out().println("facts   " + directory.bestChromosome());
    if (Files.isDirectory(directory.top())) {
      console.out().println("top     " + directory.top());
    }
    if (Files.exists(directory.report())) {
      console.out().println("report  " + directory.report());
    }
  }

  /** What was printed at the end of a run that is over. */
  static void printAgain(String summary, RunDirectory directory, Console console) {
    console.out().println(summary);
    console.out().println();
    printFiles(directory, directory.bestModel().toString(), console);
    console.out().flush();
  }
}
