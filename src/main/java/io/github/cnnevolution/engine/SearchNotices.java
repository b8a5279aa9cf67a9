package io.github.cnnevolution.engine;

import io.github.cnnevolution.search.GeneticParameters;
import io.github.cnnevolution.text.Text;
import java.util.Optional;

/** What a person should know about settings that are allowed and hardly meant. */
final class SearchNotices {
  private SearchNotices() {}

  /** Returns why the later generations of a search would be in vain, if they would. */
  static Optional<String> of(SearchSettings settings) {
    GeneticParameters genetic = settings.genetic();
    boolean several = settings.objectives().objectives().areSeveral();
    if (settings.algorithm().isPresent() || several || genetic.generations() == 1) {
      return Optional.empty();
    }
    if (genetic.elitism() >= genetic.populationSize()) {
      return Optional.of(
          Text.format(
              "warning: elitism %d with pop_size %d: a whole generation survives unchanged, so the later ones find nothing new; give a smaller elitism or a larger pop_size",
              genetic.elitism(), genetic.populationSize()));
    }
    if (genetic.populationSize() == 1) {
      return Optional.of(
          "warning: pop_size 1: there is nothing to select from, so the search is a random walk; give a larger pop_size");
    }
    return genetic.mutationRate() == 0 && genetic.crossoverRate() == 0
        ? Optional.of(
            "warning: mutation_rate 0 with crossover_rate 0: children are copies of their parents, so the later generations find nothing new; raise one of them")
        : Optional.empty();
  }
}
