package io.github.cnnevolution.search;

import java.util.List;
import java.util.Optional;

/**
 * What a run found. Immutable.
 *
 * @param generations the completed generations, in order; a prefix of the run if interrupted
 * @param interrupted whether the run ended before the number of generations asked for
 */
public record EvolutionResult(List<Generation> generations, boolean interrupted) {
  /** Copies the generations. */
  public EvolutionResult {
    generations = List.copyOf(generations);
  }

  /**
   * The fittest individual of all generations, the first found of equals. Empty if no generation
   * was completed; {@link Individual#failed()} if nothing could be trained.
   */
  public Optional<Individual> best() {
    return generations.stream()
        .map(Generation::best)
        .reduce((best, later) -> later.fitterThan(best) ? later : best);
  }
}
