package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Remembers which networks were proposed, so that none is trained twice, and finds new ones. */
final class FreshNetworks {
  /** After as many known networks in a row the space is listed, or given up if it cannot be. */
  private static final int DRAWS = 2_000;

  private final Candidates candidates;
  private final Set<String> proposed = new HashSet<>();

  /** What is left of a space whose networks are nearly all known; null before. */
  private List<Chromosome> rest;

  FreshNetworks(Candidates candidates) {
    this.candidates = candidates;
  }

  Candidates candidates() {
    return candidates;
  }

  NetworkFacts facts(Chromosome chromosome) {
    return candidates.facts().apply(chromosome);
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
