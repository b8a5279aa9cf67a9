package io.github.cnnevolution.engine;

import io.github.cnnevolution.evaluation.CandidateEvaluator;
import io.github.cnnevolution.evaluation.FitnessFunction;
import io.github.cnnevolution.search.Admission;
import io.github.cnnevolution.search.GeneticParameters;
import io.github.cnnevolution.search.GenomeGrowth;
import io.github.cnnevolution.search.SearchAlgorithm;
import io.github.cnnevolution.space.Bounds;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.TrainingRecipe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * What a search looks for, how, and where it leaves what it finds. Made by a {@link #builder()},
 * which knows a default for everything.
 *
 * @param space of the networks
 * @param algorithm makes the algorithm anew for each process that works on the run; empty: the
 *     genetic algorithm with the parameters below
 * @param builtIn which of the program's algorithms, if {@code algorithm} is empty
 * @param objectives what is improved; with several, the result is a front
 * @param genetic parameters of the genetic algorithm
 * @param seedPopulation chromosomes that the first generation of the genetic algorithm begins with
 * @param fitness what is maximised
 * @param evaluators wraps the evaluator of each device; empty: it stays as it is
 * @param topK how many of the best networks are kept, from 1 to {@value #MAX_TOP_K}
 * @param directory where the results go; empty: {@code runs/<date-time>}
 * @param maxTime after which the search stops
 * @param reuse stores or directories of other runs, whose evaluations are taken over where they
 *     were made in the same circumstances
 * @param training on what and how candidates are trained
 * @param growth of the chromosomes of a run whose space has got more genes
 * @param cluster whose executors train; empty: this machine does
 */
public record SearchSettings(
    SearchSpace space,
    Optional<Supplier<? extends SearchAlgorithm>> algorithm,
    AlgorithmSettings builtIn,
    ObjectiveSettings objectives,
    GeneticParameters genetic,
    List<Chromosome> seedPopulation,
    FitnessFunction fitness,
    Optional<UnaryOperator<CandidateEvaluator>> evaluators,
    int topK,
    Optional<Path> directory,
    Optional<Duration> maxTime,
    List<Path> reuse,
    CandidateSettings training,
    GenomeGrowth growth,
    Optional<Cluster> cluster) {
  /** The largest population. */
  public static final int MAX_POPULATION = 1_000_000;

  /** The longest chromosome. */
  public static final int MAX_GENOME = 10_000;

  /** The most networks that are kept. */
  public static final int MAX_TOP_K = 100;

  /**
   * Copies the lists and checks the values.
   *
   * @throws SettingException if one is outside its range
   */
  public SearchSettings {
    seedPopulation = List.copyOf(seedPopulation);
    reuse = List.copyOf(reuse);
    SettingChecks.within("top_k", topK, 1, MAX_TOP_K);
    objectives.check(builtIn);
    SettingChecks.within("pop_size", genetic.populationSize(), 1, MAX_POPULATION);
    SettingChecks.within("genome_size", genetic.genomeSize(), space.minimumLength(), MAX_GENOME);
    for (Chromosome chromosome : seedPopulation) {
      if (chromosome.length() != genetic.genomeSize()) {
        throw new SettingException(
            "seed_population",
            "",
            Text.format(
                "chromosome '%s' has %d bits, but the genome size is %d; give that with {genome_size} %d, or leave it out",
                chromosome, chromosome.length(), genetic.genomeSize(), chromosome.length()));
      }
    }
    if (seedPopulation.size() > genetic.populationSize()) {
      throw new SettingException(
          "seed_population",
          "",
          Text.format(
              "%d chromosomes do not fit a generation of %d; raise {pop_size}, or leave some out",
              seedPopulation.size(), genetic.populationSize()));
    }
  }

  /** Whether evaluations or an exhausted space may end a search before its last generation. */
  public boolean mayEndEarly() {
    return algorithm.isEmpty() && builtIn.mayEndEarly();
  }

  /** How many distinct networks are proposed at most, if that is limited. */
  public OptionalInt evaluations() {
    return algorithm.isEmpty() && builtIn.evaluations() > 0
        ? OptionalInt.of(builtIn.evaluations())
        : OptionalInt.empty();
  }

  /** How many generations there are at most; empty if there is no limit, or there are none. */
  public OptionalInt generations() {
    return genetic.generations() == GeneticParameters.UNLIMITED
            || (algorithm.isEmpty() && builtIn.isAsynchronous())
        ? OptionalInt.empty()
        : OptionalInt.of(genetic.generations());
  }

  /** How many networks are trained at most, as far as the settings say. */
  long mostTrainings() {
    long candidates =
        generations().isPresent()
            ? (long) generations().getAsInt() * genetic.populationSize()
            : Long.MAX_VALUE - 1;
    return Math.min(candidates, evaluations().orElse(Integer.MAX_VALUE));
  }

  /** The name of the algorithm. */
  String algorithmName() {
    return algorithm.isPresent() ? algorithm.get().get().name() : builtIn.name();
  }

  /**
   * The algorithm at its beginning.
   *
   * @param classes of the data, which the sizes of networks depend on
   */
  SearchAlgorithm newAlgorithm(int classes) {
    return algorithm.isPresent()
        ? algorithm.get().get()
        : builtIn.create(
            training.epochs(),
            genetic,
            objectives.objectives(),
            seedPopulation,
            space,
            admission(classes),
            growth);
  }

  /**
   * Which chromosomes keep the bounds; empty without bounds.
   *
   * @throws SettingException if none does, or a given one does not
   */
  Optional<Admission> admission(int classes) {
    Bounds bounds = training.bounds();
    if (bounds.isNone()) {
      return Optional.empty();
    }
    if (algorithm.isPresent()) {
      throw new SettingException(
          "algorithm",
          algorithmName(),
          "does not know bounds; let it propose networks that keep them, or leave them out");
    }
    for (Chromosome chromosome : seedPopulation) {
      training.require(space.decode(chromosome, classes));
    }
    // Always that of the space as it was at first: a larger one may have another.
    SearchSpace first = SpaceText.atLength(space, genetic.genomeSize());
    Chromosome anchor = new BoundedNetworks(first, bounds, classes).any(genetic.genomeSize());
    return Optional.of(
        new Admission(chromosome -> bounds.admit(space.decode(chromosome, classes)), anchor));
  }

  /** A builder that holds the default of every setting. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects settings in any order. Not safe to share between threads. */
  public static final class Builder extends TrainingSettingsBuilder<Builder> {
    private static final int BINARY = 2;
    private static final GeneticParameters DEFAULTS = GeneticParameters.defaults();

    private SearchSpace space = new PlainSpace();
    private Optional<Supplier<? extends SearchAlgorithm>> algorithm = Optional.empty();
    private int populationSize = DEFAULTS.populationSize();
    private Optional<AlgorithmSettings> builtIn = Optional.empty();
    private ObjectiveSettings objectives = ObjectiveSettings.NONE;
    private OptionalInt generations = OptionalInt.empty();
    private OptionalInt genomeSize = OptionalInt.empty();
    private OptionalInt tournamentSize = OptionalInt.empty();
    private double crossoverRate = DEFAULTS.crossoverRate();
    private OptionalDouble mutationRate = OptionalDouble.empty();
    private int elitism = DEFAULTS.elitism();
    private List<Chromosome> seedPopulation = List.of();
    private FitnessFunction fitness = FitnessFunction.ACCURACY;
    private Optional<UnaryOperator<CandidateEvaluator>> evaluators = Optional.empty();
    private int topK = 1;
    private Optional<Path> directory = Optional.empty();
    private Optional<Duration> maxTime = Optional.empty();
    private List<Path> reuse = List.of();
    private GenomeGrowth growth = GenomeGrowth.NONE;
    private Optional<Cluster> cluster = Optional.empty();
    private boolean stored;

    private Builder() {
      super(TrainingRecipe.DEFAULT_EPOCHS);
    }

    @Override
    Builder self() {
      return this;
    }

    /** Returns the search space, as set so far. */
    public SearchSpace space() {
      return space;
    }

    GenomeGrowth growth() {
      return growth;
    }

    /** Notes that the settings are those of a stored run. */
    Builder stored() {
      stored = true;
      return this;
    }

    /** Whether these are the settings of a stored run, with which it goes on. */
    public boolean isStored() {
      return stored;
    }

    /** Returns the bits of the latest chromosomes. */
    int currentGenomeSize() {
      return growth.sizes().values().stream().mapToInt(n -> n).max().orElse(genomeSize());
    }

    /** Chromosomes that become longer, since the space has got more genes. */
    Builder growth(GenomeGrowth longer) {
      growth = longer;
      return this;
    }

    /** The search space; the plain space of 20 bits if not set. */
    public Builder space(SearchSpace networks) {
      space = networks;
      return this;
    }

    /**
     * Makes the algorithm; the genetic algorithm if not set.
     *
     * @param factory called for each process that works on the run, since an algorithm is used
     *     once; what it makes must propose the same whenever it is told the same
     */
    public Builder algorithm(Supplier<? extends SearchAlgorithm> factory) {
      algorithm = Optional.of(factory);
      return this;
    }

    /** One of the program's algorithms; the genetic algorithm if not set. */
    public Builder builtIn(AlgorithmSettings settings) {
      builtIn = Optional.of(settings);
      return this;
    }

    /** Returns which of the program's algorithms searches, if it was set so far. */
    public Optional<AlgorithmSettings> builtIn() {
      return builtIn;
    }

    /** What is improved; the fitness alone if not set. */
    public Builder objectives(ObjectiveSettings settings) {
      objectives = settings;
      return this;
    }

    /** Returns what is improved, as set so far. */
    public ObjectiveSettings objectives() {
      return objectives;
    }

    /** With several objectives the tournament is binary, as NSGA-II has it. */
    private int competitors() {
      return tournamentSize.orElse(
          objectives.objectives().areSeveral() ? BINARY : DEFAULTS.tournamentSize());
    }

    /** A search without generations counts as one. */
    private int checkedGenerations(AlgorithmSettings chosen) {
      if (chosen.isAsynchronous() && generations.orElse(1) != 1) {
        throw new SettingException(
            "generations",
            generations.getAsInt(),
            Text.format(
                "is not for the algorithm %s, which has no generations; give {evaluations} instead",
                chosen.name()));
      }
      int otherwise =
          chosen.evaluations() > 0 ? GeneticParameters.UNLIMITED : DEFAULTS.generations();
      return generations.orElse(chosen.isAsynchronous() ? 1 : otherwise);
    }

    /** Chromosomes in a generation. */
    public Builder populationSize(int size) {
      populationSize = size;
      return this;
    }

    /** Generations, the random first one included; 20 if not set, no limit with evaluations. */
    public Builder generations(int count) {
      generations = OptionalInt.of(count);
      return this;
    }

    /** Bits of a chromosome; those of the space if not set. */
    public Builder genomeSize(int bits) {
      genomeSize = OptionalInt.of(bits);
      return this;
    }

    /** Returns the bits of a chromosome, as set so far. */
    public int genomeSize() {
      return genomeSize.orElse(space.defaultLength());
    }

    /** Competitors for each parent's place; 3 if not set, 2 with several objectives. */
    public Builder tournamentSize(int competitors) {
      tournamentSize = OptionalInt.of(competitors);
      return this;
    }

    /** The probability that a pair of parents is recombined. */
    public Builder crossoverRate(double probability) {
      crossoverRate = probability;
      return this;
    }

    /** The probability that a bit is inverted; 1 / genome size if not set. */
    public Builder mutationRate(double probability) {
      mutationRate = OptionalDouble.of(probability);
      return this;
    }

    /** How many of the best pass on unchanged. */
    public Builder elitism(int count) {
      elitism = count;
      return this;
    }

    /** Chromosomes that the first generation begins with; random ones fill it up. */
    public Builder seedPopulation(List<Chromosome> chromosomes) {
      seedPopulation = chromosomes;
      return this;
    }

    /** What is maximised; the validation accuracy if not set. */
    public Builder fitness(FitnessFunction function) {
      fitness = function;
      return this;
    }

    /** Wraps the evaluator of each device, for instance to train in another way. */
    public Builder evaluators(UnaryOperator<CandidateEvaluator> wrapper) {
      evaluators = Optional.of(wrapper);
      return this;
    }

    /** How many of the best networks are kept; 1 if not set. */
    public Builder topK(int count) {
      topK = count;
      return this;
    }

    /** Where the results go; {@code runs/<date-time>} if not set. */
    public Builder directory(Path path) {
      directory = Optional.of(path);
      return this;
    }

    /**
     * Whose executors train; this machine does if not set. The cluster then says how many
     * candidates are trained at a time, and on which devices. It may differ from process to process
     * of a run: the results are the same on the same kind of device.
     *
     * <p>A space, a fitness function or evaluators of your own must be {@link
     * java.io.Serializable}: each executor gets a copy, and needs their classes.
     */
    public Builder cluster(Cluster executors) {
      cluster = Optional.of(executors);
      return this;
    }

    /** Stops the search after this time; no limit if not set. */
    public Builder maxTime(Duration limit) {
      maxTime = Optional.of(limit);
      return this;
    }

    /** Stores or directories of other runs whose evaluations are taken over. */
    public Builder reuse(List<Path> runs) {
      reuse = runs;
      return this;
    }

    /**
     * The checked settings.
     *
     * @throws SettingException if one is outside its range
     */
    public SearchSettings build() {
      int bits = genomeSize();
      SettingChecks.within("pop_size", populationSize, 1, MAX_POPULATION);
      AlgorithmSettings chosen = builtIn.orElse(AlgorithmSettings.GENETIC);
      int count = checkedGenerations(chosen);
      CandidateSettings training = candidates();
      chosen.checkEpochs(training.epochs());
      SettingChecks.within("generations", count, 1, Integer.MAX_VALUE);
      SettingChecks.within("genome_size", bits, space.minimumLength(), MAX_GENOME);
      SettingChecks.within("tournament_size", competitors(), 1, MAX_POPULATION);
      SettingChecks.within("crossover_rate", crossoverRate, 0.0, 1.0);
      double mutation = mutationRate.orElse(1.0 / bits);
      SettingChecks.within("mutation_rate", mutation, 0.0, 1.0);
      SettingChecks.within("elitism", elitism, 0, populationSize);
      return new SearchSettings(
          space,
          algorithm,
          chosen,
          objectives,
          new GeneticParameters(
              populationSize, count, bits, competitors(), crossoverRate, mutation, elitism, seed()),
          seedPopulation,
          fitness,
          evaluators,
          topK,
          directory,
          maxTime,
          reuse,
          training,
          growth,
          cluster);
    }
  }
}
