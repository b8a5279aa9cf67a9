package io.github.cnnevolution.report;

import io.github.cnnevolution.engine.ExecutorState;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunState;
import io.github.cnnevolution.run.StoreException;
import io.github.cnnevolution.run.StoredRun;
import io.github.cnnevolution.run.StoredRunReader;
import io.github.cnnevolution.search.GeneticParameters;
import io.github.cnnevolution.training.TrainingProgress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The data of a live page, for a run in this process. Reads each row of the store once. Safe to use
 * from many threads.
 */
public final class LiveData {
  private final RunDirectory directory;
  private final StoredRunReader run;
  private final SearchState search;
  private final PageNetworks networks = new PageNetworks();
  private int evaluations;

  /**
   * Creates the data of a run.
   *
   * @param store store of the run, which must stay open while this is in use
   * @param search state of the search
   */
  public LiveData(RunDirectory directory, EvaluationStore store, SearchState search) {
    this.directory = directory;
    this.run = new StoredRunReader(directory, store);
    this.search = search;
  }

  /** Returns the name of the run. */
  String title() {
    return directory.name();
  }

  /**
   * Returns the document as it is now.
   *
   * @param state state of the run
   * @throws StoreException if the store cannot be read
   */
  synchronized PageData document(RunState state) {
    StoredRun now = run.read();
    evaluations = now.evaluations().size();
    return PageData.of(now, state, running(), run.space(), networks);
  }

  /** Returns how many evaluations the latest document has. */
  synchronized int evaluations() {
    return evaluations;
  }

  private List<RunningCandidate> running() {
    List<RunningCandidate> running = new ArrayList<>();
    for (WorkerState state : search.snapshot().workers()) {
      Optional<TrainingProgress> progress = state.progress();
      state
          .job()
          .ifPresent(
              job ->
                  running.add(
                      new RunningCandidate(
                          state.worker(),
                          state.device(),
                          job,
                          state.startedMillis(),
                          progress.map(TrainingProgress::epoch).orElse(0),
                          progress.map(TrainingProgress::epochs).orElse(0),
                          progress.map(TrainingProgress::imagesPerSecond).orElse(0.0))));
    }
    return running;
  }

  /** Returns the current state of the search, in a few hundred bytes. */
  String now() {
    SearchSnapshot now = search.snapshot();
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("generation", now.generation());
    object.put(
        "generations", now.generations() == GeneticParameters.UNLIMITED ? null : now.generations());
    object.put("networks", now.networks());
    object.put("budget", now.budget() == 0 ? null : now.budget());
    object.put("hasGenerations", now.hasGenerations());
    object.put("candidates", now.candidates());
    object.put("done", now.done());
    object.put("share", PageJson.rounded(now.fraction(), 4));
    object.put("seconds", now.elapsed().toSeconds());
    object.put("left", now.left().map(Duration::toSeconds).orElse(null));
    object.put("runLeft", now.runLeft().map(Duration::toSeconds).orElse(null));
    object.put(
        "executors", now.executors().stream().map(executor -> executor(executor, now)).toList());
    object.put("workers", now.workers().stream().map(LiveData::worker).toList());
    return PageJson.of(object);
  }

  private static Map<String, Object> executor(ExecutorState executor, SearchSnapshot now) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("host", executor.host());
    object.put("executor", executor.name());
    object.put("device", executor.model());
    object.put("gpus", executor.gpus());
    object.put("slots", executor.slots());
    object.put("running", now.running(executor));
    object.put("speed", PageJson.rounded(now.imagesPerSecond(executor), 1));
    return object;
  }

  private static Map<String, Object> worker(WorkerState state) {
    Optional<TrainingProgress> progress = state.progress();
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("worker", state.worker());
    object.put("network", state.job().map(job -> job.architecture().phenotype()).orElse(null));
    object.put("phase", state.phase());
    object.put("share", progress.map(p -> PageJson.rounded(p.fraction(), 4)).orElse(null));
    object.put("speed", progress.map(p -> PageJson.rounded(p.imagesPerSecond(), 1)).orElse(null));
    object.put(
        "loss",
        progress
            .flatMap(TrainingProgress::last)
            .map(epoch -> PageJson.rounded(epoch.loss(), 4))
            .orElse(null));
    object.put(
        "accuracy",
        progress
            .flatMap(TrainingProgress::last)
            .map(epoch -> PageJson.rounded(epoch.accuracy(), 4))
            .orElse(null));
    return object;
  }
}
