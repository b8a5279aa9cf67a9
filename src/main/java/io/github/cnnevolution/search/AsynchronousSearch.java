package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.text.Text;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;

/**
 * A search without generations: a new proposal as soon as a place is free. It proposes the same,
 * bit for bit, for any number of workers and in whatever order results arrive.
 *
 * <p>That comes from <em>virtual time</em>. There is a fixed number of virtual slots, and an
 * evaluation takes one for a time that is known beforehand: the network's floating-point
 * operations. A slot becomes free at the end of its evaluation, in the order of (virtual time,
 * index); the next proposal takes it, and knows the outcomes of exactly the evaluations that have
 * ended before. Results that come earlier in real time wait; one that comes late delays those
 * proposals alone that follow from it. The random draws of a network are a function of (seed, its
 * place among the networks).
 *
 * <p>With {@link EarlyStopping} a network is first proposed for a part of its training. When
 * virtual time reaches the {@link Rung}, it is stopped, or proposed again for the rest, in the same
 * slot. What was stopped is no parent and never the best.
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

  /** Of all times of the search; the source knows when which of them are proposed. */
  private final Candidates candidates;

  private final ProposalSource source;
  private final PriorityQueue<Running> running =
      new PriorityQueue<>(Comparator.comparingLong(Running::end).thenComparing(Running::index));

  /** Outcomes that virtual time has not reached, by proposal. */
  private final Map<Long, Outcome> arrived = new HashMap<>();

  /** Those that go on, and have not been asked for. */
  private final Queue<Proposal> decided = new ArrayDeque<>();

  private final Rung rung;

  private long now;
  private long networks;
  private long proposed;
  private long told;
  private boolean exhausted;

  /**
   * A proposal in its virtual slot.
   *
   * @param end in virtual time
   * @param isPart whether it ends at the rung
   */
  private record Running(long end, long index, Chromosome chromosome, boolean isPart) {}

  AsynchronousSearch(
      String name,
      AsynchronousParameters parameters,
      Candidates candidates,
      ProposalSource source) {
    this.name = name;
    this.parameters = parameters;
    this.candidates = candidates.latest();
    this.source = source;
    this.rung = new Rung(parameters.earlyStopping().map(EarlyStopping::banded).orElse(false));
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
    return steady(parameters, breeding, Objectives.ACCURACY, given, candidates);
  }

  /**
   * Breeds one child at a time; with several objectives the population keeps those of the first
   * fronts, as {@link Nsga2} does.
   *
   * @param breeding with several objectives, who leaves does not follow from its replacement
   */
  public static AsynchronousSearch steady(
      AsynchronousParameters parameters,
      SteadyParameters breeding,
      Objectives objectives,
      List<Chromosome> given,
      Candidates candidates) {
    return new AsynchronousSearch(
        STEADY,
        parameters,
        candidates,
        new SteadySource(breeding, objectives, given, new FreshNetworks(candidates)));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Optional<Proposal> ask() {
    while (decided.isEmpty() && !isAtEnd()) {
      if (isFull()) {
        if (!hasNext()) {
          return Optional.empty();
        }
        endNext();
      } else {
        Optional<Child> child = source.next(networks, draws(parameters.seed(), networks));
        exhausted = child.isEmpty();
        if (child.isPresent()) {
          networks++;
          return child.map(this::propose);
        }
      }
    }
    endRungs();
    return Optional.ofNullable(decided.poll());
  }

  private boolean hasNext() {
    return !running.isEmpty() && arrived.containsKey(running.element().index());
  }

  /** Nothing new is proposed any more, but what has begun is decided. */
  private void endRungs() {
    while (isAtEnd() && hasNext() && running.stream().anyMatch(Running::isPart)) {
      endNext();
    }
  }

  /** Lets virtual time come to the next end of a training, or to the next rung. */
  private void endNext() {
    Running ended = running.remove();
    now = ended.end();
    Outcome outcome = arrived.remove(ended.index());
    Member member = new Member(new Individual(ended.chromosome(), outcome.fitness()), outcome);
    if (!ended.isPart() || outcome.failed()) {
      source.learn(member);
    } else {
      boolean goesOn = rung.goesOn(outcome.fitness(), flops(ended.chromosome()));
      source.learnPart(member, !goesOn);
      if (goesOn) {
        decided.add(proceed(ended));
      }
    }
  }

  private long flops(Chromosome chromosome) {
    return candidates.network(chromosome).flops();
  }

  private Proposal propose(Child child) {
    Optional<EarlyStopping> stops = parameters.earlyStopping();
    long whole = flops(child.chromosome());
    long duration = stops.isPresent() ? stops.get().duration(whole) : whole;
    long index = start(duration, child.chromosome(), stops.isPresent());
    return new Proposal(
        index,
        0,
        child.chromosome(),
        child.operator(),
        child.parents(),
        stops.map(EarlyStopping::fraction).orElse(1.0),
        child.prediction());
  }

  /** The rest of a training that goes on; it keeps its virtual slot. */
  private Proposal proceed(Running part) {
    long whole = flops(part.chromosome());
    long duration = whole - parameters.earlyStopping().orElseThrow().duration(whole);
    long index = start(duration, part.chromosome(), false);
    return new Proposal(index, 0, part.chromosome(), Operators.CONTINUE, List.of(part.index()));
  }

  private long start(long duration, Chromosome chromosome, boolean isPart) {
    running.add(
        new Running(Math.addExact(now, Math.max(1, duration)), proposed, chromosome, isPart));
    return proposed++;
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
    return exhausted || networks == parameters.evaluations();
  }

  @Override
  public void tell(Outcome outcome) {
    long index = outcome.proposal();
    long made = proposed - decided.size();
    if (index >= made) {
      throw new IllegalArgumentException(
          Text.format("proposal %d is unknown; %d have been made", index, made));
    }
    boolean open = running.stream().anyMatch(one -> one.index() == index);
    if (!open || arrived.putIfAbsent(index, outcome) != null) {
      throw new IllegalArgumentException(Text.format("proposal %d has been told before", index));
    }
    told++;
    endRungs();
  }

  @Override
  public boolean isFinished() {
    return isAtEnd() && told == proposed;
  }

  @Override
  public Set<Long> undecided() {
    return running.stream().filter(Running::isPart).map(Running::index).collect(Collectors.toSet());
  }

  @Override
  public boolean isAsynchronous() {
    return true;
  }

  @Override
  public Optional<String> endNotice() {
    return exhausted ? Optional.of(EvaluationBudget.exhausted(networks)) : Optional.empty();
  }
}
