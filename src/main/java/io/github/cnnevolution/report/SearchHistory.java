package io.github.cnnevolution.report;

import io.github.cnnevolution.run.StoredProposal;
import io.github.cnnevolution.run.StoredRun;
import io.github.cnnevolution.search.Generation;
import io.github.cnnevolution.search.Individual;
import io.github.cnnevolution.search.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The generations of a run, from its stored proposals and outcomes; works for any algorithm. */
final class SearchHistory {
  private SearchHistory() {}

  /** Returns the statistics of the complete generations. */
  static List<GenerationFigures> of(StoredRun run) {
    Map<Long, Double> fitness = new HashMap<>();
    for (Outcome outcome : run.outcomes()) {
      if (outcome.failed() || outcome.trainedFraction() == 1) {
        fitness.put(outcome.proposal(), outcome.fitness());
      }
    }
    List<GenerationFigures> figures = new ArrayList<>();
    run.completeGenerations()
        .forEach((index, members) -> figures.add(figures(index, members, fitness)));
    return figures;
  }

  private static GenerationFigures figures(
      int index, List<StoredProposal> members, Map<Long, Double> fitness) {
    List<Individual> individuals = new ArrayList<>();
    for (StoredProposal member : members) {
      // Those that were stopped early have no fitness.
      Double known = fitness.get(member.proposal().index());
      if (known != null) {
        individuals.add(new Individual(member.proposal().chromosome(), known));
      }
    }
    long networks = members.stream().map(StoredProposal::phenotype).distinct().count();
    return GenerationFigures.of(new Generation(index, individuals), (int) networks);
  }
}
