package io.github.cnnevolution.engine;

import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.files.DirectoryLock;
import io.github.cnnevolution.run.EvaluationKey;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.KeptModels;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunFacts;
import io.github.cnnevolution.run.RunOptions;
import io.github.cnnevolution.run.RunSummary;
import io.github.cnnevolution.run.SpaceFile;
import io.github.cnnevolution.run.StoreException;
import io.github.cnnevolution.run.StoredProposal;
import io.github.cnnevolution.run.StoredRun;
import io.github.cnnevolution.run.Versions;
import io.github.cnnevolution.search.GeneticAlgorithm;
import io.github.cnnevolution.search.GenomeGrowth;
import io.github.cnnevolution.search.Operators;
import io.github.cnnevolution.search.Proposal;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.space.SearchSpaces;
import io.github.cnnevolution.space.SpaceExtension;
import io.github.cnnevolution.space.StagedSpace;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A stored run that is about to go on: its settings with the changes, checked against what it was
 * begun with. Holds lock and store until they are handed on as {@link SearchResources}.
 */
final class ResumedSearch implements AutoCloseable {
  private final RunDirectory directory;
  private final DirectoryLock lock;
  private final EvaluationStore store;
  private final RunFacts facts;
  private final SearchSettings settings;
  private final Map<String, String> options;
  private final boolean retriesSlow;
  private final List<String> additions;

  private ResumedSearch(
      RunDirectory directory,
      DirectoryLock lock,
      EvaluationStore store,
      UnaryOperator<SearchSettings.Builder> changes) {
    this.directory = directory;
    this.lock = lock;
    this.store = store;
    this.facts = facts(store);
    Map<String, String> stored = facts.options();
    SearchSpace known = knownSpace();
    SearchSettings.Builder changed = changes.apply(stored(stored, known));
    checkSame("space", changed.space().name(), facts.space());
    this.additions = grow(known, changed);
    SearchSettings before = stored(stored, changed.space()).build();
    this.settings =
        changed
            .precisionIfChosen(before.training().precision())
            .optimizerIfChosen(before.training().optimizer())
            .cudaGraphsIfChosen(before.training().gpu().cudaGraphs())
            .build();
    checkIdentity();
    Map<String, String> textBefore =
        StoredSettings.of(
            before, StoredSettings.recipe(before.training()), before.training().gpu().cudaGraphs());
    Map<String, String> textAfter =
        StoredSettings.of(
            settings,
            StoredSettings.recipe(settings.training()),
            settings.training().gpu().cudaGraphs());
    // Stored where it was given; without it, it is 1.
    textBefore.putIfAbsent("top_k", "1");
    textAfter.putIfAbsent("top_k", "1");
    this.options =
        StoredSettings.merge(
            stored, textBefore, textAfter, RunOptions.FIXED_IN_SEARCH, directory.path());
    this.retriesSlow =
        !textBefore
            .getOrDefault("candidate_timeout", "")
            .equals(textAfter.getOrDefault("candidate_timeout", ""));
    OptionalInt evaluations = settings.evaluations();
    long proposed = networks();
    if (evaluations.isPresent() && evaluations.getAsInt() < proposed) {
      throw new SettingException(
          AlgorithmSettings.EVALUATIONS,
          evaluations.getAsInt(),
          Text.format(
              "the run in %s has proposed %d already; give at least as many",
              directory.path(), proposed));
    }
    int generations = settings.genetic().generations();
    if (generations < facts.generationsDone()) {
      throw new SettingException(
          "generations",
          generations,
          Text.format(
              "the run in %s has done %d already; give at least as many",
              directory.path(), facts.generationsDone()));
    }
  }

  /**
   * Takes the space with which the run goes on, if it has grown: its chromosomes become longer
   * behind all that was proposed.
   *
   * @return what is new in it
   * @throws SettingException if it has changed in another way
   */
  private List<String> grow(SearchSpace before, SearchSettings.Builder changed) {
    if (SpaceFile.text(before).equals(SpaceFile.text(changed.space()))) {
      return List.of();
    }
    int bits = changed.currentGenomeSize();
    try {
      if (!(before instanceof StagedSpace old) || !(changed.space() instanceof StagedSpace now)) {
        throw new IllegalArgumentException(
            Text.format("choices: %s became %s", before.choices(), changed.space().choices()));
      }
      SpaceExtension extension = SpaceExtension.of(old, now, bits);
      changed.space(extension.space());
      int needed = extension.space().defaultLength();
      if (needed > bits) {
        Map<Integer, Integer> sizes = new TreeMap<>(changed.growth().sizes());
        sizes.put(nextStep(changed.build()), needed);
        changed.growth(new GenomeGrowth(sizes));
      }
      return extension.additions();
    } catch (IllegalArgumentException e) {
      throw new SettingException(
          "space",
          changed.space().name(),
          Text.format(
              "the run in %s was started with another one, and its chromosomes would mean other networks (%s); leave the option out, only append values and genes, or begin a new run",
              directory.path(), e.getMessage()));
    }
  }

