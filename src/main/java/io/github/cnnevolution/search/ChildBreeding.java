package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Makes a child of one or two selected parents. */
record ChildBreeding(OnePointCrossover crossover, BitFlipMutation mutation) {
  /**
   * Returns a child.
   *
   * @param selection selects a parent by draws of the same generator
   */
  Child breed(Supplier<Member> selection, RandomGenerator draws) {
    Member first = selection.get();
    boolean recombined = crossover.isDrawn(draws);
    Member second = recombined ? selection.get() : first;
    Chromosome child =
        recombined
            ? crossover
                .recombine(first.individual().chromosome(), second.individual().chromosome(), draws)
                .get(0)
            : first.individual().chromosome();
    Chromosome mutant = mutation.mutate(child, draws);
    return new Child(
        mutant,
        Operators.of(recombined, !mutant.equals(child)),
        recombined ? List.of(first.index(), second.index()) : List.of(first.index()));
  }
}
