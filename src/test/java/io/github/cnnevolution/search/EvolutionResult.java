package io.github.cnnevolution.search;

import java.util.List;
import java.util.Optional;

/** What a genetic algorithm found. */
record EvolutionResult(List<Generation> generations) {
  EvolutionResult {
    generations = List.copyOf(generations);
  }

  /** The fittest individual of all generations, the first found of equals. */
  Optional<Individual> best() {
    return generations.stream()
        .map(Generation::best)
        .reduce((best, later) -> later.fitterThan(best) ? later : best);
  }
}
