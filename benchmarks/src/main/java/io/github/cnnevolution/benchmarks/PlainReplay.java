package io.github.cnnevolution.benchmarks;

import io.github.cnnevolution.search.Candidates;
import io.github.cnnevolution.search.GeneticAlgorithm;
import io.github.cnnevolution.search.GeneticParameters;
import io.github.cnnevolution.search.GenomeGrowth;
import io.github.cnnevolution.search.Outcome;
import io.github.cnnevolution.search.Proposal;
import io.github.cnnevolution.search.SearchAlgorithm;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.stream.IntStream;

/**
 * How many networks each search algorithm evaluates until it has one of the best of the plain
 * space's smallest networks, whose accuracies are those of real trainings: medians over seeds, each
 * with its 95 % interval.
 *
 * <pre>
 * java -cp target/benchmarks.jar io.github.cnnevolution.benchmarks.PlainReplay names 240
 * java -cp target/benchmarks.jar io.github.cnnevolution.benchmarks.PlainReplay table RUN_DIR
 * java -cp target/benchmarks.jar io.github.cnnevolution.benchmarks.PlainReplay replay plain-240.csv 1000
 * </pre>
 */
public final class PlainReplay {
  private static final double HALF_A_POINT = 0.005;
  private static final int GENERATIONS = 400;

  private final PlainTable table;
  private final Candidates candidates;

  private PlainReplay(PlainTable table) {
    this.table = table;
    this.candidates = table.candidates();
  }

  /**
   * Prints names of networks to train, the table of the run that trained them, or the replay; takes
   * the number of networks, the run, or the table, the number of seeds and a part of the names of
   * the algorithms.
   */
  public static void main(String[] arguments) throws IOException {
    List<String> words = List.of(arguments);
    if (words.size() < 2 || !List.of("names", "table", "replay").contains(words.get(0))) {
      System.err.println("give: names COUNT, table RUN_DIR, or replay CSV [SEEDS [ALGORITHM]]");
      System.exit(2);
    }
    switch (words.get(0)) {
      case "names" ->
          PlainTable.smallest(Integer.parseInt(words.get(1))).forEach(System.out::println);
      case "table" -> PlainTable.of(Path.of(words.get(1))).forEach(System.out::println);
      default ->
          new PlainReplay(new PlainTable(Path.of(words.get(1))))
              .print(
                  words.size() > 2 ? Integer.parseInt(words.get(2)) : 1000,
                  words.size() > 3 ? words.get(3) : "");
    }
  }

  private void print(int seeds, String part) {
    double best = table.accuracyOfRank(1);
    double top = table.accuracyOfRank((int) Math.max(1, Math.round(0.01 * table.size())));
    PrintStream out = System.out;
    out.printf(
        Locale.ROOT,
        "| evaluations of %d networks, %,d seeds | to the best 1 %% (>= %.4f) | to half a point of the best (>= %.4f) |%n",
        table.size(),
        seeds,
        top,
        best - HALF_A_POINT);
    out.println("|---|---|---|");
    algorithms()
        .forEach(
            (name, algorithm) -> {
              if (name.contains(part)) {
                out.printf(
                    "| %s | %s | %s |%n",
                    name,
                    SearchReplay.median(evaluations(seeds, top, algorithm)),
                    SearchReplay.median(evaluations(seeds, best - HALF_A_POINT, algorithm)));
              }
            });
  }

  private Map<String, LongFunction<SearchAlgorithm>> algorithms() {
    Map<String, LongFunction<SearchAlgorithm>> all = new SearchReplay(candidates).algorithms();
    // The one algorithm that must be told what is in the table.
    all.put(
        "genetic",
        seed ->
            new GeneticAlgorithm(
                GeneticParameters.builder().generations(GENERATIONS).seed(seed).build(),
                List.of(),
                candidates.admission(),
                GenomeGrowth.NONE));
    return all;
  }

  private int[] evaluations(int seeds, double goal, LongFunction<SearchAlgorithm> algorithms) {
    return IntStream.range(0, seeds)
        .parallel()
        .map(seed -> evaluations(goal, algorithms.apply(seed)))
        .toArray();
  }

  /** Counts distinct networks up to the first that has the goal. */
  private int evaluations(double goal, SearchAlgorithm algorithm) {
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
      String network = candidates.facts().apply(proposal.chromosome()).network();
      distinct.add(network);
      if (table.accuracy(network) >= goal) {
        return distinct.size();
      }
      algorithm.tell(Outcome.of(proposal.index(), table.accuracy(network)));
    }
  }
}
