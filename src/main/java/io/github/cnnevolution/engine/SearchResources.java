package io.github.cnnevolution.engine;

import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.files.DirectoryLock;
import io.github.cnnevolution.run.EvaluationKey;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunFacts;
import io.github.cnnevolution.run.RunSummary;
import io.github.cnnevolution.run.SpaceFile;
import io.github.cnnevolution.run.StoreException;
import io.github.cnnevolution.run.Versions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * What a search holds while it is open: the lock of its directory, its store, the stores of other
 * runs, and the session that trains. Closed in the opposite order.
 *
 * @param session empty for a run that is over
 * @param retriesSlow whether candidates that took too long before get another chance
 */
record SearchResources(
    RunDirectory directory,
    DirectoryLock lock,
    EvaluationStore store,
    ReusedStores reused,
    Optional<SearchSession> session,
    boolean retriesSlow)
    implements AutoCloseable {
  /** Makes those of a new run. */
  static SearchResources create(SearchSettings settings, SearchListener listener)
      throws IOException, InterruptedException {
    LibTorch.requirePrepared();
    Optional<RunDirectory> named = settings.directory().map(RunDirectory::new);
    if (named.isPresent()) {
      OutputDirectories.requireFree(named.get());
    }
    ReusedStores reused = ReusedStores.of(settings, listener);
    SearchSession session = null;
    DirectoryLock lock = null;
    try {
      session = session(settings, listener);
      DeviceSelection.requireUse(settings.training(), session.devices());
      RunDirectory directory = OutputDirectories.create(named);
      lock = OutputDirectories.lock(directory);
      OutputDirectories.requireFree(directory);
      EvaluationStore store =
          EvaluationStore.create(
              directory.database(),
              facts(settings, session).facts(),
              ResumedSearch.spaces(settings.space()));
      return new SearchResources(directory, lock, store, reused, Optional.of(session), false);
    } catch (RuntimeException | IOException | InterruptedException e) {
      if (lock != null) {
        lock.close();
      }
      if (session != null) {
        session.close();
      }
      reused.close();
      throw e;
    }
  }

  /** Loads the data for a search, and LibTorch if it trains on this machine. */
  static SearchSession session(SearchSettings settings, SessionListener listener)
      throws InterruptedException {
    return settings.cluster().isPresent()
        ? checked(
            new ClusterSession(
                settings.cluster().get(),
                settings.training(),
                settings.space(),
                settings.fitness(),
                settings.evaluators(),
                settings.objectives(),
                false,
                listener),
            settings,
            listener)
        : session(settings, settings.mostTrainings(), listener);
  }

  /**
   * Loads LibTorch and the data.
   *
   * @param trainings how many there will be at most
   */
  static EvaluationSession session(
      SearchSettings settings, long trainings, SessionListener listener)
      throws InterruptedException {
    return checked(
        new EvaluationSession(
            settings.training(),
            settings.space(),
            settings.fitness(),
            settings.evaluators().orElse(UnaryOperator.identity()),
            false,
            trainings,
            listener),
        settings,
        listener);
  }

  private static <S extends SearchSession> S checked(
      S session, SearchSettings settings, SessionListener listener) {
    try {
      settings.admission(session.classes());
    } catch (SettingException e) {
      session.close();
      throw e;
    }
    // After what is refused, which is one line.
    SearchNotices.of(settings).ifPresent(listener::onNotice);
    return session;
  }

  private static RunFacts facts(SearchSettings settings, SearchSession session) {
    return new RunFacts(
        System.currentTimeMillis(),
        StoredSettings.of(settings, session.recipe(), session.graphs()),
        settings.space().name(),
        settings.algorithmName(),
        settings.fitness().name(),
        session.dataset().name(),
        RunFacts.Digests.of(session.dataset()),
        session.classes(),
        OptionalInt.of(session.validationSize()),
        Versions.all().get("cnn-evolution"),
        Versions.all().get("pytorch"),
        EvaluationKey.FITNESS_VERSION,
        0,
        Optional.empty(),
        SpaceFile.text(settings.space()));
  }

  /** The names of all networks that the run knows. */
  Set<String> knownNetworks() {
    Set<String> names = new HashSet<>();
    store.forEach(stored -> names.add(stored.evaluation().job().architecture().phenotype()));
    return names;
  }

  /** The images, as files describe them. */
  RunSummary.Data data() {
    SearchSession open = session.orElseThrow();
    return new RunSummary.Data(
        open.dataset().name(),
        open.digest(),
        open.trainingSize(),
        open.validationSize(),
        open.dataset().test().map(ImageSet::size).orElse(0),
        open.normalization(),
        open.dataset().ownClasses());
  }

  private void release() {
    try {
      store.release();
    } catch (UncheckedIOException | StoreException e) {
      // Its disk is full or gone, which the search has reported. The next process finds no crash.
      return;
    }
  }

  @Override
  public void close() {
    session.ifPresent(SearchSession::close);
    reused.close();
    release();
    store.close();
    lock.close();
  }
}
