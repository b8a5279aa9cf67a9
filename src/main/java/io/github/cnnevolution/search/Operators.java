package io.github.cnnevolution.search;

/**
 * The names of the ways in which a chromosome is made, as {@link Proposal#operator} has them. An
 * algorithm may use others of its own.
 */
public final class Operators {
  /** Every bit drawn at random; no parent. */
  public static final String RANDOM = "random";

  /** Given by the user; no parent. */
  public static final String GIVEN = "given";

  /** One of the best of the generation before, unchanged; one parent. */
  public static final String ELITE = "elite";

  /** A selected parent that neither crossover nor mutation changed; one parent. */
  public static final String COPY = "copy";

  /** Two parents recombined, no bit mutated. */
  public static final String CROSSOVER = "crossover";

  /** One parent with at least one bit mutated. */
  public static final String MUTATION = "mutation";

  /** Two parents recombined, then at least one bit mutated. */
  public static final String CROSSOVER_AND_MUTATION = "crossover+mutation";

  /**
   * The rest of a training that was evaluated after a part; its parent is the proposal of the part.
   */
  public static final String CONTINUE = "continue";

  private Operators() {}

  /**
   * Returns the name for a child.
   *
   * @param recombined whether it has parts of two parents
   * @param mutated whether at least one of its bits was inverted
   */
  static String of(boolean recombined, boolean mutated) {
    if (recombined) {
      return mutated ? CROSSOVER_AND_MUTATION : CROSSOVER;
    }
    return mutated ? MUTATION : COPY;
  }
}
