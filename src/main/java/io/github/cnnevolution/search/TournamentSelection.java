package io.github.cnnevolution.search;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Chooses a parent as the fittest of a few individuals drawn at random, so that only the order of
 * fitness matters, not its scale.
 *
 * <p>Competitors are drawn with replacement: one may compete with itself, and the tournament may be
 * larger than the population. Of t competitors from n individuals of distinct fitness, the one at
 * rank i (1 is best) wins with probability ((n - i + 1)^t - (n - i)^t) / n^t; size 1 is a uniform
 * choice (Blickle and Thiele 1995, "A Mathematical Analysis of Tournament Selection", ICGA 6).
 * Among equally fit competitors the first drawn wins, which favours none of them. Immutable.
 */
public final class TournamentSelection {
  private final int size;

  /**
   * A selection with {@code size} competitors.
   *
   * @throws IllegalArgumentException if there is none
   */
  public TournamentSelection(int size) {
    this.size = Require.atLeast(1, "tournament size", size);
  }

  /**
   * The winner of one tournament.
   *
   * @throws IllegalArgumentException if {@code population} is empty
   */
  public Individual select(List<Individual> population, RandomGenerator random) {
    return population.get(selectPosition(population, random));
  }

  /** The position of the winner of one tournament. */
  int selectPosition(List<Individual> population, RandomGenerator random) {
    if (population.isEmpty()) {
      throw new IllegalArgumentException("a tournament needs a population of at least 1, but is 0");
    }
    int winner = random.nextInt(population.size());
    for (int i = 1; i < size; i++) {
      int challenger = random.nextInt(population.size());
      if (population.get(challenger).fitterThan(population.get(winner))) {
        winner = challenger;
      }
    }
    return winner;
  }
}
