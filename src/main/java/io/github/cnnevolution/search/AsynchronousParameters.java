package io.github.cnnevolution.search;

import java.util.Objects;
import java.util.Optional;

/**
 * The settings of an {@link AsynchronousSearch}.
 *
 * @param evaluations how many networks it proposes at most, at least 1
 * @param lookahead virtual slots, at least 1: proposals that are evaluated at a time. It is part of
 *     the search, and does not follow from the machine; more keep more workers busy, and let each
 *     proposal know fewer outcomes.
 * @param seed of every random draw
 * @param earlyStopping whether and where trainings are stopped early; empty: all are trained as a
 *     whole
 */
public record AsynchronousParameters(
    int evaluations, int lookahead, long seed, Optional<EarlyStopping> earlyStopping) {
  /** Virtual slots of a search for which no other number is asked. */
  public static final int DEFAULT_LOOKAHEAD = 8;

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if one is outside its range
   */
  public AsynchronousParameters {
    Require.atLeast(1, "evaluations", evaluations);
    Require.atLeast(1, "lookahead", lookahead);
    Objects.requireNonNull(earlyStopping, "early stopping");
  }

  /** Settings of a search that trains every network as a whole. */
  public AsynchronousParameters(int evaluations, int lookahead, long seed) {
    this(evaluations, lookahead, seed, Optional.empty());
  }
}
