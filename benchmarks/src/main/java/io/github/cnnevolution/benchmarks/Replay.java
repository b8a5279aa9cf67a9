package io.github.cnnevolution.benchmarks;

import io.github.cnnevolution.search.Candidates;
import io.github.cnnevolution.search.Outcome;
import io.github.cnnevolution.search.Proposal;
import io.github.cnnevolution.search.SearchAlgorithm;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
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
  /** The Pearson correlation, over normal scores, of a rung's score with the accuracy. */
  private static final double RUNG_CORRELATION = 0.7;

  /**
   * What a search took until it had trained the first network with the goal.
   *
   * @param networks different ones, also in part; {@link Integer#MAX_VALUE} if it ended before
   * @param trainings the parts of all trainings together: 1 is a full one; infinite if it ended
   *     before
   */
  record Effort(int networks, double trainings) {
    /** It ended before. */
    static final Effort ENDLESS = new Effort(Integer.MAX_VALUE, Double.POSITIVE_INFINITY);
  }

  /** Returns what each seed's search took. */
  Effort[] efforts(int seeds, LongFunction<SearchAlgorithm> algorithms) {
    return IntStream.range(0, seeds)
        .parallel()
        .mapToObj(seed -> effort(algorithms.apply(seed), seed))
        .toArray(Effort[]::new);
  }

  /** Returns for each seed how many networks the search took. */
  int[] evaluations(int seeds, LongFunction<SearchAlgorithm> algorithms) {
    return Arrays.stream(efforts(seeds, algorithms)).mapToInt(Effort::networks).toArray();
  }

  private Effort effort(SearchAlgorithm algorithm, long seed) {
    Map<String, Double> trained = new HashMap<>();
    Queue<Proposal> waiting = new ArrayDeque<>();
    double trainings = 0;
    while (true) {
      for (Optional<Proposal> p = algorithm.ask(); p.isPresent(); p = algorithm.ask()) {
        waiting.add(p.get());
      }
      if (waiting.isEmpty()) {
        return Effort.ENDLESS;
      }
      Proposal proposal = waiting.remove();
      String cell = candidates.facts().apply(proposal.chromosome()).network();
      double accuracy = table.accuracy(cell);
      double before = trained.getOrDefault(cell, 0.0);
      // A network that is known is not trained again, but a part of it goes on.
      trainings += Math.max(0, proposal.fraction() - before);
      trained.put(cell, Math.max(before, proposal.fraction()));
      if (proposal.fraction() < 1) {
        algorithm.tell(
            new Outcome(proposal.index(), scoreAtRung(cell, seed), Map.of(), proposal.fraction()));
      } else if (accuracy >= goal) {
        return new Effort(trained.size(), trainings);
      } else {
        algorithm.tell(Outcome.of(proposal.index(), (accuracy + noise(cell, seed)) / 100));
      }
    }
  }

  /** In (0, 1), since only the order matters. */
  private double scoreAtRung(String cell, long seed) {
    double own = new Random(seed * 1_000_033 + cell.hashCode() * 104_729L).nextGaussian();
    double score =
        RUNG_CORRELATION * table.score(cell)
            + Math.sqrt(1 - RUNG_CORRELATION * RUNG_CORRELATION) * own;
    return 0.5 + score / 20;
  }

  private double noise(String cell, long seed) {
    return sigma * new Random(seed * 1_000_003 + cell.hashCode() * 7919L).nextGaussian();
  }
}
