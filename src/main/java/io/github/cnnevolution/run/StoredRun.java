package io.github.cnnevolution.run;

import io.github.cnnevolution.data.DatasetLocator;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.FailureKind;
import io.github.cnnevolution.files.DirectoryLock;
import io.github.cnnevolution.search.Outcome;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The stored state of a run, in progress or ended.
 *
 * @param directory of the run
 * @param facts from its store
 * @param evaluations in the order in which they were stored
 * @param proposals of its search, by index
 * @param outcomes of its search, in the order in which they were told
 * @param confusion which classes the best network confuses, once the run has measured it
 */
public record StoredRun(
    RunDirectory directory,
    RunFacts facts,
    List<StoredEvaluation> evaluations,
    List<StoredProposal> proposals,
    List<Outcome> outcomes,
    Optional<TestConfusion> confusion) {
  /** Copies the lists. */
  public StoredRun {
    evaluations = List.copyOf(evaluations);
    proposals = List.copyOf(proposals);
    outcomes = List.copyOf(outcomes);
  }

  /** A run without measured confusion. */
  public StoredRun(
      RunDirectory directory,
      RunFacts facts,
      List<StoredEvaluation> evaluations,
      List<StoredProposal> proposals,
      List<Outcome> outcomes) {
    this(directory, facts, evaluations, proposals, outcomes, Optional.empty());
  }

  /**
   * Reads a run.
   *
   * @throws StoreException if its store cannot be read
   */
  public static StoredRun of(RunDirectory directory) {
    try (EvaluationStore store = EvaluationStore.openToRead(directory.database())) {
      return of(directory, store);
    }
  }

  /**
   * Reads a run whose store is open already.
   *
   * @throws StoreException if it cannot be read
   */
  public static StoredRun of(RunDirectory directory, EvaluationStore store) {
    return new StoredRunReader(directory, store).read();
  }

  /**
   * Counts the evaluations of a run without reading them.
   *
   * @throws StoreException if its store cannot be read
   */
  public static long size(RunDirectory directory) {
    try (EvaluationStore store = EvaluationStore.openToRead(directory.database())) {
      return store.size();
    }
  }

  /**
   * Whether a process had begun to train candidates of the run, and has not ended cleanly.
   *
   * @param pid of the process
   * @throws StoreException if its store cannot be read
   */
  public static boolean isTrainedBy(RunDirectory directory, long pid) {
    try (EvaluationStore store = EvaluationStore.openToRead(directory.database())) {
      return store.isTrainedBy(pid);
    }
  }

  /**
   * Notes which signal ended a process that trained candidates of the run.
   *
   * @param pid of the process
   * @throws StoreException if its store cannot be used
   */
  public static void noteSignal(RunDirectory directory, long pid, String signal) {
    EvaluationStore.noteSignal(directory.database(), pid, signal);
  }

  /**
   * Whether the run is over, goes on, was stopped, or died with its process. Not for the process
   * that holds the lock: Linux takes it away from a process that closes the file anywhere.
   */
  public RunState state() {
    boolean over =
        facts
            .end()
            .filter(
                e ->
                    options().mayEndEarly()
                        ? e.generations() > 0
                        : String.valueOf(e.generations()).equals(asked()))
            .isPresent();
    if (over) {
      return RunState.FINISHED;
    }
    return RunState.valueOf(DirectoryLock.state(directory.lock()).name());
  }

  /**
   * Returns the proposals of each complete generation, those in which every proposal has an
   * outcome, by its index. An algorithm that adds to a generation can make it incomplete again.
   */
  public Map<Integer, List<StoredProposal>> completeGenerations() {
    Set<Long> told = new HashSet<>();
    outcomes.forEach(outcome -> told.add(outcome.proposal()));
    Map<Integer, List<StoredProposal>> generations = new TreeMap<>();
    for (StoredProposal stored : proposals) {
      generations
          .computeIfAbsent(stored.proposal().generation(), index -> new ArrayList<>())
          .add(stored);
    }
    generations
        .values()
        .removeIf(members -> members.stream().anyMatch(m -> !told.contains(m.proposal().index())));
    return generations;
  }

  /** Returns what became of the networks that were evaluated after a part of their training. */
  public PartTrainings parts() {
    return PartTrainings.of(this);
  }

  /** Returns the figures of the run. */
  public RunFigures figures() {
    return RunFigures.of(this);
  }

  /** Returns the number of generations that was asked for, or {@code ?}. */
  public String asked() {
    return options().generations();
  }

  /** Returns the options of the run. */
  public RunOptions options() {
    return new RunOptions(facts.options());
  }

  /** Returns how many distinct networks of its search the run has evaluated. */
  public int networksDone() {
    return figures().networksDone();
  }

  /** The best evaluation of a whole training, if any has not failed. */
  public Optional<Evaluation> best() {
    Optional<Front> front = front();
    if (front.isPresent()) {
      return front.filter(one -> !one.members().isEmpty()).map(Front::preferred);
    }
    return evaluations.stream()
        .map(StoredEvaluation::evaluation)
        .filter(evaluation -> !evaluation.isFailed() && !evaluation.isPart())
        .min(Evaluation.BEST_FIRST);
  }

  /** The front of a run with several objectives. */
  public Optional<Front> front() {
    return FrontGoals.of(facts.options())
        .map(
            goals ->
                Front.of(goals, evaluations.stream().map(StoredEvaluation::evaluation).toList()));
  }

  /** What the run has found beside its best network. */
  public RunFront found() {
    return new RunFront(
        front(),
        (int)
            evaluations.stream()
                .filter(e -> e.evaluation().failure().equals(Optional.of(FailureKind.LATENCY)))
                .count());
  }

  /** Returns which classes the best network confuses; empty unless it is the one measured. */
  public Optional<TestConfusion> bestConfusion() {
    Optional<String> bits = best().map(evaluation -> evaluation.job().chromosome().bits());
    return confusion.filter(c -> bits.equals(Optional.of(c.chromosome())));
  }

  /** Returns the value of {@code --data} for the run's data, if known. */
  public Optional<String> dataOption() {
    Optional<String> given = Optional.ofNullable(facts.options().get("data"));
    return given.isEmpty() && facts.data().startsWith(DatasetLocator.SYNTHETIC)
        ? Optional.of(DatasetLocator.SYNTHETIC)
        : given;
  }
}
