package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import java.util.List;

/**
 * What an asynchronous algorithm wants evaluated next.
 *
 * @param chromosome its genes
 * @param operator how it was made, one of {@link Operators}
 * @param parents the indices of the proposals that it was made from
 */
record Child(Chromosome chromosome, String operator, List<Long> parents) {
  /** Copies the parents. */
  Child {
    parents = List.copyOf(parents);
  }

  static Child random(Chromosome chromosome) {
    return new Child(chromosome, Operators.RANDOM, List.of());
  }
}
