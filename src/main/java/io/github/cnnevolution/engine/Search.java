package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.GpuMonitor;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.evaluation.EvaluationService;
import io.github.cnnevolution.evaluation.JobOrder;
import io.github.cnnevolution.evaluation.LostDevice;
import io.github.cnnevolution.evaluation.NoDeviceLeftException;
import io.github.cnnevolution.evaluation.RungFiles;
import io.github.cnnevolution.run.EvaluationKey;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.KeptModels;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunFacts;
import io.github.cnnevolution.run.RunState;
import io.github.cnnevolution.run.RunSummary;
import io.github.cnnevolution.run.SearchLog;
import io.github.cnnevolution.run.StoredEvaluationCache;
import io.github.cnnevolution.run.StoredRun;
import io.github.cnnevolution.run.TestConfusion;
import io.github.cnnevolution.search.Generation;
import io.github.cnnevolution.search.SearchAlgorithm;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * A search for the network with the highest fitness, which leaves everything that it finds in a
 * directory as it goes: each evaluation on disk before the next step, the weights of the best.
 *
 * <pre>{@code
 * LibTorch.prepare();
 * SearchSettings settings = SearchSettings.builder().generations(3).directory(directory).build();
 * try (Search search = Search.start(settings, SearchListener.NONE)) {
 *   SearchResult result = search.run();
 * }
 * }</pre>
 *
 * <p>One thread runs it. Searches may run in parallel in a process, if they agree on the threads of
 * a worker and on the arithmetic of GPUs, which LibTorch has once for a process. Closing stops the
 * workers and frees all memory.
 */
public final class Search implements AutoCloseable {
  private final SearchSettings settings;
  private final SearchListener listener;
  private final SearchResources resources;
  private final Optional<SearchResult> finished;

  private Search(
      SearchSettings settings,
      SearchListener listener,
      SearchResources resources,
      Optional<SearchResult> finished) {
    this.settings = settings;
    this.listener = listener;
    this.resources = resources;
    this.finished = finished;
  }

  /**
   * Begins a new run: loads LibTorch, reads the data, makes the directory. Takes seconds.
   *
   * @throws SettingException if a setting cannot be used; nothing is left then
   * @throws io.github.cnnevolution.data.DatasetException if the data cannot be read
   * @throws IOException if the directory cannot be looked at
   * @throws InterruptedException if the thread is interrupted while pictures are converted
   */
  public static Search start(SearchSettings settings, SearchListener listener)
      throws IOException, InterruptedException {
    SearchResources resources = SearchResources.create(settings, listener);
    return new Search(settings, listener, resources, Optional.empty());
  }

  /**
   * Goes on with a run that was stopped, crashed, or is over. Its settings hold; those that do not
   * change its results may be changed, and the generations raised.
   *
   * @param directory of the run
   * @param changes of the stored settings; an algorithm, space or fitness of the program's own must
   *     be given again
   * @throws SettingException if there is no run, or a change would make another run of it
   * @throws io.github.cnnevolution.run.StoreException if its store cannot be used
   * @throws DirectoryException if another process works on it
   */
  public static Search resume(
      Path directory, UnaryOperator<SearchSettings.Builder> changes, SearchListener listener)
      throws IOException, InterruptedException {
    ResumedSearch resumed = ResumedSearch.open(new RunDirectory(directory), changes);
    try {
      Optional<SearchResult> finished = resumed.result();
      SearchResources resources =
          finished.isPresent() ? resumed.resources() : resumed.resources(listener);
      return new Search(resumed.settings(), listener, resources, finished);
    } catch (RuntimeException | IOException | InterruptedException e) {
      resumed.close();
      throw e;
    }
  }

  /**
   * Refuses a directory that holds no run.
   *
   * @throws SettingException if there is none
   */
  public static void requireRun(RunDirectory directory) {
    if (!Files.exists(directory.database())) {
      throw new SettingException(
          "resume",
          directory.path(),
          "there is no run (no run.db); `runs list` shows those below a directory");
    }
  }

