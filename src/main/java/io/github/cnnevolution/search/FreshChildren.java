package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Given chromosomes first, then children of parents, chosen by a model if there is one. No network
 * is proposed twice: children whose networks are known are bred again.
 */
final class FreshChildren {
  /** After as many children of known networks a random one is proposed. */
  private static final int ATTEMPTS = 100;

  private final FreshNetworks fresh;
  private final RandomSource random;
  private final ChildBreeding breeding;
  private final ParentPool parents;
  private final Optional<SurrogateChoice> surrogate;

  FreshChildren(
      List<Chromosome> given,
      FreshNetworks fresh,
      ChildBreeding breeding,
      ParentPool parents,
      Optional<SurrogateChoice> surrogate) {
    this.random = new RandomSource(given, fresh);
    this.fresh = fresh;
    this.breeding = breeding;
    this.parents = parents;
    this.surrogate = surrogate;
  }

  /**
   * The next child; empty if every network of the space was proposed.
   *
   * @param index how many networks were proposed before
   * @param breeds whether it may have parents; if not, it is a given or a random one
   */
  Optional<Child> next(long index, boolean breeds, RandomGenerator draws) {
    if (fresh.reach(index)) {
      surrogate.ifPresent(SurrogateChoice::relearn);
    }
    Optional<Child> given = random.nextGiven();
    if (given.isPresent()) {
      return given;
    }
    boolean hasParents = breeds && !parents.isEmpty();
    if (surrogate.isPresent()) {
      return surrogate
          .get()
          .next(any -> hasParents ? Optional.of(breed(any)) : Optional.empty(), draws);
    }
    for (int i = 0; hasParents && i < ATTEMPTS; i++) {
      Child child = breed(draws);
      if (fresh.isFresh(child.chromosome())) {
        fresh.propose(child.chromosome());
        return Optional.of(child);
      }
    }
    return random.next(index, draws);
  }

  private Child breed(RandomGenerator draws) {
    return breeding.breed(() -> fresh.grown(parents.select(draws)), draws);
  }
}