  /** The first generation that has not begun, or how many networks were proposed. */
  private int nextStep(SearchSettings changed) {
    if (!changed.builtIn().growsByGenerations(changed.objectives().objectives())) {
      return Math.toIntExact(networks());
    }
    return store.proposals().stream().mapToInt(p -> p.proposal().generation()).max().orElse(0) + 1;
  }

  /**
   * Takes the lock and opens the store.
   *
   * @throws SettingException if there is no run, or a change would make another run of it
   */
  static ResumedSearch open(RunDirectory directory, UnaryOperator<SearchSettings.Builder> changes)
      throws IOException {
    Search.requireRun(directory);
    DirectoryLock lock = OutputDirectories.lock(directory);
    EvaluationStore store = null;
    try {
      SearchSpaces spaces = spaces(changes.apply(SearchSettings.builder()).space());
      store = EvaluationStore.open(directory.database(), spaces);
      ResumedSearch resumed = new ResumedSearch(directory, lock, store, changes);
      directory.removeLeftovers();
      return resumed;
    } catch (RuntimeException | IOException e) {
      if (store != null) {
        store.close();
      }
      lock.close();
      throw e;
    }
  }

  /** The built-in spaces, and that of the program's own. */
  static SearchSpaces spaces(SearchSpace own) {
    SearchSpaces builtIn = SpaceFile.builtIn();
    return builtIn.names().contains(own.name()) ? builtIn : builtIn.with(own.name(), () -> own);
  }

  private static RunFacts facts(EvaluationStore store) {
    try {
      return RunFacts.of(store.facts());
    } catch (IllegalArgumentException e) {
      throw notARun(store, e);
    }
  }

  private static StoreException notARun(EvaluationStore store, IllegalArgumentException e) {
    return new StoreException(store.file(), "is not the store of a run: " + e.getMessage());
  }

  private SearchSettings.Builder stored(Map<String, String> stored, SearchSpace space) {
    try {
      return StoredSettings.search(stored, space);
    } catch (IllegalArgumentException e) {
      throw notARun(store, e);
    }
  }

  /** A space of the program's own is given with the changes; until then any will do. */
  private SearchSpace knownSpace() {
    SearchSpaces builtIn = SpaceFile.builtIn();
    return facts.spaceDefinition().isEmpty() && !builtIn.names().contains(facts.space())
        ? new PlainSpace()
        : SpaceFile.space(facts.spaceDefinition(), facts.space(), builtIn);
  }

  private void checkIdentity() {
    checkSame("algorithm", settings.algorithmName(), facts.algorithm());
    checkSame("fitness", settings.fitness().name(), facts.fitness());
  }

  private void checkSame(String setting, String now, String then) {
    if (!now.equals(then)) {
      throw new SettingException(
          setting,
          now,
          Text.format(
              "the run in %s was started with '%s'; resume it with that", directory.path(), then));
    }
  }

  SearchSettings settings() {
    return settings;
  }

  /** How many distinct networks the run has proposed. */
  private long networks() {
    return store.proposals().stream().map(StoredProposal::phenotype).distinct().count();
  }

  /** The result, if the run is over and everything that it leaves is there. */
  Optional<SearchResult> result() throws IOException {
    boolean counted =
        facts.algorithm().equals(GeneticAlgorithm.NAME) || settings.builtIn().isAsynchronous();
    boolean over = facts.end().filter(e -> !counted || isEnd(e)).isPresent();
    // A space that was exhausted gives no more; the search finds that out again.
    over &= !settings.builtIn().isAsynchronous() || networks() == settings.builtIn().evaluations();
    over &= additions.isEmpty() || !countsNetworks() || !lackedNetworks();
    KeptModels models = SearchFiles.models(directory, settings, store);
    boolean sameTop =
        options.getOrDefault("top_k", "1").equals(facts.options().getOrDefault("top_k", "1"));
    if (!over || !sameTop || !SearchFiles.areComplete(models)) {
      return Optional.empty();
    }
    Evaluation best = models.evaluations().get(0);
    StoredRun stored = StoredRun.of(directory, store);
    return Optional.of(
        new SearchResult(
            SearchResult.Stop.FINISHED,
            Optional.empty(),
            Optional.of(
                RunSummary.read(
                    directory.bestChromosome(), best, stored.figures(), stored.found())),
            List.of(),
            directory,
            true,
            true));
  }

  /** Whether a search with generations may end before the last of them is full. */
  private boolean countsNetworks() {
    return settings.mayEndEarly()
        || (!settings.builtIn().isAsynchronous()
            && settings.objectives().objectives().areSeveral());
  }

