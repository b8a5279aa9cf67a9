package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Remembers which networks were proposed, so that none is trained twice, and finds new ones, also
 * after the space has grown.
 */
final class FreshNetworks {
  /** After as many known networks in a row the space is listed, or given up if it cannot be. */
  private static final int DRAWS = 2_000;

  private final Map<Integer, Candidates> later;
  private Candidates candidates;
  private final Set<String> proposed = new HashSet<>();

  /** What is left of a space whose networks are nearly all known; null before. */
  private List<Chromosome> rest;

  FreshNetworks(Candidates candidates) {
    this.candidates = candidates;
    this.later = candidates.later();
  }

  /**
   * Notes how far the search is.
   *
   * @param step the generation, or the number of networks that were proposed; see {@link
   *     GenomeGrowth}
   * @return whether the space has grown at this step, for the first who asks
   */
  boolean reach(long step) {
    Candidates next = step > Integer.MAX_VALUE ? null : later.get((int) step);
    if (next == null || next.equals(candidates)) {
      return false;
    }
    candidates = next;
    rest = null;
    return true;
  }

  /** Whether the space may grow in the course of the search. */
  boolean grows() {
    return !later.isEmpty();
  }

  /** A parent that has a value of each gene that there is by now. */
  Member grown(Member parent) {
    Chromosome chromosome = candidates.padded(parent.individual().chromosome());
    return new Member(new Individual(chromosome, parent.individual().fitness()), parent.outcome());
  }

  Candidates candidates() {
    return candidates;
  }

  NetworkFacts facts(Chromosome chromosome) {
    return candidates.network(chromosome);
  }

  /** Returns whether a chromosome may be proposed and its network was not. */
  boolean isFresh(Chromosome chromosome) {
    return candidates.admits(chromosome) && !proposed.contains(facts(chromosome).network());
  }

  /** Notes that the network is proposed; it is not fresh any more. */
  void propose(Chromosome chromosome) {
    proposed.add(facts(chromosome).network());
  }

  /**
   * A random chromosome that is admitted and whose network has not been proposed: every bit is 0 or
   * 1 with equal probability before it is repaired. Any of the rest if such draws find nothing new.
   *
   * @return empty if all networks were proposed
   */
  Optional<Chromosome> draw(RandomGenerator random) {
    for (int i = 0; rest == null && i < DRAWS; i++) {
      Chromosome drawn = random(random);
      if (isFresh(drawn)) {
        return Optional.of(drawn);
      }
    }
    if (rest == null) {
      rest = new ArrayList<>(candidates.all().get());
    }
    rest.removeIf(chromosome -> !isFresh(chromosome));
    return rest.isEmpty() ? Optional.empty() : Optional.of(rest.get(random.nextInt(rest.size())));
  }

  /** Any chromosome that is admitted: every bit is 0 or 1 with equal probability before repair. */
  Chromosome random(RandomGenerator random) {
    return candidates.admission().isPresent()
        ? candidates
            .admission()
            .get()
            .draw(() -> Chromosome.random(candidates.genomeSize(), random), random)
        : Chromosome.random(candidates.genomeSize(), random);
  }
}
