package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.random.RandomGenerator;

/** Given chromosomes in their order, then random ones; no network twice. */
final class RandomSource implements ProposalSource {
  private final Queue<Chromosome> given;
  private final FreshNetworks fresh;

  RandomSource(List<Chromosome> given, FreshNetworks fresh) {
    this.given = new ArrayDeque<>(given);
    this.fresh = fresh;
  }

  @Override
  public Optional<Child> next(long index, RandomGenerator random) {
    fresh.reach(index);
    Optional<Child> child = nextGiven().or(() -> fresh.draw(random).map(Child::random));
    child.ifPresent(one -> fresh.propose(one.chromosome()));
    return child;
  }

  /** The next of the given ones; empty after them. */
  Optional<Child> nextGiven() {
    for (Chromosome one = given.poll(); one != null; one = given.poll()) {
      Chromosome next = fresh.candidates().padded(one);
      if (fresh.isFresh(next)) {
        fresh.propose(next);
        return Optional.of(new Child(next, Operators.GIVEN, List.of()));
      }
    }
    return Optional.empty();
  }

  @Override
  public void learn(Member member) {
    // What is drawn at random does not depend on what came of it.
  }
}