  /** Whether it ended because there were no more networks, of which a larger space has some. */
  private boolean lackedNetworks() {
    boolean spent =
        settings.evaluations().isPresent() && networks() >= settings.evaluations().getAsInt();
    boolean complete =
        facts.generationsDone() == settings.genetic().generations()
            && isFull(facts.generationsDone() - 1);
    return !spent && !complete;
  }

  private boolean isFull(int generation) {
    return store.proposals().stream().filter(p -> p.proposal().generation() == generation).count()
        >= settings.genetic().populationSize();
  }

  /** Whether the end of the run is the one that is asked for now. */
  private boolean isEnd(RunFacts.End end) {
    if (!settings.mayEndEarly()) {
      return end.generations() == settings.genetic().generations();
    }
    Map<String, String> before = facts.options();
    return end.generations() > 0
        && Stream.of("generations", AlgorithmSettings.EVALUATIONS)
            .allMatch(name -> Objects.equals(before.get(name), options.get(name)));
  }

  /**
   * Notes that a run that was over has more to do. A generation that was cut short, by the number
   * of evaluations or for lack of networks, is not complete any more.
   */
  private void reopen(Map<String, String> changes) {
    changes.put(RunFacts.FINISHED, "0");
    int last = facts.generationsDone() - 1;
    if (countsNetworks() && !isFull(last)) {
      changes.put(RunFacts.GENERATIONS_DONE, String.valueOf(last));
    }
  }

  /**
   * With more evaluations other proposals follow the last network: after it the search only let
   * trainings go on that were not stopped early. What came of them stays known.
   */
  private void forgetEnd() {
    Map<String, String> before = facts.options();
    if (!settings.builtIn().earlyStopping()
        || Objects.equals(
            before.get(AlgorithmSettings.EVALUATIONS),
            options.get(AlgorithmSettings.EVALUATIONS))) {
      return;
    }
    long end =
        store.proposals().stream()
                .map(StoredProposal::proposal)
                .filter(proposal -> !proposal.operator().equals(Operators.CONTINUE))
                .mapToLong(Proposal::index)
                .max()
                .orElse(-1)
            + 1;
    store.truncateOutcomes(Math.toIntExact(end));
    store.truncateProposals(end);
  }

  /** Lock and store alone, for a run that is over. */
  SearchResources resources() {
    return new SearchResources(
        directory, lock, store, new ReusedStores(List.of()), Optional.empty(), retriesSlow);
  }

  /** Everything that the search needs to go on; loads LibTorch and the data. */
  SearchResources resources(SearchListener listener) throws InterruptedException {
    LibTorch.requirePrepared();
    checkVersions();
    ReusedStores reused = ReusedStores.of(settings, listener);
    SearchSession session = null;
    try {
      session = SearchResources.session(settings, listener);
      checkData(session);
      forgetEnd();
      Map<String, String> changes = new TreeMap<>();
      if (!additions.isEmpty()) {
        changes.put(SpaceFile.DEFINITION, SpaceFile.text(settings.space()));
        listener.onNotice(
            "the search space has grown, and all chromosomes mean what they meant: "
                + String.join("; ", additions));
      }
      if ((settings.builtIn().isAsynchronous() || countsNetworks()) && facts.end().isPresent()) {
        reopen(changes);
      }
      if (!options.equals(facts.options())) {
        changes.put(RunFacts.OPTIONS, RunFacts.json(options));
      }
      if (facts.validationImages().isEmpty()) {
        changes.put(RunFacts.VALIDATION_IMAGES, String.valueOf(session.validationSize()));
      }
      // A larger space without the step at which it begins would be another past.
      store.putFacts(changes);
      return new SearchResources(directory, lock, store, reused, Optional.of(session), retriesSlow);
    } catch (RuntimeException | InterruptedException e) {
      if (session != null) {
        session.close();
      }
      reused.close();
      throw e;
    }
  }

  private void checkVersions() {
    if (!facts.libtorch().equals(Versions.all().get("pytorch"))
        || facts.fitnessVersion() != EvaluationKey.FITNESS_VERSION) {
      throw new SettingException(
          "resume",
          directory.path(),
          Text.format(
              "the run was started with version %s (pytorch %s), this is %s, and its results would change; use that version, or begin a new run",
              facts.program(), facts.libtorch(), Versions.summary()));
    }
  }

  private void checkData(SearchSession session) {
    RunFacts.Digests then = facts.digests();
    RunFacts.Digests now = RunFacts.Digests.of(session.dataset());
    if (!then.equals(now) || facts.classes() != session.classes()) {
      boolean train = then.train().equals(now.train()) && facts.classes() == session.classes();
      boolean test = then.test().equals(now.test());
      String part = !train ? "training" : !test ? "test" : "validation";
      throw new SettingException(
          "resume",
          directory.path(),
          Text.format(
              "the %s images of %s differ from what the run was started with (%s); put the data back, name them with {data}, or begin a new run",
              part, session.dataset().name(), facts.data()));
    }
  }

  @Override
  public void close() {
    store.close();
    lock.close();
  }
}
