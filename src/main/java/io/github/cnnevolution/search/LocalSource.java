package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.Gene;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * First-improvement hill climbing with restarts (White, Nolen and Savani 2021, "Exploring the Loss
 * Landscape in Neural Architecture Search", arXiv:2005.02960): the neighbours of the best network
 * of a climb are proposed in random order, and the climb moves as soon as one is better. If all
 * neighbours were proposed, the next climb is the one with the highest peak, and after the last of
 * them a new one that begins at a random network.
 *
 * <p>A neighbour differs in one gene; in one bit of a gene with many values. Several neighbours are
 * on their way at once, so a climb may move after another one has begun.
 */
final class LocalSource implements ProposalSource {
  private static final int BITS_OF_A_STEP = 4;

  private final RandomSource starts;
  private final FreshNetworks fresh;

  /** The best of each climb that may have neighbours left, by climb. */
  private final Map<Integer, Member> peaks = new LinkedHashMap<>();

  /** The best of each climb that has no neighbours left. */
  private final Map<Integer, Member> left = new LinkedHashMap<>();

  private final Map<Integer, Double> heights = new HashMap<>();

  /** Of the networks that are on their way. */
  private final Map<Chromosome, Integer> climbs = new HashMap<>();

  private int begun;

  LocalSource(List<Chromosome> given, FreshNetworks fresh) {
    this.starts = new RandomSource(given, fresh);
    this.fresh = fresh;
  }

  @Override
  public Optional<Child> next(long index, RandomGenerator random) {
    if (fresh.reach(index)) {
      // In a space that has grown every peak has neighbours again.
      peaks.putAll(left);
      left.clear();
    }
    Optional<Child> first = starts.nextGiven();
    if (first.isPresent()) {
      return begin(first);
    }
    while (!peaks.isEmpty()) {
      int climb = highest();
      Member peak = peaks.get(climb);
      List<Chromosome> neighbours = freshNeighbours(fresh.grown(peak).individual().chromosome());
      if (!neighbours.isEmpty()) {
        Chromosome chosen = neighbours.get(random.nextInt(neighbours.size()));
        fresh.propose(chosen);
        climbs.put(chosen, climb);
        return Optional.of(new Child(chosen, Operators.MUTATION, List.of(peak.index())));
      }
      left.put(climb, peaks.remove(climb));
    }
    return begin(starts.next(index, random));
  }

  private Optional<Child> begin(Optional<Child> start) {
    start.ifPresent(child -> climbs.put(child.chromosome(), begun++));
    return start;
  }

  /** The climb with the highest peak. */
  private int highest() {
    return Collections.min(
            peaks.entrySet(),
            Comparator.comparingDouble(
                (Map.Entry<Integer, Member> e) -> -e.getValue().individual().fitness()))
        .getKey();
  }

  private List<Chromosome> freshNeighbours(Chromosome chromosome) {
    List<Chromosome> neighbours = new ArrayList<>();
    for (Gene gene : fresh.candidates().genes()) {
      int bits = gene.to() - gene.from();
      boolean few = bits <= BITS_OF_A_STEP;
      for (int i = 1; i <= (few ? (1 << bits) - 1 : bits); i++) {
        BitSet flips = new BitSet();
        for (int bit = 0; bit < bits; bit++) {
          flips.set(gene.from() + bit, few ? ((i >> bit) & 1) == 1 : bit == i - 1);
        }
        neighbours.add(chromosome.flip(flips));
      }
    }
    neighbours.removeIf(neighbour -> !fresh.isFresh(neighbour));
    return neighbours;
  }

  @Override
  public void learn(Member member) {
    int climb = climbs.remove(member.individual().chromosome());
    double fitness = member.individual().fitness();
    if (!member.individual().failed()
        && fitness > heights.getOrDefault(climb, Double.NEGATIVE_INFINITY)) {
      heights.put(climb, fitness);
      peaks.put(climb, member);
      left.remove(climb);
    }
  }

  /** A neighbour that was stopped is not better. */
  @Override
  public void learnPart(Member member, boolean stopped) {
    if (stopped) {
      climbs.remove(member.individual().chromosome());
    }
  }
}
