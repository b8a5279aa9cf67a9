package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.text.Text;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * A search without generations: a new proposal as soon as a place is free. It proposes the same,
 * bit for bit, for any number of workers and in whatever order results arrive.
 *
 * <p>That comes from <em>virtual time</em>. There is a fixed number of virtual slots, and an
 * evaluation takes one for a time that is known beforehand: the network's floating-point
 * operations. A slot becomes free at the end of its evaluation, in the order of (virtual time,
 * index); the next proposal takes it, and knows the outcomes of exactly the evaluations that have
 * ended before. Results that come earlier in real time wait; one that comes late delays those
 * proposals alone that follow from it. The random draws of a proposal are a function of (seed,
 * index).
 *
 * <p>No network is proposed twice. Proposals have no generations: all have generation 0.
 */
public final class AsynchronousSearch implements SearchAlgorithm {
  /** The name of the search that only draws. */
  public static final String RANDOM = "random";

  /** The name of the search among neighbours. */
  public static final String LOCAL = "local";

  /** The name of the steady-state genetic algorithm. */
  public static final String STEADY = "steady";

  /** Named, since the platform's default may change and seeds shall keep their meaning. */
  private static final RandomGeneratorFactory<RandomGenerator> GENERATORS =
      RandomGeneratorFactory.of("L64X128MixRandom");

  private final String name;
  private final AsynchronousParameters parameters;
  private final Candidates candidates;
  private final ProposalSource source;
  private final PriorityQueue<Running> running =
      new PriorityQueue<>(Comparator.comparingLong(Running::end).thenComparing(Running::index));

  /** Outcomes that virtual time has not reached, by proposal. */
  private final Map<Long, Outcome> arrived = new HashMap<>();

  private long now;
  private long proposed;
  private long told;
  private boolean exhausted;

  /**
   * A proposal in its virtual slot.
   *
   * @param end in virtual time
   */
  private record Running(long end, long index, Chromosome chromosome) {}

  AsynchronousSearch(
      String name,
      AsynchronousParameters parameters,
      Candidates candidates,
      ProposalSource source) {
    this.name = name;
    this.parameters = parameters;
    this.candidates = candidates;
    this.source = source;
  }

  /** Draws all networks at random, without repetition: what others are compared with. */
  public static AsynchronousSearch random(
      AsynchronousParameters parameters, List<Chromosome> given, Candidates candidates) {
    return new AsynchronousSearch(
        RANDOM, parameters, candidates, new RandomSource(given, new FreshNetworks(candidates)));
  }

  /** Moves to the first better neighbour, and begins anew where there is none: hill climbing. */
  public static AsynchronousSearch local(
      AsynchronousParameters parameters, List<Chromosome> given, Candidates candidates) {
    return new AsynchronousSearch(
        LOCAL, parameters, candidates, new LocalSource(given, new FreshNetworks(candidates)));
  }

  /**
   * Breeds one child at a time from a population of which each one replaces another.
   *
   * @param breeding population, tournament and rates; evaluations and seed are those of {@code
   *     parameters}
   */
  public static AsynchronousSearch steady(
      AsynchronousParameters parameters,
      SteadyParameters breeding,
      List<Chromosome> given,
      Candidates candidates) {
    return new AsynchronousSearch(
        STEADY,
        parameters,
        candidates,
        new SteadySource(breeding, given, new FreshNetworks(candidates)));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Optional<Proposal> ask() {
    if (isAtEnd() || (isFull() && !arrived.containsKey(running.element().index()))) {
      return Optional.empty();
    }
    if (isFull()) {
      Running ended = running.remove();
      now = ended.end();
      Outcome outcome = arrived.remove(ended.index());
      source.learn(new Member(new Individual(ended.chromosome(), outcome.fitness()), outcome));
    }
    Optional<Child> child = source.next(proposed, draws(parameters.seed(), proposed));
    exhausted = child.isEmpty();
    return child.map(this::propose);
  }

  private Proposal propose(Child child) {
    long duration = Math.max(1, candidates.facts().apply(child.chromosome()).flops());
    running.add(new Running(Math.addExact(now, duration), proposed, child.chromosome()));
    return new Proposal(
        proposed++,
        0,
        child.chromosome(),
        child.operator(),
        child.parents(),
        1,
        child.prediction());
  }

  /** The random draws of one proposal. */
  static RandomGenerator draws(long seed, long index) {
    // SplitMix64 (Steele, Lea and Flood 2014) from seed: its states are never equal.
    long z = seed + (index + 1) * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return GENERATORS.create(z ^ (z >>> 31));
  }

  private boolean isFull() {
    return running.size() == parameters.lookahead();
  }

  private boolean isAtEnd() {
    return exhausted || proposed == parameters.evaluations();
  }

  @Override
  public void tell(Outcome outcome) {
    long index = outcome.proposal();
    if (index >= proposed) {
      throw new IllegalArgumentException(
          Text.format("proposal %d is unknown; %d have been made", index, proposed));
    }
    boolean open = running.stream().anyMatch(one -> one.index() == index);
    if (!open || arrived.putIfAbsent(index, outcome) != null) {
      throw new IllegalArgumentException(Text.format("proposal %d has been told before", index));
    }
    told++;
  }

  @Override
  public boolean isFinished() {
    return isAtEnd() && told == proposed;
  }

  @Override
  public boolean isAsynchronous() {
    return true;
  }

  @Override
  public Optional<String> endNotice() {
    return exhausted ? Optional.of(EvaluationBudget.exhausted(proposed)) : Optional.empty();
  }
}
