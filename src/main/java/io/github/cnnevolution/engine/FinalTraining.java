package io.github.cnnevolution.engine;

import io.github.cnnevolution.evaluation.LostDevice;
import io.github.cnnevolution.files.AtomicFile;
import io.github.cnnevolution.files.DirectoryLock;
import io.github.cnnevolution.run.EvaluationKey;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunOptions;
import io.github.cnnevolution.run.RunState;
import io.github.cnnevolution.run.SpaceFile;
import io.github.cnnevolution.run.TrainingRun;
import io.github.cnnevolution.run.Versions;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.space.SearchSpaces;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The training of one network to the end, with one seed or several in parallel, on training and
 * validation images together. The test images are measured once, when all seeds are trained, and
 * not at all if validation images are kept out. Each epoch leaves a checkpoint, from which {@link
 * #resume} goes on to the same weights, bit for bit.
 *
 * <p>One thread runs it. Closing frees all memory.
 */
public final class FinalTraining implements AutoCloseable {
  private final FinalTrainingListener listener;
  private final RunDirectory directory;
  private final DirectoryLock lock;
  private final TrainingRun begun;
  private final FinalTrainingSettings settings;
  private final Optional<SeedSession> session;

  private FinalTraining(
      FinalTrainingListener listener,
      RunDirectory directory,
      DirectoryLock lock,
      TrainingRun begun,
      FinalTrainingSettings settings,
      Optional<SeedSession> session) {
    this.listener = listener;
    this.directory = directory;
    this.lock = lock;
    this.begun = begun;
    this.settings = settings;
    this.session = session;
  }

  /**
   * Begins: loads LibTorch, reads the data, makes the directory. Takes seconds.
   *
   * @param path where the results go, not existing or empty
   * @throws SettingException if a setting cannot be used; nothing is left then
   * @throws io.github.cnnevolution.data.DatasetException if the data cannot be read
   */
  public static FinalTraining start(
      FinalTrainingSettings settings,
      SearchSpace space,
      Chromosome chromosome,
      Path path,
      FinalTrainingListener listener)
      throws IOException, InterruptedException {
    LibTorch.requirePrepared();
    RunDirectory directory = new RunDirectory(path);
    OutputDirectories.requireFree(directory);
    SeedSession session = session(settings, chromosome, space, listener);
    DirectoryLock lock = null;
    try {
      DeviceSelection.requireUse(settings.training(), session.devices());
      OutputDirectories.create(directory);
      lock = OutputDirectories.lock(directory);
      OutputDirectories.requireFree(directory);
      TrainingRun run =
          new TrainingRun(
              System.currentTimeMillis(),
              space,
              chromosome,
              options(settings, space, session),
              session.data(),
              versions(),
              EvaluationKey.FITNESS_VERSION,
              false,
              List.of());
      run.write(directory.training());
      return new FinalTraining(listener, directory, lock, run, settings, Optional.of(session));
    } catch (RuntimeException | IOException e) {
      if (lock != null) {
        lock.close();
      }
      session.close();
      throw e;
    }
  }

  /** Loads the data, and LibTorch if this machine trains. */
  private static SeedSession session(
      FinalTrainingSettings settings,
      Chromosome chromosome,
      SearchSpace space,
      SessionListener listener)
      throws InterruptedException {
    return settings.cluster().isPresent()
        ? new ClusterSeedSession(settings.cluster().get(), settings, chromosome, space, listener)
        : new FinalTrainingSession(settings, chromosome, space, listener);
  }

  private static Map<String, String> options(
      FinalTrainingSettings settings, SearchSpace space, SeedSession session) {
    Map<String, String> options =
        new LinkedHashMap<>(StoredSettings.of(settings, session.recipe(), session.graphs()));
    options.putAll(SpaceText.options(space, settings.training().spaceFile()));
    return options;
  }

  /**
   * Goes on with a training that was stopped, crashed, or is over. Its settings hold; those that do
   * not change its results may be changed, and the seeds raised.
   *
   * @param path its directory
   * @throws SettingException if there is no training, or a change would make another one of it
   * @throws DirectoryException if another process works on it, or its file says something else
   */
  public static FinalTraining resume(
      Path path,
      UnaryOperator<FinalTrainingSettings.Builder> changes,
      FinalTrainingListener listener)
      throws IOException, InterruptedException {
    RunDirectory directory = new RunDirectory(path);
    if (!Files.exists(directory.training())) {
      throw new SettingException(
          "resume",
          path,
          "there is no training (no training.json); a search goes on with evolve {resume}");
    }
    DirectoryLock lock = OutputDirectories.lock(directory);
    try {
      return resume(directory, lock, changes, listener);
    } catch (RuntimeException | IOException | InterruptedException e) {
      lock.close();
      throw e;
    }
  }

  private static FinalTraining resume(
      RunDirectory directory,
      DirectoryLock lock,
      UnaryOperator<FinalTrainingSettings.Builder> changes,
      FinalTrainingListener listener)
      throws IOException, InterruptedException {
    TrainingRun run = read(directory, SpaceFile.builtIn());
    FinalTrainingSettings before = StoredSettings.finalTraining(run.options()).build();
    FinalTrainingSettings settings =
        changes
            .apply(StoredSettings.finalTraining(run.options()))
            .precisionIfChosen(before.training().precision())
            .optimizerIfChosen(before.training().optimizer())
            .cudaGraphsIfChosen(before.training().gpu().cudaGraphs())
            .build();
    int epochs = before.training().epochs();
    if (settings.training().epochs() != epochs) {
      throw new SettingException(
          "epochs",
          settings.training().epochs(),
          Text.format(
              "the run in %s is planned for %s, at whose end its learning rate is 0, and cannot be lengthened or shortened; begin a new one: train %s {epochs} %d {out} DIR",
              directory.path(),
              Text.count(epochs, "epoch"),
              run.architecture().phenotype(),
              settings.training().epochs()));
    }
    Map<String, String> options =
        StoredSettings.merge(
            run.options(),
            StoredSettings.of(
                before,
                StoredSettings.recipe(before.training()),
                before.training().gpu().cudaGraphs()),
            StoredSettings.of(
                settings,
                StoredSettings.recipe(settings.training()),
                settings.training().gpu().cudaGraphs()),
            RunOptions.FIXED_IN_FINAL_TRAINING,
            directory.path());
    AtomicFile.removeLeftovers(directory.path());
    if (settings.seeds() < run.seeds().size()) {
      throw new SettingException(
          "seeds",
          settings.seeds(),
          Text.format(
              "the training in %s has %d already; give at least as many",
              directory.path(), run.seeds().size()));
    }
    checkVersions(run, directory);
    if (run.finished() && settings.seeds() == run.seeds().size()) {
      return new FinalTraining(listener, directory, lock, run, settings, Optional.empty());
    }
    LibTorch.requirePrepared();
    SeedSession session = session(settings, run.chromosome(), run.space(), listener);
    try {
      checkData(run, session, directory);
      TrainingRun further = run.with(options).with(false, run.seeds());
      further.write(directory.training());
      return new FinalTraining(listener, directory, lock, further, settings, Optional.of(session));
    } catch (RuntimeException | IOException e) {
      session.close();
      throw e;
    }
  }

  private static TrainingRun read(RunDirectory directory, SearchSpaces spaces) {
    try {
      return TrainingRun.read(directory.training(), spaces);
    } catch (IOException e) {
      throw new DirectoryException(
          Text.format(
              "%s: is not what a training leaves (%s); begin a new one",
              directory.training(), e.getMessage()));
    }
  }

  private static Map<String, String> versions() {
    Map<String, String> all = Versions.all();
    return Map.of("cnn-evolution", all.get("cnn-evolution"), "pytorch", all.get("pytorch"));
  }

  private static void checkVersions(TrainingRun run, RunDirectory directory) {
    if (!versions().get("pytorch").equals(run.versions().get("pytorch"))
        || run.fitnessVersion() != EvaluationKey.FITNESS_VERSION) {
      throw new SettingException(
          "resume",
          directory.path(),
          Text.format(
              "the training was started with version %s (pytorch %s), this is %s, and its results would change; use that version, or begin a new training",
              run.versions().get("cnn-evolution"),
              run.versions().get("pytorch"),
              Versions.summary()));
    }
  }

  private static void checkData(TrainingRun run, SeedSession session, RunDirectory directory) {
    if (!run.data().trainDigest().equals(session.data().trainDigest())
        || !run.data().testDigest().equals(session.data().testDigest())) {
      throw new SettingException(
          "resume",
          directory.path(),
          Text.format(
              "the images of %s differ from those that the training was started with (%s); put them back, name them with {data}, or begin a new training",
              session.data().name(), run.data().name()));
    }
  }

  /** Where the results are. */
  public RunDirectory directory() {
    return directory;
  }

  /**
   * Trains what is not trained yet, then measures; call it once. May take hours.
   *
   * <p>An interrupt of the calling thread stops it within a training step; the result says so, and
   * the interrupt status is set again.
   *
   * @throws IOException if results cannot be read or written; checkpoints stay
   */
  public FinalTrainingResult run() throws IOException {
    if (session.isEmpty()) {
      return result(FinalTrainingResult.Stop.FINISHED, begun, Map.of(), true);
    }
    SeedResults results = new SeedResults(begun, directory, settings);
    listener.onTrainingStart(start(results));
    try {
      List<LostDevice> lost = session.get().train(directory, results, listener);
      if (!results.untrained().isEmpty()) {
        // Whatever failed for want of disk or memory may succeed later: nothing is lost.
        return stop(FinalTrainingResult.Stop.INCOMPLETE, results);
      }
      return finish(results, lost);
    } catch (InterruptedException e) {
      FinalTrainingResult result = stop(FinalTrainingResult.Stop.INTERRUPTED, results);
      Thread.currentThread().interrupt();
      return result;
    }
  }

  private FinalTrainingStart start(SeedResults results) {
    SeedSession open = session.orElseThrow();
    return new FinalTrainingStart(
        settings,
        directory,
        begun,
        open.architecture(),
        open.devices(),
        open.recipe().precision(),
        open.parallelTrainings(),
        results.epochsDone());
  }

  private FinalTrainingResult finish(SeedResults results, List<LostDevice> lost)
      throws IOException, InterruptedException {
    List<TrainingRun.Seed> measured =
        session.orElseThrow().measure(results.now().seeds(), results::model, lost);
    TrainingRun finished = begun.with(true, measured);
    finished.writeFacts(directory.bestChromosome());
    finished.write(directory.training());
    listener.onTrainingState(finished, RunState.FINISHED, directory);
    for (TrainingRun.Seed seed : measured) {
      directory.deleteCheckpoints(seed.seed());
    }
    return result(FinalTrainingResult.Stop.FINISHED, finished, Map.of(), false);
  }

  private FinalTrainingResult stop(FinalTrainingResult.Stop stop, SeedResults results) {
    TrainingRun now = results.now();
    listener.onTrainingState(now, RunState.STOPPED, directory);
    return result(stop, now, results.errors(), false);
  }

  private FinalTrainingResult result(
      FinalTrainingResult.Stop stop, TrainingRun run, Map<Long, String> errors, boolean repeated) {
    return new FinalTrainingResult(stop, run, errors, directory, repeated);
  }

  @Override
  public void close() {
    session.ifPresent(SeedSession::close);
    lock.close();
  }
}
