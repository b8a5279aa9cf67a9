package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import java.util.List;

/**
 * Hears of a run's progress, on the thread that runs {@link Evolution#evolve()}.
 *
 * <p>Exceptions that a listener throws end the run. A generation that is interrupted starts and
 * never ends.
 */
public interface EvolutionListener {
  /**
   * A population is about to be evaluated.
   *
   * @param generation the index of the generation, 0 for the random first one
   * @param population its chromosomes, unmodifiable
   */
  default void onGenerationStart(int generation, List<Chromosome> population) {}

  /** A population has been evaluated; the next is bred after this returns. */
  default void onGenerationEnd(Generation generation) {}
}
