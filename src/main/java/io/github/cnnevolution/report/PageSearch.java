package io.github.cnnevolution.report;

import io.github.cnnevolution.run.Lineage;
import io.github.cnnevolution.run.RunFigures;
import io.github.cnnevolution.run.StoredRun;
import io.github.cnnevolution.space.Architecture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/** How the search of a run proceeds, for its page: budget, lineage, predictions. */
final class PageSearch {
  private PageSearch() {}

  /**
   * Returns an object with: whether there are generations, networks that are done, the budget of
   * evaluations (null without), operators, origins (of each network, null if unknown: index of the
   * proposal, operator, networks of the parents), predictions (index of the evaluation, prediction;
   * null without a surrogate) and their rank correlation (null if unknown).
   *
   * @param figures of the run
   * @param networks of the page, to which indices refer
   */
  static Map<String, Object> of(StoredRun run, RunFigures figures, List<Architecture> networks) {
    Map<String, Object> object = new LinkedHashMap<>();
    OptionalInt budget = run.options().evaluations();
    object.put("hasGenerations", !run.options().hasNoGenerations());
    object.put("networks", figures.networksDone());
    object.put("budget", budget.isPresent() ? budget.getAsInt() : null);
    Lineage lineage = new Lineage(run.proposals());
    Map<String, Integer> places = new HashMap<>();
    networks.forEach(network -> places.put(network.phenotype(), places.size()));
    List<String> operators = new ArrayList<>();
    List<Object> origins = new ArrayList<>();
    for (Architecture network : networks) {
      Optional<Lineage.Origin> origin = lineage.of(network.phenotype());
      if (origin.isPresent() && !operators.contains(origin.get().operator())) {
        operators.add(origin.get().operator());
      }
      origins.add(
          origin
              .map(
                  from ->
                      Arrays.asList(
                          from.proposal(),
                          operators.indexOf(from.operator()),
                          from.parents().stream()
                              .map(places::get)
                              .filter(Objects::nonNull)
                              .toList()))
              .orElse(null));
    }
    object.put("operators", operators);
    object.put("origins", origins);
    Predictions predictions = Predictions.of(run);
    object.put(
        "predictions",
        Predictions.areMade(run)
            ? predictions.points().stream()
                .map(point -> List.of(point.evaluation(), PageJson.rounded(point.prediction(), 4)))
                .toList()
            : null);
    object.put(
        "correlation",
        predictions.rankCorrelation().map(value -> PageJson.rounded(value, 4)).orElse(null));
    return object;
  }
}
