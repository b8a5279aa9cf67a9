package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.text.Text;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * The generational genetic algorithm on chromosomes of bits: propose a population, breed the next
 * from its outcomes by elitism, tournament selection, one-point crossover and bit-flip mutation,
 * and begin again (Goldberg 1989, "Genetic Algorithms in Search, Optimization, and Machine
 * Learning").
 *
 * <p>A generation can be asked for as soon as every outcome of the one before is told, so it keeps
 * {@code populationSize} evaluations busy at most. Elites and repeated chromosomes are proposals
 * like all others: an evaluator that remembers results answers them without a training.
 *
 * <p>The history is a function of the parameters, of the given chromosomes and of the fitness
 * alone: it does not depend on the order in which the outcomes of a generation are told. All random
 * draws come from one seeded generator, and none depends on the number of generations: a search
 * that is repeated with more of them makes the proposals of the shorter one first.
 *
 * <p>Cost: microseconds a proposal. It remembers one population.
 */
public final class GeneticAlgorithm implements SearchAlgorithm {
  /** The name of this algorithm. */
  public static final String NAME = "genetic";

  /** Named, since the platform's default may change and seeds shall keep their meaning. */
  private static final String GENERATOR = "L64X128MixRandom";

  private final int populationSize;
  private final int generations;
  private final Breeding breeding;
  private final RandomGenerator random;

  private int generation;
  private List<Offspring> population;
  private int asked;

  /** By position in the population; null until it is told. */
  private final Individual[] told;

  private int toldCount;

  /**
   * A search whose first generation is random.
   *
   * @param parameters the settings
   */
  public GeneticAlgorithm(GeneticParameters parameters) {
    this(parameters, List.of());
  }

  /**
   * A search whose first generation begins with given chromosomes; random ones fill it up.
   *
   * @param parameters the settings
   * @param given in the order in which they stand in the population
   * @throws IllegalArgumentException if there are more than a population holds, or one has another
   *     number of bits than the parameters say
   */
  public GeneticAlgorithm(GeneticParameters parameters, List<Chromosome> given) {
    this(parameters, given, Optional.empty(), GenomeGrowth.NONE);
  }

  /**
   * A search within bounds, or one whose chromosomes become longer on the way.
   *
   * @param admission of chromosomes; empty: all are admitted
   * @param growth of chromosomes
   * @throws IllegalArgumentException if a given chromosome is one too many or has another number of
   *     bits
   */
  public GeneticAlgorithm(
      GeneticParameters parameters,
      List<Chromosome> given,
      Optional<Admission> admission,
      GenomeGrowth growth) {
    check(parameters, given);
    this.populationSize = parameters.populationSize();
    this.generations = parameters.generations();
    this.breeding = new Breeding(parameters, admission, growth);
    this.random = RandomGeneratorFactory.of(GENERATOR).create(parameters.seed());
    this.population = breeding.firstPopulation(given, random);
    this.told = new Individual[populationSize];
  }

  static void check(GeneticParameters parameters, List<Chromosome> given) {
    if (given.size() > parameters.populationSize()) {
      throw new IllegalArgumentException(
          Text.format(
              "%d given chromosomes do not fit a population of %d",
              given.size(), parameters.populationSize()));
    }
    for (Chromosome chromosome : given) {
      if (chromosome.length() != parameters.genomeSize()) {
        throw new IllegalArgumentException(
            Text.format(
                "given chromosome %s has %d bits, not %d",
                chromosome, chromosome.length(), parameters.genomeSize()));
      }
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Optional<Proposal> ask() {
    if (toldCount == populationSize && generation + 1 < generations) {
      breedNextGeneration();
    }
    if (asked == populationSize) {
      return Optional.empty();
    }
    Offspring offspring = population.get(asked);
    long before = firstIndex(generation - 1);
    return Optional.of(
        new Proposal(
            firstIndex(generation) + asked++,
            generation,
            offspring.chromosome(),
            offspring.operator(),
            offspring.parents().stream().map(position -> before + position).toList()));
  }

  private void breedNextGeneration() {
    population = breeding.nextPopulation(new Generation(generation, List.of(told)), random);
    generation++;
    asked = 0;
    Arrays.fill(told, null);
    toldCount = 0;
  }

  @Override
  public void tell(Outcome outcome) {
    long index = outcome.proposal();
    if (index >= firstIndex(generation) + asked) {
      throw new IllegalArgumentException(
          Text.format(
              "proposal %d is unknown; %d have been made", index, firstIndex(generation) + asked));
    }
    if (index < firstIndex(generation) || told[position(index)] != null) {
      throw new IllegalArgumentException(Text.format("proposal %d has been told before", index));
    }
    int position = position(index);
    told[position] = new Individual(population.get(position).chromosome(), outcome.fitness());
    toldCount++;
  }

  @Override
  public boolean isFinished() {
    return generation + 1 == generations && toldCount == populationSize;
  }

  private long firstIndex(int ofGeneration) {
    return (long) ofGeneration * populationSize;
  }

  private int position(long index) {
    return (int) (index - firstIndex(generation));
  }
}
