package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import java.util.List;

/**
 * A member of a population before it is evaluated.
 *
 * @param chromosome its genes
 * @param operator how it was made, one of {@link Operators}
 * @param parents their positions in the generation before
 */
record Offspring(Chromosome chromosome, String operator, List<Integer> parents) {
  /** Copies the parents. */
  Offspring {
    parents = List.copyOf(parents);
  }
}
