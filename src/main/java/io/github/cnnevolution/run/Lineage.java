package io.github.cnnevolution.run;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Where the networks of a run come from: for each, the first candidate that expressed it. The view
 * {@value #VIEW} of the store says the same in SQL.
 */
public final class Lineage {
  /** The name of the view. */
  public static final String VIEW = "lineage";

  /**
   * What makes the view. A reader of an older store does without it; the next process that writes
   * the store adds it.
   */
  static final String SQL =
      "CREATE VIEW "
          + VIEW
          + " AS SELECT evaluation.id AS evaluation, proposal.generation + 1 AS generation,"
          + " proposal.operator, (SELECT group_concat(phenotype, ' ') FROM (SELECT parent.phenotype"
          + " FROM json_each(proposal.parents) JOIN proposal AS parent ON parent.id = value"
          + " ORDER BY key)) AS parents, evaluation.phenotype, evaluation.chromosome,"
          + " evaluation.fitness, evaluation.failure, evaluation.trained_fraction"
          + " FROM result AS evaluation LEFT JOIN (SELECT phenotype,"
          + " min(id) AS id FROM proposal GROUP BY phenotype) AS first"
          + " ON first.phenotype = evaluation.phenotype"
          + " LEFT JOIN proposal ON proposal.id = first.id";

  /**
   * Where a network comes from.
   *
   * @param generation of its first candidate, counted from 1
   * @param operator that made the candidate
   * @param parents networks of the candidate's parents; empty for a random or given chromosome
   * @param proposal index of the candidate among the proposals of the search
   * @param prediction what a model expected of it, as a normal score; empty if no model chose it
   */
  public record Origin(
      int generation,
      String operator,
      List<String> parents,
      long proposal,
      OptionalDouble prediction) {
    /** Copies the list. */
    public Origin {
      parents = List.copyOf(parents);
    }
  }

  private final Map<String, Origin> origins = new HashMap<>();

  /**
   * Finds the origins.
   *
   * @param proposals of the run, by index
   */
  public Lineage(List<StoredProposal> proposals) {
    for (StoredProposal stored : proposals) {
      List<String> parents =
          stored.proposal().parents().stream()
              .map(index -> proposals.get(index.intValue()).phenotype())
              .toList();
      origins.putIfAbsent(
          stored.phenotype(),
          new Origin(
              stored.proposal().generation() + 1,
              stored.proposal().operator(),
              parents,
              stored.proposal().index(),
              stored.proposal().prediction()));
    }
  }

  /**
   * Returns the origin of a network; empty if no candidate of the run expresses it: a failure that
   * was retried on {@code --resume} has changed what the search proposed after it.
   */
  public Optional<Origin> of(String phenotype) {
    return Optional.ofNullable(origins.get(phenotype));
  }
}
