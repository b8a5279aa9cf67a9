package io.github.cnnevolution.cli;

import io.github.cnnevolution.device.GpuMonitor;
import io.github.cnnevolution.device.GpuUsage;
import io.github.cnnevolution.evaluation.BestModel;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationKey;
import io.github.cnnevolution.evaluation.EvaluationService;
import io.github.cnnevolution.evaluation.EvaluationStore;
import io.github.cnnevolution.evaluation.LostDevice;
import io.github.cnnevolution.evaluation.NoDeviceLeftException;
import io.github.cnnevolution.evaluation.RunJournal;
import io.github.cnnevolution.evolution.Evolution;
import io.github.cnnevolution.evolution.EvolutionListener;
import io.github.cnnevolution.evolution.EvolutionParameters;
import io.github.cnnevolution.evolution.EvolutionResult;
import io.github.cnnevolution.evolution.Generation;
import io.github.cnnevolution.genome.Chromosome;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.report.DeviceReport;
import io.github.cnnevolution.report.EvolutionProgress;
import io.github.cnnevolution.report.GpuReport;
import io.github.cnnevolution.report.PageData;
import io.github.cnnevolution.report.ReportFile;
import io.github.cnnevolution.report.RunDirectory;
import io.github.cnnevolution.report.RunFacts;
import io.github.cnnevolution.report.RunSummary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/**
 * A run from its first generation, trained or found in its store, to the summary.
 *
 * @param config every option and its value
 * @param store of the run, held by this process alone
 */
