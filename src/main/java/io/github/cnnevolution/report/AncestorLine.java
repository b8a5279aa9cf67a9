package io.github.cnnevolution.report;

import com.github.freva.asciitable.Column;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.run.Lineage;
import io.github.cnnevolution.run.StoredEvaluation;
import io.github.cnnevolution.run.StoredRun;
import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The line of ancestors of a network: the network, the fitter of its parents, the fitter of that
 * one's parents, and so on to one that was drawn or given.
 *
 * @param steps the network first
 */
record AncestorLine(List<Step> steps) {
  /**
   * A network of the line.
   *
   * @param fitness of its latest evaluation; empty if it has none
   * @param operator that made it
   * @param parents all of its parents
   */
  record Step(
      String network,
      Optional<Double> fitness,
      int generation,
      String operator,
      List<String> parents) {
    /** Copies the parents. */
    Step {
      parents = List.copyOf(parents);
    }
  }

  /** Copies the steps. */
  AncestorLine {
    steps = List.copyOf(steps);
  }

  /** Returns the line of the best network of a run; empty if there is none. */
  static AncestorLine ofBest(StoredRun run) {
    return run.best()
        .map(best -> of(run, best.job().architecture().phenotype()))
        .orElse(new AncestorLine(List.of()));
  }

  /** Returns the line of a network; empty if no candidate of the run expresses it. */
  static AncestorLine of(StoredRun run, String network) {
    Map<String, Double> fitness = new HashMap<>();
    for (StoredEvaluation stored : run.evaluations()) {
      Evaluation evaluation = stored.evaluation();
      fitness.put(evaluation.job().architecture().phenotype(), evaluation.fitness());
    }
    Lineage lineage = new Lineage(run.proposals());
    List<Step> steps = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    Optional<String> next = Optional.of(network);
    while (next.filter(seen::add).isPresent()) {
      String name = next.get();
      Optional<Lineage.Origin> origin = lineage.of(name);
      origin.ifPresent(
          from ->
              steps.add(
                  new Step(
                      name,
                      Optional.ofNullable(fitness.get(name)),
                      from.generation(),
                      from.operator(),
                      from.parents())));
      next =
          origin.stream()
              .flatMap(from -> from.parents().stream())
              .filter(fitness::containsKey)
              .max(Comparator.comparingDouble(fitness::get));
    }
    return new AncestorLine(steps);
  }

  /** Returns a table for people. */
  String text() {
    List<Column> columns =
        List.of(
            Tables.text("line of the best"),
            Tables.number("fitness"),
            Tables.text("operator"),
            Tables.text("parents"));
    List<Object[]> rows = new ArrayList<>();
    for (Step step : steps) {
      rows.add(
          new Object[] {
            step.network(),
            step.fitness().map(value -> Text.format("%.4f", value)).orElse(""),
            step.operator(),
            EvaluationRows.joined(step.parents())
          });
    }
    return Tables.of(columns, rows);
  }

  /** Returns the steps as JSON has them. */
  List<Map<String, Object>> objects() {
    List<Map<String, Object>> objects = new ArrayList<>();
    for (Step step : steps) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("network", step.network());
      object.put("fitness", step.fitness().orElse(null));
      object.put("generation", step.generation());
      object.put("operator", step.operator());
      object.put("parents", step.parents());
      objects.add(object);
    }
    return objects;
  }
}
