package io.github.cnnevolution.search;

import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.text.Text;
import java.util.OptionalDouble;

/**
 * The settings of a genetic algorithm.
 *
 * <p>At most {@code populationSize * generations} chromosomes are trained; elites and repeated
 * architectures make it fewer when the evaluator remembers results. Made with {@link #builder()},
 * which knows a default for everything.
 *
 * @param populationSize the number of chromosomes in each generation, at least 1
 * @param generations the number of populations evaluated, the random first one included, at least 1
 * @param genomeSize the bits of a chromosome, at least 1; a search space may need more
 * @param tournamentSize the competitors for each parent's place, at least 1; more give fitter
 *     parents and less diversity. Draws are with replacement, so that it may exceed the population.
 * @param crossoverRate the probability that a pair of parents is recombined, in [0, 1]
 * @param mutationRate the probability that a bit of a child is inverted, in [0, 1]
 * @param elitism how many of the best are copied unchanged into the next generation, in [0,
 *     populationSize]
 * @param seed the seed of every random draw
 */
public record GeneticParameters(
    int populationSize,
    int generations,
    int genomeSize,
    int tournamentSize,
    double crossoverRate,
    double mutationRate,
    int elitism,
    long seed) {
  /** Generations of a search that something else ends. */
  public static final int UNLIMITED = Integer.MAX_VALUE;

  /** The seed of a search for which no other is asked. */
  public static final long DEFAULT_SEED = 1;

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if one is outside its range
   */
  public GeneticParameters {
    Require.atLeast(1, "population size", populationSize);
    Require.atLeast(1, "generations", generations);
    Require.atLeast(1, "genome size", genomeSize);
    Require.atLeast(1, "tournament size", tournamentSize);
    Require.rate("crossover rate", crossoverRate);
    Require.rate("mutation rate", mutationRate);
    if (elitism < 0 || elitism > populationSize) {
      throw new IllegalArgumentException(
          Text.format(
              "elitism must be in [0, population size %d], but is %d", populationSize, elitism));
    }
  }

  /** The default of every setting. */
  public static GeneticParameters defaults() {
    return builder().build();
  }

  /** A builder that holds the default of every setting. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Collects settings in any order; {@link #build()} checks them together. Not safe to share
   * between threads.
   */
  public static final class Builder {
    private int populationSize = 10;
    private int generations = 20;
    private int genomeSize = PlainSpace.DEFAULT_LENGTH;
    private int tournamentSize = 3;
    private double crossoverRate = 0.9;
    private OptionalDouble mutationRate = OptionalDouble.empty();
    private int elitism = 1;
    private long seed = DEFAULT_SEED;

    private Builder() {}

    /** The number of chromosomes in each generation; 10 if not set. */
    public Builder populationSize(int size) {
      populationSize = size;
      return this;
    }

    /** The number of populations evaluated, the random first one included; 20 if not set. */
    public Builder generations(int count) {
      generations = count;
      return this;
    }

    /** The bits of a chromosome; {@value PlainSpace#DEFAULT_LENGTH} if not set. */
    public Builder genomeSize(int bits) {
      genomeSize = bits;
      return this;
    }

    /** The competitors for each parent's place; 3 if not set. */
    public Builder tournamentSize(int competitors) {
      tournamentSize = competitors;
      return this;
    }

    /** The probability that a pair of parents is recombined; 0.9 if not set. */
    public Builder crossoverRate(double probability) {
      crossoverRate = probability;
      return this;
    }

    /**
     * The probability that a bit is inverted; if not set 1 / genomeSize, one bit a child on average
     * (Mühlenbein 1992, "How Genetic Algorithms Really Work: Mutation and Hillclimbing", PPSN 2).
     */
    public Builder mutationRate(double probability) {
      mutationRate = OptionalDouble.of(probability);
      return this;
    }

    /** How many of the best are copied unchanged; 1 if not set. */
    public Builder elitism(int count) {
      elitism = count;
      return this;
    }

    /** The seed of every random draw; {@value #DEFAULT_SEED} if not set. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /**
     * The checked settings.
     *
     * @throws IllegalArgumentException if one is outside its range
     */
    public GeneticParameters build() {
      return new GeneticParameters(
          populationSize,
          generations,
          genomeSize,
          tournamentSize,
          crossoverRate,
          mutationRate.orElse(1.0 / genomeSize),
          elitism,
          seed);
    }
  }
}