record SearchRun(
    TrainingSession session,
    EvolutionParameters parameters,
    RunDirectory directory,
    Map<String, Object> config,
    EvaluationStore store,
    OtherRuns others,
    Console console) {
  /**
   * What is left of a search beside the best model.
   *
   * @param interrupted whether it ended before its last generation
   * @param timeUp whether that was because its time was up
   * @param end why it could not go on, if so
   */
  private record Search(
      int generations,
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
    try (BestModel best = new BestModel(directory.bestModel())) {
      printStart();
      store.forEach(stored -> best.hear(stored.evaluation()));
      ReportFile page = new ReportFile(directory, store, console);
      Search search = search(best, page, stop, maxTime, died, retriesSlow);
      return finish(best, search, page, start);
    } catch (UncheckedIOException e) {
      throw new UncheckedIOException(
          "%s; when that is mended, go on with: %s"
              .formatted(e.getMessage(), Restart.line(directory.path())),
          e.getCause());
    }
  }

  private int finish(BestModel best, Search search, ReportFile page, long start)
      throws IOException {
    if (best.evaluation().isEmpty()) {
      page.write(search.interrupted ? PageData.STOPPED : PageData.FINISHED);
      return nothingFound(search);
    }
    OptionalDouble testAccuracy =
        search.interrupted ? OptionalDouble.empty() : testAccuracy(best, search);
    RunSummary summary =
        new RunSummary(
            best.evaluation().orElseThrow(),
            testAccuracy,
            parameters.seed(),
            config,
            data(),
            search.generations,
            search.trainings,
            search.saved,
            testAccuracy.isEmpty(),
            (System.nanoTime() - start) / 1e9,
            search.gpus,
            search.lostDevices,
            search.reused);
    summary.write(directory.bestChromosome());
    if (!summary.interrupted()) {
      new RunFacts.End(search.generations, summary.table()).facts().forEach(store::putFact);
    }
    page.write(summary.interrupted() ? PageData.STOPPED : PageData.FINISHED);
    printEnd(summary, search, best.isOnDisk());
    search.end.ifPresent(this::printError);
    return search.end.isPresent()
        ? ExitCode.FAILED
        : summary.interrupted() && !search.timeUp ? ExitCode.INTERRUPTED : ExitCode.OK;
  }

  private Search search(
      BestModel best,
      ReportFile page,
      StopSignal stop,
      Optional<Duration> maxTime,
      boolean died,
      boolean retriesSlow) {
    RunJournal journal =
        new RunJournal(
            store,
            others.stores(),
            session.circumstances(),
            session.devices().stream().map(EvaluationKey::device).collect(Collectors.toSet()),
            retriesSlow,
            System::currentTimeMillis);
    try (GpuMonitor monitor = GpuMonitor.start(session.devices());
        EvolutionProgress progress = new EvolutionProgress(console, parameters.generations());
        EvaluationService service = session.search(best, progress, journal);
        TimeLimit limit = TimeLimit.interruptingCurrentThread(maxTime)) {
      progress.count(
          () -> service.trainings() - journal.answered(), service::reused, journal::answered);
      progress.watch(monitor::usages);
      AtomicReference<String> end = new AtomicReference<>();
      Evolution evolution =
          new Evolution(
              parameters,
              (generation, population) -> {
                try {
                  if (generation == 0) {
                    service.doOneByOne(journal.recover(died));
                  }
                  return fitness(service, best, population, progress);
                } catch (NoDeviceLeftException e) {
                  end.set(e.getMessage());
                  throw new InterruptedException(e.getMessage());
                }
              },
              noting(progress, page));
      EvolutionResult result = evolution.evolve();
      limit.close();
      if (limit.isUp() && !stop.isReceived()) {
        // It may have come too late for the evolution to notice, and would stop what follows.
        Thread.interrupted();
      }
      return new Search(
          result.generations().size(),
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

  private static List<Double> fitness(
      EvaluationService service,
      BestModel best,
      List<Chromosome> population,
      EvolutionProgress progress)
      throws InterruptedException {
    return service
        .evaluate(
            population,
            (chromosome, evaluation) -> {
              best.hear(evaluation);
              progress.step();
            })
        .stream()
        .map(Evaluation::fitness)
        .toList();
  }

  /** The store hears how far the run has come, when it has come further than before. */
  private EvolutionListener noting(EvolutionProgress progress, ReportFile page) {
    int doneBefore = RunFacts.of(store.facts()).generationsDone();
    return new EvolutionListener() {
      @Override
      public void onGenerationStart(int generation, List<Chromosome> population) {
        progress.onGenerationStart(generation, population);
      }

      @Override
      public void onGenerationEnd(Generation generation) {
        int done = generation.index() + 1;
        if (done > doneBefore) {
          store.putFact(RunFacts.GENERATIONS_DONE, String.valueOf(done));
        }
        progress.onGenerationEnd(generation);
        page.onGenerationEnd(generation);
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
                .formatted(search.timeUp ? "time is up" : "stopped", Restart.line(directory.path()))
            : "every candidate failed, for the reasons above; there is no model to keep";
    printError(reason);
    return !search.interrupted
        ? ExitCode.FAILED
        : search.timeUp ? ExitCode.OK : ExitCode.INTERRUPTED;
  }

  private void printError(String message) {
    console.err().println(Application.PROGRAM + ": " + message);
  }

  /** Empty if Ctrl-C comes in the meantime: the model is kept all the same. */
  private OptionalDouble testAccuracy(BestModel best, Search search) {
    try {
      OptionalDouble again = session.restore(best, search.lostDevices);
      double fitness = best.evaluation().orElseThrow().fitness();
      if (again.isPresent() && again.getAsDouble() != fitness) {
        console
            .err()
            .printf(
                "the best network was trained again for its weights, which reach %s on the validation images, not %s%n",
                again.getAsDouble(), fitness);
      }
      return OptionalDouble.of(session.testAccuracy(best, search.lostDevices));
    } catch (InterruptedException e) {
      return OptionalDouble.empty();
    }
  }

  private RunSummary.Data data() {
    return new RunSummary.Data(
        session.dataset().name(),
        session.digest(),
        session.trainingSize(),
        session.validationSize(),
        session.dataset().test().size(),
        session.normalization());
  }

  private void printStart() {
    console.out().println("data    " + session.dataset().name());
    console
        .out()
        .println(
            "device  "
                + DeviceReport.line(session.devices(), session.recipe().precision())
                + "; "
                + workers());
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

  private String workers() {
    return session.devices().get(0).isGpu()
        ? "workers per GPU " + session.workersPerDevice()
        : "workers %d, threads a worker %d"
            .formatted(session.workersPerDevice(), session.options().threadsPerWorker());
  }

  private void printEnd(RunSummary summary, Search search, boolean modelOnDisk) {
    console.out().println();
    console.out().println(summary.table());
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
        directory,
        modelOnDisk
            ? directory.bestModel().toString()
            : "to be trained again at the end of the run",
        console);
    if (summary.interrupted()) {
      console.out().println("resume with: " + Restart.line(directory.path()));
    }
    console.out().flush();
  }

  private static void printFiles(RunDirectory directory, String model, Console console) {
    console.out().println("model   " + model);
    console.out().println("facts   " + directory.bestChromosome());
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
