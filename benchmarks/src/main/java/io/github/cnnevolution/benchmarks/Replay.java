package io.github.cnnevolution.benchmarks;

import io.github.cnnevolution.search.Candidates;
import io.github.cnnevolution.search.Outcome;
import io.github.cnnevolution.search.Proposal;
import io.github.cnnevolution.search.SearchAlgorithm;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.stream.IntStream;

/**
 * Searches whose trainings are looked up in a table.
 *
 * @param table of accuracies
 * @param candidates of the table's space
 * @param goal an accuracy in percent
 * @param sigma deviation of a training's noise in percentage points; the same network has the same
 *     noise in all of a seed's trainings
 */
record Replay(NasBench201 table, Candidates candidates, double goal, double sigma) {
  /**
   * Returns for each seed how many networks were evaluated when the first one had the goal: {@link
   * Integer#MAX_VALUE} if the search ended before.
   */
  int[] evaluations(int seeds, LongFunction<SearchAlgorithm> algorithms) {
    return IntStream.range(0, seeds)
        .parallel()
        .map(seed -> evaluations(algorithms.apply(seed), seed))
        .toArray();
  }

  private int evaluations(SearchAlgorithm algorithm, long seed) {
    Set<String> distinct = new HashSet<>();
    Queue<Proposal> waiting = new ArrayDeque<>();
    while (true) {
      for (Optional<Proposal> p = algorithm.ask(); p.isPresent(); p = algorithm.ask()) {
        waiting.add(p.get());
      }
      if (waiting.isEmpty()) {
        return Integer.MAX_VALUE;
      }
      Proposal proposal = waiting.remove();
      String cell = candidates.facts().apply(proposal.chromosome()).network();
      double accuracy = table.accuracy(cell);
      distinct.add(cell);
      if (accuracy >= goal) {
        return distinct.size();
      }
      algorithm.tell(Outcome.of(proposal.index(), (accuracy + noise(cell, seed)) / 100));
    }
  }

  private double noise(String cell, long seed) {
    return sigma * new Random(seed * 1_000_003 + cell.hashCode() * 7919L).nextGaussian();
  }
}
