package io.github.cnnevolution.benchmarks;

import io.github.cnnevolution.search.AsynchronousParameters;
import io.github.cnnevolution.search.AsynchronousSearch;
import io.github.cnnevolution.search.Candidates;
import io.github.cnnevolution.search.GeneticAlgorithm;
import io.github.cnnevolution.search.GeneticParameters;
import io.github.cnnevolution.search.SearchAlgorithm;
import io.github.cnnevolution.search.SteadyParameters;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.LongFunction;

/**
 * How many networks each search algorithm evaluates until it has evaluated one of the best 22 of
 * NAS-Bench-201: medians over seeds, each with its 95 % interval.
 *
 * <pre>
 * java -cp target/benchmarks.jar io.github.cnnevolution.benchmarks.SearchReplay accuracy.csv 1000
 * </pre>
 */
public final class SearchReplay {
  private static final double GOAL = 72.5;
  private static final double[] SIGMAS = {0.5, 2};
  private static final int MOST_EVALUATIONS = 4_000;

  private final Candidates candidates;

  /** The algorithms among these networks. */
  SearchReplay(Candidates candidates) {
    this.candidates = candidates;
  }

  /** Takes the table, the number of seeds, and a part of the names of the algorithms. */
  public static void main(String[] arguments) throws IOException {
    NasBench201 table = new NasBench201(Path.of(arguments[0]));
    int seeds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1000;
    String part = arguments.length > 2 ? arguments[2] : "";
    PrintStream out = System.out;
    out.printf(
        Locale.ROOT, "| evaluations to >= %s, %,d seeds | noise 0.5 | noise 2 |%n", GOAL, seeds);
    out.println("|---|---|---|");
    Candidates candidates = table.candidates();
    new SearchReplay(candidates)
        .algorithms()
        .forEach(
            (name, algorithm) -> {
              if (!name.contains(part)) {
                return;
              }
              StringBuilder row = new StringBuilder("| " + name);
              for (double sigma : SIGMAS) {
                Replay replay = new Replay(table, candidates, GOAL, sigma);
                row.append(" | ").append(median(replay.evaluations(seeds, algorithm)));
              }
              out.println(row.append(" |"));
            });
    out.println();
    EarlyStoppingReplay.print(table, seeds, part, out);
  }

  /** What makes each algorithm from a seed, by its name. */
  Map<String, LongFunction<SearchAlgorithm>> algorithms() {
    Map<String, LongFunction<SearchAlgorithm>> all = new LinkedHashMap<>();
    all.put(
        "random", seed -> AsynchronousSearch.random(parameters(1, seed), List.of(), candidates));
    all.put("genetic", seed -> new GeneticAlgorithm(genetic(seed)));
    all.put(
        "genetic, surrogate",
        seed -> GeneticAlgorithm.guided(OptionalInt.empty(), genetic(seed), List.of(), candidates));
    all.put("local", seed -> AsynchronousSearch.local(parameters(1, seed), List.of(), candidates));
    all.put(
        "local, lookahead 8",
        seed -> AsynchronousSearch.local(parameters(8, seed), List.of(), candidates));
    for (SteadyParameters.Replacement replacement : SteadyParameters.Replacement.values()) {
      String name = "steady, the " + replacement.name().toLowerCase(Locale.ROOT) + " leaves";
      all.put(name, seed -> steady(1, seed, replacement, false));
    }
    for (boolean surrogate : new boolean[] {false, true}) {
      for (int lookahead : new int[] {1, 8}) {
        if (surrogate || lookahead > 1) {
          all.put(
              (surrogate ? "steady, surrogate" : "steady")
                  + (lookahead > 1 ? ", lookahead " + lookahead : ""),
              seed -> steady(lookahead, seed, SteadyParameters.Replacement.WORST, surrogate));
        }
      }
    }
    return all;
  }

  private SearchAlgorithm steady(
      int lookahead, long seed, SteadyParameters.Replacement replacement, boolean surrogate) {
    GeneticParameters breeding = genetic(seed);
    return AsynchronousSearch.steady(
        parameters(lookahead, seed),
        SteadyParameters.of(breeding, replacement, surrogate),
        List.of(),
        candidates);
  }

  private GeneticParameters genetic(long seed) {
    return GeneticParameters.builder()
        .genomeSize(candidates.genomeSize())
        .generations(MOST_EVALUATIONS / 10)
        .seed(seed)
        .build();
  }

  private static AsynchronousParameters parameters(int lookahead, long seed) {
    return new AsynchronousParameters(MOST_EVALUATIONS, lookahead, seed);
  }

  /** The median and, by the order of the values, its 95 % interval. */
  static String median(int[] values) {
    int[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    double half = 1.96 * Math.sqrt(n) / 2;
    int low = (int) Math.max(0, Math.floor(n / 2.0 - half) - 1);
    int high = (int) Math.min(n - 1.0, Math.ceil(n / 2.0 + half));
    return text(sorted[n / 2]) + " (" + text(sorted[low]) + " to " + text(sorted[high]) + ")";
  }

  private static String text(int evaluations) {
    return evaluations == Integer.MAX_VALUE ? "> " + MOST_EVALUATIONS : String.valueOf(evaluations);
  }
}
