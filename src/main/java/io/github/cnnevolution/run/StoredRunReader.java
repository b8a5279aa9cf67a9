package io.github.cnnevolution.run;

import io.github.cnnevolution.search.Outcome;
import io.github.cnnevolution.space.SearchSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads a run again and again while this process adds to its store: each row once. Not safe to
 * share between threads.
 */
public final class StoredRunReader {
  private final RunDirectory directory;
  private final EvaluationStore store;
  private final List<StoredEvaluation> evaluations = new ArrayList<>();
  private final List<StoredProposal> proposals = new ArrayList<>();
  private final List<Outcome> outcomes = new ArrayList<>();
  private long lastEvaluation;
  private int rewrites;
  private OptionalInt validationImages = OptionalInt.empty();

  /**
   * A reader that has read nothing.
   *
   * @param store of the run, open as long as this is used
   */
  public StoredRunReader(RunDirectory directory, EvaluationStore store) {
    this.directory = directory;
    this.store = store;
  }

  /** The search space of the run, if the store knows it. */
  public Optional<SearchSpace> space() {
    return store.space();
  }

  /**
   * Returns the run as it is now.
   *
   * @throws StoreException if the store cannot be read, or is not that of a run
   */
  public StoredRun read() {
    int now = store.rewrites();
    if (now != rewrites) {
      rewrites = now;
      proposals.clear();
      outcomes.clear();
    }
    // Outcomes first: their proposals were stored before them.
    store.forEachOutcomeFrom(outcomes.size(), outcomes::add);
    store.forEachProposalFrom(proposals.size(), proposals::add);
    lastEvaluation = store.forEachAfter(lastEvaluation, evaluations::add);
    try {
      return new StoredRun(
          directory, facts(), evaluations, proposals, outcomes, TestConfusion.of(store.facts()));
    } catch (IllegalArgumentException e) {
      throw new StoreException(
          directory.database(), "is not the store of a run: " + e.getMessage());
    }
  }

  /** A store of version 0.1.0 does not count the validation images; another file of the run may. */
  private RunFacts facts() {
    RunFacts facts = RunFacts.of(store.facts());
    if (facts.validationImages().isPresent()) {
      return facts;
    }
    if (validationImages.isEmpty()) {
      validationImages = RunSummary.validationImages(directory.bestChromosome());
    }
    return facts.withValidationImages(validationImages);
  }
}
