package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A member of a population before it is evaluated.
 *
 * @param chromosome its genes
 * @param operator how it was made, one of {@link Operators}
 * @param parents their positions in the generation before
 * @param prediction what a model expects of it, as a normal score; empty if no model chose it
 */
record Offspring(
    Chromosome chromosome, String operator, List<Integer> parents, OptionalDouble prediction) {
  /** Copies the parents. */
  Offspring {
    parents = List.copyOf(parents);
  }

  /** One that no model chose. */
  Offspring(Chromosome chromosome, String operator, List<Integer> parents) {
    this(chromosome, operator, parents, OptionalDouble.empty());
  }
}
