package io.github.cnnevolution.run;

import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.search.Operators;
import io.github.cnnevolution.search.Outcome;
import io.github.cnnevolution.search.Proposal;
import io.github.cnnevolution.text.Text;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What became of networks that were evaluated after a part of their training. A network that went
 * on has a second row, and counts once: by that one. The view {@value #VIEW} of the store has the
 * rows that count.
 *
 * @param whole networks with a result of the whole training, failures included
 * @param stopped networks of which the search has decided that they do not go on
 */
public record PartTrainings(Set<String> whole, Set<String> stopped) {
  /** The name of the view. */
  public static final String VIEW = "result";

  /** What makes the view; see {@link Lineage#SQL}. */
  static final String SQL =
      "CREATE VIEW "
          + VIEW
          + " AS SELECT evaluation.*, failure IS NULL AND trained_fraction < 1 AND phenotype IN"
          + " (SELECT phenotype FROM proposal JOIN outcome ON outcome.proposal = proposal.id"
          + " WHERE proposal.fraction < 1 AND outcome.trained_fraction > 0 AND proposal.id NOT IN"
          + " (SELECT json_extract(parents, '$[0]') FROM proposal WHERE operator = 'continue'))"
          + " AS stopped FROM evaluation WHERE failure IS NOT NULL OR trained_fraction = 1"
          + " OR phenotype NOT IN (SELECT phenotype FROM evaluation WHERE fraction = 1)";

  /** Copies the sets. */
  public PartTrainings {
    whole = Set.copyOf(whole);
    stopped = Set.copyOf(stopped);
  }

  /** Finds what became of the networks of a run. */
  static PartTrainings of(StoredRun run) {
    Set<String> whole = new HashSet<>();
    for (StoredEvaluation stored : run.evaluations()) {
      if (!stored.evaluation().job().isPart()) {
        whole.add(phenotype(stored));
      }
    }
    return new PartTrainings(whole, stopped(run.proposals(), run.outcomes()));
  }

  /** A result of a part is told when it is decided, and whoever goes on is proposed before that. */
  private static Set<String> stopped(List<StoredProposal> proposals, List<Outcome> outcomes) {
    Set<Long> continued = new HashSet<>();
    for (StoredProposal stored : proposals) {
      if (stored.proposal().operator().equals(Operators.CONTINUE)) {
        continued.addAll(stored.proposal().parents());
      }
    }
    Set<String> stopped = new HashSet<>();
    for (Outcome outcome : outcomes) {
      StoredProposal told = proposals.get((int) outcome.proposal());
      Proposal proposal = told.proposal();
      if (proposal.fraction() < 1 && !outcome.failed() && !continued.contains(proposal.index())) {
        stopped.add(told.phenotype());
      }
    }
    return stopped;
  }

  private static String phenotype(StoredEvaluation stored) {
    return stored.evaluation().job().architecture().phenotype();
  }

  /** Whether a row counts: unless it shows a part of a training that has another row as a whole. */
  public boolean counts(StoredEvaluation stored) {
    return !stored.evaluation().isPart() || !whole.contains(phenotype(stored));
  }

  /** Whether a row is that of a network which was stopped. */
  public boolean isStopped(StoredEvaluation stored) {
    return stored.evaluation().isPart() && stopped.contains(phenotype(stored));
  }

  /** What is to be said of a row that shows a part of a training; empty for others. */
  public Optional<String> remark(StoredEvaluation stored) {
    Evaluation evaluation = stored.evaluation();
    if (!evaluation.isPart()) {
      return Optional.empty();
    }
    String part = Text.format("%d of %s", epochs(stored), Text.count(stored.epochs(), "epoch"));
    return Optional.of(
        isStopped(stored)
            ? "stopped at " + part
            : counts(stored) ? part + " so far" : part + ", then went on");
  }

  /** After how many epochs a row was evaluated. */
  public static long epochs(StoredEvaluation stored) {
    return Math.round(stored.evaluation().trainedFraction() * stored.epochs());
  }
}
