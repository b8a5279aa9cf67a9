package io.github.cnnevolution.search;

/**
 * How a steady-state search breeds. Its defaults were chosen by replay on NAS-Bench-201.
 *
 * @param populationSize how many individuals are parents, at least 1; the first ones are random
 * @param tournamentSize the competitors for each parent's place, at least 1
 * @param crossoverRate the probability that a child has two parents, in [0, 1]
 * @param mutationRate the probability that a bit of a child is inverted, in [0, 1]
 * @param replacement who leaves when a child comes
 * @param surrogate whether a model chooses each child among many
 */
public record SteadyParameters(
    int populationSize,
    int tournamentSize,
    double crossoverRate,
    double mutationRate,
    Replacement replacement,
    boolean surrogate) {
  /** Who leaves a full population when a child comes. */
  public enum Replacement {
    /** The least fit, the oldest of equals: it may be the child. */
    WORST,
    /** The oldest (Real et al. 2019, "Regularized Evolution", arXiv:1802.01548). */
    OLDEST
  }

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if one is outside its range
   */
  public SteadyParameters {
    Require.atLeast(1, "population size", populationSize);
    Require.atLeast(1, "tournament size", tournamentSize);
    Require.rate("crossover rate", crossoverRate);
    Require.rate("mutation rate", mutationRate);
  }

  /** Breeds as a genetic algorithm with these parameters does, whose generations it has not. */
  public static SteadyParameters of(
      GeneticParameters breeding, Replacement replacement, boolean surrogate) {
    return new SteadyParameters(
        breeding.populationSize(),
        breeding.tournamentSize(),
        breeding.crossoverRate(),
        breeding.mutationRate(),
        replacement,
        surrogate);
  }
}
