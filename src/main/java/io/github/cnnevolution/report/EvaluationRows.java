package io.github.cnnevolution.report;

import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.WilsonInterval;
import io.github.cnnevolution.run.FrontGoals;
import io.github.cnnevolution.run.Lineage;
import io.github.cnnevolution.run.RunFacts;
import io.github.cnnevolution.run.RunSummary;
import io.github.cnnevolution.run.StoredEvaluation;
import io.github.cnnevolution.run.StoredProposal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** The evaluations of a run as rows for programs: the columns of the store, and what follows. */
final class EvaluationRows {
  private static final List<String> FURTHER =
      List.of(
          "id", "generation", "operator", "parents", "fitness_low", "fitness_high", "prediction");

  private static final List<String> LATENCIES = List.of(Evaluation.LATENCY, Evaluation.LATENCY_64);

  private final RunFacts facts;
  private final Lineage lineage;

  EvaluationRows(RunFacts facts, List<StoredProposal> proposals) {
    this.facts = facts;
    this.lineage = new Lineage(proposals);
  }

  /** Returns the names of the columns; latencies of a run that measures them, in seconds. */
  static List<String> names(RunFacts facts) {
    List<String> names = new ArrayList<>(StoredEvaluation.names());
    names.addAll(FURTHER);
    if (FrontGoals.measureLatency(facts.options())) {
      names.addAll(LATENCIES);
    }
    return names;
  }

  /** Returns the origin of a network, if a candidate of the run expresses it. */
  Optional<Lineage.Origin> origin(StoredEvaluation stored) {
    return lineage.of(stored.evaluation().job().architecture().phenotype());
  }

  /** Returns the interval of a fitness, if it is an accuracy. */
  Optional<WilsonInterval> interval(StoredEvaluation stored) {
    return facts.interval(stored.evaluation().fitness());
  }

  /**
   * Returns a row by the names of the columns.
   *
   * @param id of the row in the store: the place of the evaluation, from 1
   */
  Map<String, Object> row(long id, StoredEvaluation stored) {
    Map<String, Object> row = new LinkedHashMap<>(stored.row());
    Optional<Lineage.Origin> origin = origin(stored);
    Optional<WilsonInterval> interval = interval(stored);
    row.put("id", id);
    row.put("generation", origin.map(Lineage.Origin::generation).orElse(null));
    row.put("operator", origin.map(Lineage.Origin::operator).orElse(null));
    row.put(
        "parents",
        origin
            .map(Lineage.Origin::parents)
            .filter(p -> !p.isEmpty())
            .map(EvaluationRows::joined)
            .orElse(null));
    RunSummary.putInterval(row, "fitness", interval);
    OptionalDouble prediction =
        origin.map(Lineage.Origin::prediction).orElse(OptionalDouble.empty());
    row.put("prediction", prediction.isPresent() ? prediction.getAsDouble() : null);
    if (FrontGoals.measureLatency(facts.options())) {
      LATENCIES.forEach(name -> row.put(name, stored.evaluation().objectives().get(name)));
    }
    return row;
  }

  /** Returns the networks in one text, as the view of the store does. */
  static String joined(List<String> parents) {
    return String.join(" ", parents);
  }
}
