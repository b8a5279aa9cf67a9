package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.text.Text;
import java.util.List;
import java.util.Objects;

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
 */
public record Proposal(
    long index, int generation, Chromosome chromosome, String operator, List<Long> parents) {
  /**
   * Checks the numbers and copies the parents.
   *
   * @throws IllegalArgumentException if a number is negative, the operator has no name, or a parent
   *     was not proposed before this child
   */
  public Proposal {
    Require.atLeast(0, "index of a proposal", index);
    Require.atLeast(0, "generation of a proposal", generation);
    Objects.requireNonNull(chromosome, "chromosome");
    if (operator.isBlank()) {
      throw new IllegalArgumentException(
          Text.format("proposal %d: its operator has no name", index));
    }
    parents = List.copyOf(parents);
    for (long parent : parents) {
      if (parent < 0 || parent >= index) {
        throw new IllegalArgumentException(
            Text.format("proposal %d: parent %d is not in [0, %d)", index, parent, index));
      }
    }
  }
}