  /** Where the results are. */
  public RunDirectory directory() {
    return resources.directory();
  }

  /** The settings with which the run goes on. */
  public SearchSettings settings() {
    return settings;
  }

  /**
   * Runs to the end; call it once. Each candidate is trained, which may take minutes.
   *
   * <p>An interrupt of the calling thread stops it within a training step: what was found so far is
   * kept, the result says so, and the interrupt status is set again.
   *
   * @throws java.io.UncheckedIOException if results cannot be stored; what is stored is not lost
   */
  public SearchResult run() {
    if (finished.isPresent()) {
      return finished.get();
    }
    SearchResult result;
    boolean interrupted;
    try (GpuMonitor monitor = GpuMonitor.start(session().localDevices())) {
      KeptModels models = models();
      models.deleteUnlisted(resources.knownNetworks());
      listener.onSearchStart(begin(monitor));
      Progress progress = search(models);
      boolean complete = progress.stop == SearchResult.Stop.FINISHED;
      // Further interrupts of a search that is stopping; its writes would fail with them.
      interrupted = !complete && Thread.interrupted();
      result = finish(models, progress, monitor);
    }
    if (interrupted || result.stop() == SearchResult.Stop.INTERRUPTED) {
      Thread.currentThread().interrupt();
    }
    return result;
  }

  private SearchStart begin(GpuMonitor monitor) {
    return new SearchStart(
        settings,
        directory(),
        store(),
        session().dataset().name(),
        session().classes(),
        session().trainingSize(),
        session().validationSize(),
        session().devices(),
        session().recipe().precision(),
        session().workersPerDevice(),
        RunFacts.of(store().facts()).generationsDone(),
        monitor::usages,
        session()::executors);
  }

  /** What is left of the search itself. */
  private record Progress(
      SearchResult.Stop stop,
      Optional<String> error,
      List<Generation> generations,
      List<LostDevice> lostDevices) {}

  private Progress search(KeptModels models) {
    StoredEvaluationCache cache =
        new StoredEvaluationCache(
            store(),
            resources.reused().stores(),
            session().circumstances(),
            session().devices().stream().map(EvaluationKey::device).collect(Collectors.toSet()),
            resources.retriesSlow(),
            System::currentTimeMillis,
            settings.objectives()::accepts,
            settings.training().mixedDevices()
                ? device -> device.id() + " " + device.name()
                : ComputeDevice::id);
    SearchAlgorithm algorithm = settings.newAlgorithm(session().classes());
    JobOrder order = algorithm.isAsynchronous() ? JobOrder.SUBMITTED_FIRST : JobOrder.LONGEST_FIRST;
    Optional<RungFiles> rungs =
        settings
            .builtIn()
            .earlyStopping(session().recipe().epochs(), settings.objectives().objectives())
            .filter(any -> settings.algorithm().isEmpty())
            .map(stops -> new RungFiles(directory().rungs(), stops.rung()));
    rungs.ifPresent(session()::keepRungs);
    try (EvaluationService service =
            session().start(order, models, listener, cache, settings.objectives());
        TimeLimit limit =
            TimeLimit.interruptingCurrentThread(settings.maxTime(), session().clock())) {
      SearchLoop loop =
          new SearchLoop(
              algorithm,
              service,
              cache,
              models,
              new SearchLog(store()),
              listener,
              this::noteGenerations,
              session().clock(),
              rungs);
      SearchResult.Stop stop = SearchResult.Stop.FINISHED;
      Optional<String> error = Optional.empty();
      try {
        service.doOneByOne(recover(cache));
        loop.run();
        algorithm.endNotice().ifPresent(listener::onNotice);
      } catch (InterruptedException e) {
        stop = SearchResult.Stop.INTERRUPTED;
      } catch (NoDeviceLeftException e) {
        stop = SearchResult.Stop.NO_DEVICE_LEFT;
        error = Optional.of(e.getMessage());
      }
      limit.close();
      if (limit.isUp()) {
        // It may have come too late for the search to notice, and would stop what follows.
        Thread.interrupted();
        stop = stop == SearchResult.Stop.INTERRUPTED ? SearchResult.Stop.TIME_UP : stop;
      }
      return new Progress(stop, error, loop.completed(), service.lostDevices());
    }
  }

