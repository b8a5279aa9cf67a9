package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.text.Text;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * A chromosome that a {@link SearchAlgorithm} wants evaluated, with its origin. Immutable.
 *
 * <p>Proposals are numbered in the order in which they are made, so that a parent always has a
 * smaller index than its child: all proposals of a search form a family tree that can be walked
 * from any of them back to the first.
 *
 * @param index counts the proposals of a search from 0 without gaps
 * @param generation the number of its generation, from 0; algorithms without generations use 0
 * @param chromosome what to evaluate; the same chromosome may be proposed many times
 * @param operator how the chromosome was made; {@link Operators} holds the names in use
 * @param parents the indices of the proposals that it was made from; empty if it was drawn at
 *     random or given
 * @param fraction the part of the training to be done, in (0, 1]; 1 is the whole
 * @param prediction what a model expected of the network when it was chosen, as a normal score of
 *     its rank: 0 is the middle, more is better; empty if no model chose it
 */
public record Proposal(
    long index,
    int generation,
    Chromosome chromosome,
    String operator,
    List<Long> parents,
    double fraction,
    OptionalDouble prediction) {
  /**
   * Checks the numbers and copies the parents.
   *
   * @throws IllegalArgumentException if a number is outside its range, the operator has no name, or
   *     a parent was not proposed before this child
   */
  public Proposal {
    Require.atLeast(0, "index of a proposal", index);
    Require.atLeast(0, "generation of a proposal", generation);
    Objects.requireNonNull(chromosome, "chromosome");
    if (operator.isBlank()) {
      throw new IllegalArgumentException(
          Text.format("proposal %d: its operator has no name", index));
    }
    if (!(fraction > 0 && fraction <= 1)) {
      throw new IllegalArgumentException(
          Text.format("proposal %d: fraction %s is not in (0, 1]", index, fraction));
    }
    if (!Double.isFinite(prediction.orElse(0))) {
      throw new IllegalArgumentException(
          Text.format("proposal %d: its prediction is not finite", index));
    }
    parents = List.copyOf(parents);
    for (long parent : parents) {
      if (parent < 0 || parent >= index) {
        throw new IllegalArgumentException(
            Text.format("proposal %d: parent %d is not in [0, %d)", index, parent, index));
      }
    }
  }

  /** A proposal to train a network as a whole, which no model chose. */
  public Proposal(
      long index, int generation, Chromosome chromosome, String operator, List<Long> parents) {
    this(index, generation, chromosome, operator, parents, 1, OptionalDouble.empty());
  }
}
