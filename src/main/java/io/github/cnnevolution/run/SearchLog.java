package io.github.cnnevolution.run;

import io.github.cnnevolution.search.Outcome;
import io.github.cnnevolution.search.Proposal;
import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes what a search proposes and what it is told into its store, and compares both with what
 * earlier processes of the run have stored.
 *
 * <p>A search that goes on repeats its history: the algorithm proposes what it proposed before and
 * is told what it was told before. One thing may change the history: a failure that was due to
 * circumstances, such as lack of memory, is tried again. From there on the stored history is
 * replaced. Rows are written in groups; what a crash takes with it follows from the evaluations.
 * Not thread-safe.
 */
public final class SearchLog {
  private final EvaluationStore store;
  private final List<StoredProposal> storedProposals;
  private final List<Outcome> storedOutcomes;
  private final List<StoredProposal> newProposals = new ArrayList<>();
  private final List<Outcome> newOutcomes = new ArrayList<>();

  /** Outcomes that were told before those of earlier proposals, by proposal. */
  private final Map<Long, Outcome> early = new HashMap<>();

  private long proposed;
  private int told;

  /** Whether an outcome was told that is not stored. */
  private boolean mayDiffer;

  /** Begins before the first proposal of the run in this store, which the caller keeps open. */
  public SearchLog(EvaluationStore store) {
    this.store = store;
    this.storedProposals = new ArrayList<>(store.proposals());
    this.storedOutcomes = new ArrayList<>(store.outcomes());
  }

  /**
   * Notes a proposal.
   *
   * @param phenotype of its network
   * @throws StoreException if the run has another proposal in this place
   */
  public void propose(Proposal proposal, String phenotype) {
    StoredProposal next = new StoredProposal(proposal, phenotype);
    if (proposed < storedProposals.size()) {
      StoredProposal before = storedProposals.get((int) proposed);
      if (!before.equals(next)) {
        if (!mayDiffer) {
          throw new StoreException(
              store.file(),
              Text.format(
                  "candidate %d of the run is %s (%s), but its algorithm now proposes %s (%s); resume it with the algorithm and the version that began it",
                  proposed,
                  before.proposal().chromosome(),
                  before.proposal().operator(),
                  proposal.chromosome(),
                  proposal.operator()));
        }
        // Outcomes of what was proposed from here on; those of others may still be on their way.
        truncateOutcomes((int) proposed);
        store.truncateProposals(proposed);
        storedProposals.subList((int) proposed, storedProposals.size()).clear();
        newProposals.add(next);
      }
    } else {
      newProposals.add(next);
    }
    proposed++;
  }

  /**
   * Notes what the algorithm was told, in any order. Rows have the order of the proposals, so that
   * the store does not depend on which result came first; one that is early waits.
   */
  public void tell(Outcome outcome) {
    long place = outcome.proposal();
    mayDiffer |= place >= storedOutcomes.size() || !storedOutcomes.get((int) place).equals(outcome);
    early.put(place, outcome);
    for (Outcome next = early.remove((long) told); next != null; next = early.remove((long) told)) {
      append(next);
    }
  }

  private void append(Outcome outcome) {
    if (told < storedOutcomes.size() && !storedOutcomes.get(told).equals(outcome)) {
      truncateOutcomes(told);
    }
    if (told >= storedOutcomes.size()) {
      newOutcomes.add(outcome);
      // Proposals that are stored may follow from another outcome: one that was replaced by this
      // process, or by one that was stopped before it came to propose again.
      mayDiffer = true;
    }
    told++;
  }

  private void truncateOutcomes(int from) {
    if (from < storedOutcomes.size()) {
      store.truncateOutcomes(from);
      storedOutcomes.subList(from, storedOutcomes.size()).clear();
    }
  }

  /**
   * Writes what has been noted since the last time.
   *
   * @throws java.io.UncheckedIOException if it cannot be stored
   */
  public void flush() {
    if (!newProposals.isEmpty()) {
      store.appendProposals(newProposals);
      newProposals.clear();
    }
    if (!newOutcomes.isEmpty()) {
      store.appendOutcomes(newOutcomes);
      newOutcomes.clear();
    }
  }
}
