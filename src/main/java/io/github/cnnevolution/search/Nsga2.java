package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * The generational genetic algorithm for several objectives, NSGA-II: a generation of children is
 * bred, and of parents and children together the best become the next parents, by the rank of their
 * front and by how little they are crowded (Deb et al. 2002, "A Fast and Elitist Multiobjective
 * Genetic Algorithm: NSGA-II", IEEE Transactions on Evolutionary Computation 6(2)).
 *
 * <p>No network is proposed twice. Failures and trainings that were stopped early never become
 * parents. The random draws of a proposal are a function of (seed, index), so a search with more
 * generations makes the proposals of the shorter one first.
 */
public final class Nsga2 implements SearchAlgorithm {
  private final int populationSize;
  private final int generations;
  private final long seed;
  private final EvaluationBudget budget;
  private final ParetoPool parents;
  private final Optional<SurrogateChoice> surrogate;
  private final FreshChildren children;

  private int generation;
  private long proposed;

  /** The proposals of the generation whose outcomes are not told. */
  private final TreeMap<Long, Chromosome> open = new TreeMap<>();

  /** Those that are told, by index, since they may be told in any order. */
  private final TreeMap<Long, Member> told = new TreeMap<>();

  private boolean exhausted;

  /** A search that ends with its generations. */
  public Nsga2(
      GeneticParameters parameters,
      Objectives objectives,
      boolean surrogate,
      List<Chromosome> given,
      Candidates candidates) {
    this(parameters, OptionalInt.empty(), objectives, surrogate, given, candidates);
  }

  /**
   * A search.
   *
   * @param parameters its elitism has no meaning here
   * @param objectives two or three
   * @param surrogate whether a model chooses each child among many
   * @param evaluations how many networks are proposed at most; empty: as many as the generations
   * @param given chromosomes that the first generation begins with
   * @throws IllegalArgumentException if there are too many of them, or one has another length
   */
  public Nsga2(
      GeneticParameters parameters,
      OptionalInt evaluations,
      Objectives objectives,
      boolean surrogate,
      List<Chromosome> given,
      Candidates candidates) {
    GeneticAlgorithm.check(parameters, given);
    this.populationSize = parameters.populationSize();
    this.generations = parameters.generations();
    this.seed = parameters.seed();
    FreshNetworks fresh = new FreshNetworks(candidates);
    this.budget =
        new EvaluationBudget(evaluations, chromosome -> fresh.facts(chromosome).network());
    ChildBreeding breeding =
        new ChildBreeding(
            new OnePointCrossover(parameters.crossoverRate()),
            new BitFlipMutation(parameters.mutationRate()));
    this.parents =
        new ParetoPool(objectives, fresh::facts, populationSize, parameters.tournamentSize());
    this.surrogate =
        surrogate ? Optional.of(new SurrogateChoice(fresh, objectives)) : Optional.empty();
    this.children = new FreshChildren(given, fresh, breeding, parents, this.surrogate);
  }

  @Override
  public String name() {
    return GeneticAlgorithm.NAME;
  }

  @Override
  public Optional<Proposal> ask() {
    if (isFull() && open.isEmpty() && generation + 1 < generations && !isAtEnd()) {
      parents.addAll(told.values().stream().filter(Member::isWhole).toList());
      told.clear();
      generation++;
    }
    if (isFull() || isAtEnd()) {
      return Optional.empty();
    }
    Optional<Child> child = children.next(proposed, true, AsynchronousSearch.draws(seed, proposed));
    exhausted = child.isEmpty();
    return child.map(
        one -> {
          open.put(proposed, one.chromosome());
          budget.count(one.chromosome());
          return new Proposal(
              proposed++,
              generation,
              one.chromosome(),
              one.operator(),
              one.parents(),
              1,
              one.prediction());
        });
  }

  /** Whether nothing more is proposed, in whatever generation. */
  private boolean isAtEnd() {
    return exhausted || budget.isSpent();
  }

  private boolean isFull() {
    return open.size() + told.size() == populationSize;
  }

  @Override
  public void tell(Outcome outcome) {
    long index = outcome.proposal();
    if (index >= proposed) {
      throw new IllegalArgumentException(
          Text.format("proposal %d is unknown; %d have been made", index, proposed));
    }
    Chromosome chromosome = open.remove(index);
    if (chromosome == null) {
      throw new IllegalArgumentException(Text.format("proposal %d has been told before", index));
    }
    told.put(index, new Member(new Individual(chromosome, outcome.fitness()), outcome));
    if (open.isEmpty() && isFull()) {
      // The model learns in the order of the proposals.
      surrogate.ifPresent(model -> new ArrayList<>(told.values()).forEach(model::learn));
    }
  }

  @Override
  public boolean isFinished() {
    return open.isEmpty() && (isAtEnd() || (generation + 1 == generations && isFull()));
  }

  @Override
  public Optional<String> endNotice() {
    return exhausted ? Optional.of(EvaluationBudget.exhausted(proposed)) : budget.notice();
  }
}
