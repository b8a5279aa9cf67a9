package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.text.Text;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;

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
  private final GenomeGrowth growth;
  private final Optional<SurrogateChoice> surrogate;

  /** Counts networks where that matters: none of them is new without it. */
  private final Optional<EvaluationBudget> budget;

  private final RandomGenerator random;

  private int generation;

  /** The index of the first proposal of the generation, and of the generation before. */
  private long firstIndex;

  private long firstOfParents;
  private List<Offspring> population;
  private int asked;

  /** By position in the population; null until it is told. */
  private final Member[] told;

  /** By position: whether its network was never proposed before. */
  private final boolean[] isNew;

  private int toldCount;

  /** Whether nothing more is proposed, before the last generation is reached. */
  private boolean endsEarly;

  private boolean exhausted;

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
    this(parameters, given, admission, growth, Optional.empty(), Optional.empty());
  }

  private GeneticAlgorithm(
      GeneticParameters parameters,
      List<Chromosome> given,
      Optional<Admission> admission,
      GenomeGrowth growth,
      Optional<EvaluationBudget> budget,
      Optional<SurrogateChoice> surrogate) {
    check(parameters, given);
    this.budget = budget;
    this.surrogate = surrogate;
    this.populationSize = parameters.populationSize();
    this.generations = parameters.generations();
    this.breeding = new Breeding(parameters, admission, growth, surrogate);
    this.growth = growth;
    this.random = RandomGeneratorFactory.of(GENERATOR).create(parameters.seed());
    this.population = breeding.firstPopulation(given, random);
    this.told = new Member[populationSize];
    this.isNew = new boolean[populationSize];
  }

  /**
   * A search that ends when it has proposed a number of distinct networks, even within a
   * generation, or at the end of the generations that the parameters say; a generation that has
   * begun is told all the same. With more evaluations it makes the same proposals first. A
   * population without new networks for {@value EvaluationBudget#STALE_GENERATIONS} generations
   * ends it too.
   *
   * @param evaluations at least 1
   * @param names of the networks of chromosomes
   */
  public static GeneticAlgorithm within(
      int evaluations,
      GeneticParameters parameters,
      List<Chromosome> given,
      Optional<Admission> admission,
      GenomeGrowth growth,
      Function<Chromosome, String> names) {
    return new GeneticAlgorithm(
        parameters,
        given,
        admission,
        growth,
        Optional.of(new EvaluationBudget(OptionalInt.of(evaluations), names)),
        Optional.empty());
  }

  /**
   * A search in which a model chooses each child among some hundred that are bred, and each
   * individual of the first population among as many random ones. It learns the outcomes in the
   * order of the proposals. It never chooses a network that was proposed before; elites pass as
   * ever. If the candidates grow with a generation, the model is made anew for them.
   *
   * @param evaluations how many distinct networks are proposed at most; empty: no limit
   */
  public static GeneticAlgorithm guided(
      OptionalInt evaluations,
      GeneticParameters parameters,
      List<Chromosome> given,
      Candidates candidates) {
    return new GeneticAlgorithm(
        parameters,
        given,
        candidates.admission(),
        candidates.growth(),
        Optional.of(
            new EvaluationBudget(
                evaluations, chromosome -> candidates.latest().network(chromosome).network())),
        Optional.of(new SurrogateChoice(new FreshNetworks(candidates), Objectives.ACCURACY)));
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
    if (toldCount == population.size() && generation + 1 < generations && !endsEarly) {
      breedNextGeneration();
    }
    if (asked == population.size() || endsEarly) {
      return Optional.empty();
    }
    Offspring offspring = population.get(asked);
    isNew[asked] = budget.isPresent() && budget.get().count(offspring.chromosome());
    endsEarly = budget.isPresent() && budget.get().isSpent();
    return Optional.of(
        new Proposal(
            firstIndex + asked++,
            generation,
            offspring.chromosome(),
            offspring.operator(),
            offspring.parents().stream().map(position -> firstOfParents + position).toList(),
            1,
            offspring.prediction()));
  }

  private void breedNextGeneration() {
    surrogate.ifPresent(this::learn);
    budget.ifPresent(EvaluationBudget::endGeneration);
    boolean grows = growth.begins(generation + 1);
    if (grows) {
      budget.ifPresent(EvaluationBudget::grow);
      surrogate.ifPresent(model -> model.reach(generation + 1));
    }
    // Only a space without further networks gives a population that is not full.
    exhausted = population.size() < populationSize && !grows;
    endsEarly = exhausted || (budget.isPresent() && budget.get().isConverged());
    if (endsEarly) {
      return;
    }
    List<Individual> individuals =
        Stream.of(told).limit(population.size()).map(Member::individual).toList();
    List<Offspring> next = breeding.nextPopulation(new Generation(generation, individuals), random);
    exhausted = next.stream().allMatch(child -> child.operator().equals(Operators.ELITE));
    if (exhausted && surrogate.isPresent()) {
      endsEarly = true;
      return;
    }
    firstOfParents = firstIndex;
    firstIndex += population.size();
    population = next;
    generation++;
    asked = 0;
    Arrays.fill(told, null);
    toldCount = 0;
  }

  /** Lets the model learn what the generation has shown, each network once. */
  private void learn(SurrogateChoice model) {
    for (int position = 0; position < population.size(); position++) {
      if (isNew[position]) {
        model.learn(told[position]);
      }
    }
  }

  @Override
  public void tell(Outcome outcome) {
    long index = outcome.proposal();
    if (index >= firstIndex + asked) {
      throw new IllegalArgumentException(
          Text.format("proposal %d is unknown; %d have been made", index, firstIndex + asked));
    }
    if (index < firstIndex || told[position(index)] != null) {
      throw new IllegalArgumentException(Text.format("proposal %d has been told before", index));
    }
    int position = position(index);
    told[position] =
        new Member(
            new Individual(population.get(position).chromosome(), outcome.fitness()), outcome);
    toldCount++;
  }

  @Override
  public boolean isFinished() {
    return toldCount == asked
        && (endsEarly || (generation + 1 == generations && asked == population.size()));
  }

  @Override
  public Optional<String> endNotice() {
    return exhausted && endsEarly
        ? budget.map(EvaluationBudget::exhausted)
        : budget.flatMap(EvaluationBudget::notice);
  }

  private int position(long index) {
    return (int) (index - firstIndex);
  }
}
