package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What an asynchronous algorithm wants evaluated next.
 *
 * @param chromosome its genes
 * @param operator how it was made, one of {@link Operators}
 * @param parents the indices of the proposals that it was made from
 * @param prediction what a model expects of it, as a normal score; empty if no model chose it
 */
record Child(
    Chromosome chromosome, String operator, List<Long> parents, OptionalDouble prediction) {
  /** Copies the parents. */
  Child {
    parents = List.copyOf(parents);
  }

  /** A child that no model chose. */
  Child(Chromosome chromosome, String operator, List<Long> parents) {
    this(chromosome, operator, parents, OptionalDouble.empty());
  }

  /** The same one, chosen by a model. */
  Child chosen(double expectation) {
    return new Child(chromosome, operator, parents, OptionalDouble.of(expectation));
  }

  static Child random(Chromosome chromosome) {
    return new Child(chromosome, Operators.RANDOM, List.of());
  }
}
