package io.github.cnnevolution.benchmarks;

import io.github.cnnevolution.benchmarks.Replay.Effort;
import io.github.cnnevolution.search.AsynchronousParameters;
import io.github.cnnevolution.search.AsynchronousSearch;
import io.github.cnnevolution.search.Candidates;
import io.github.cnnevolution.search.EarlyStopping;
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
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * What early stopping costs, in full trainings until one of the best 22 networks of NAS-Bench-201
 * is trained, as a share of what the same search costs without: the ratio of the medians with its
 * 95 % interval (bootstrap over the seeds, percentiles).
 *
 * <p>The table has no accuracies after fewer epochs. The score at the rung is modelled: its normal
 * score has the correlation 0.7 with that of the accuracy, over all networks.
 *
 * <pre>
 * java -cp target/benchmarks.jar io.github.cnnevolution.benchmarks.EarlyStoppingReplay accuracy.csv 1000
 * </pre>
 */
public final class EarlyStoppingReplay {
  private static final double GOAL = 72.5;
  private static final double[] SIGMAS = {0.5, 2};
  private static final int MOST_EVALUATIONS = 4_000;
  private static final int EPOCHS = 5;
  private static final int RESAMPLES = 2_000;

  private final NasBench201 table;
  private final Candidates candidates;
  private final int seeds;

  private EarlyStoppingReplay(NasBench201 table, int seeds) {
    this.table = table;
    this.candidates = table.candidates();
    this.seeds = seeds;
  }

  /** A search that can stop early. */
  private interface Kind {
    SearchAlgorithm create(AsynchronousParameters parameters, Candidates candidates);
  }

  /** Takes the table, the number of seeds, and a regular expression for a part of the rows. */
  public static void main(String[] arguments) throws IOException {
    NasBench201 table = new NasBench201(Path.of(arguments[0]));
    int seeds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1000;
    String part = arguments.length > 2 ? arguments[2] : "";
    print(table, seeds, part, System.out);
  }

  static void print(NasBench201 table, int seeds, String part, PrintStream out) {
    EarlyStoppingReplay replay = new EarlyStoppingReplay(table, seeds);
    out.printf(
        Locale.ROOT,
        "| early stopping: cost to >= %s as a share of without, %,d seeds | noise 0.5 | noise 2 |%n",
        GOAL,
        seeds);
    out.println("|---|---|---|");
    kinds()
        .forEach(
            (name, kind) -> {
              for (int lookahead : new int[] {1, 8}) {
                String row = name + (lookahead > 1 ? ", lookahead " + lookahead : "");
                if (Pattern.compile(part).matcher(row).find()) {
                  out.println("| " + row + replay.cells(kind, lookahead) + " |");
                }
              }
            });
  }

  private static Map<String, Kind> kinds() {
    Map<String, Kind> kinds = new LinkedHashMap<>();
    kinds.put(
        "random", (parameters, known) -> AsynchronousSearch.random(parameters, List.of(), known));
    kinds.put(
        "local", (parameters, known) -> AsynchronousSearch.local(parameters, List.of(), known));
    for (boolean surrogate : new boolean[] {false, true}) {
      kinds.put(
          surrogate ? "steady, surrogate" : "steady",
          (parameters, known) -> {
            GeneticParameters breeding =
                GeneticParameters.builder().genomeSize(known.genomeSize()).build();
            return AsynchronousSearch.steady(
                parameters,
                SteadyParameters.of(breeding, SteadyParameters.Replacement.WORST, surrogate),
                List.of(),
                known);
          });
    }
    return kinds;
  }

  private String cells(Kind kind, int lookahead) {
    StringBuilder cells = new StringBuilder();
    for (double sigma : SIGMAS) {
      Replay replay = new Replay(table, candidates, GOAL, sigma);
      double[] whole = costs(replay, kind, lookahead, Optional.empty());
      double[] stopped =
          costs(replay, kind, lookahead, Optional.of(EarlyStopping.of(EPOCHS, false)));
      cells.append(" | ").append(share(stopped, whole));
    }
    return cells.toString();
  }

  private double[] costs(
      Replay replay, Kind kind, int lookahead, Optional<EarlyStopping> earlyStopping) {
    Effort[] efforts =
        replay.efforts(
            seeds,
            seed ->
                kind.create(
                    new AsynchronousParameters(MOST_EVALUATIONS, lookahead, seed, earlyStopping),
                    candidates));
    return Arrays.stream(efforts).mapToDouble(Effort::trainings).toArray();
  }

  private static String share(double[] stopped, double[] whole) {
    Random random = new Random(1);
    double[] ratios = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      int[] drawn =
          IntStream.range(0, whole.length).map(j -> random.nextInt(whole.length)).toArray();
      ratios[i] =
          median(Arrays.stream(drawn).mapToDouble(j -> stopped[j]).toArray())
              / median(Arrays.stream(drawn).mapToDouble(j -> whole[j]).toArray());
    }
    Arrays.sort(ratios);
    return String.format(
        Locale.ROOT,
        "%.2f (%.2f to %.2f): %.1f of %.1f",
        median(stopped) / median(whole),
        ratios[RESAMPLES / 40],
        ratios[RESAMPLES - 1 - RESAMPLES / 40],
        median(stopped),
        median(whole));
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