  /** Returns candidates that were being trained in a crash, to be tried one by one. */
  private List<EvaluationJob> recover(StoredEvaluationCache cache) {
    Optional<String> crash = store().crash();
    List<EvaluationJob> suspects = cache.recover(crash.isPresent());
    if (crash.isPresent() && !suspects.isEmpty()) {
      listener.onNotice(
          Text.format(
              "the process before crashed (%s); the candidates it trained are tried one by one: %s",
              crash.get(),
              suspects.stream()
                  .map(job -> job.architecture().phenotype())
                  .collect(Collectors.joining(", "))));
    }
    return suspects;
  }

  /** The store learns how far the run has come, when it has come further than before. */
  private void noteGenerations(int done) {
    if (done > RunFacts.of(store().facts()).generationsDone()) {
      store().putFact(RunFacts.GENERATIONS_DONE, String.valueOf(done));
    }
  }

  private SearchResult finish(KeptModels models, Progress progress, GpuMonitor monitor) {
    boolean complete = progress.stop == SearchResult.Stop.FINISHED;
    SearchResult.Stop stop = progress.stop;
    Optional<RunSummary> summary = Optional.empty();
    boolean modelOnDisk = false;
    if (!models.evaluations().isEmpty()) {
      Optional<TestConfusion> test = Optional.empty();
      if (complete) {
        try {
          recoverWeights(models, progress.lostDevices);
          test = session().testConfusion(models, progress.lostDevices);
        } catch (InterruptedException e) {
          // It came in the meantime: the models are kept all the same.
          complete = false;
          stop = SearchResult.Stop.INTERRUPTED;
        }
      }
      models.deleteUnlisted(resources.knownNetworks());
      Evaluation best = models.evaluations().get(0);
      StoredRun stored = StoredRun.of(directory(), store());
      summary =
          Optional.of(
              new RunSummary(
                  best,
                  test.map(t -> OptionalDouble.of(t.matrix().accuracy()))
                      .orElse(OptionalDouble.empty()),
                  settings.genetic().seed(),
                  SearchConfig.of(settings, session(), directory()),
                  resources.data(),
                  stored.figures(),
                  !complete,
                  monitor.usages(),
                  progress.lostDevices,
                  stored.found()));
      test.ifPresent(t -> store().putFact(TestConfusion.FACT, t.json()));
      SearchFiles.write(summary.get(), models, directory());
      modelOnDisk = models.isOnDisk(best);
      if (complete) {
        store().putFact(RunFacts.FINISHED, String.valueOf(progress.generations.size()));
      }
    }
    listener.onSearchEnd(complete ? RunState.FINISHED : RunState.STOPPED);
    return new SearchResult(
        stop, progress.error, summary, progress.generations, directory(), modelOnDisk, false);
  }

  /**
   * Trains those of the best again whose weights are missing: an earlier process or another run has
   * evaluated them, or their file is damaged.
   */
  private void recoverWeights(KeptModels models, List<LostDevice> lostDevices)
      throws InterruptedException {
    for (Evaluation evaluation : models.evaluations()) {
      if (!models.isWhole(evaluation)
          && !(models.repair(evaluation) && models.isWhole(evaluation))) {
        listener.onRetrain(evaluation);
        double fitness = session().retrain(models, evaluation, lostDevices);
        listener.onRetrained(evaluation, fitness);
      }
    }
  }

  private KeptModels models() {
    return SearchFiles.models(directory(), settings, store());
  }

  private SearchSession session() {
    return resources.session().orElseThrow();
  }

  private EvaluationStore store() {
    return resources.store();
  }

  /** Stops what still runs, and frees all memory. What was found stays in the directory. */
  @Override
  public void close() {
    resources.close();
  }
}
