package io.github.cnnevolution.benchmarks;

import io.github.cnnevolution.search.AsynchronousParameters;
import io.github.cnnevolution.search.AsynchronousSearch;
import io.github.cnnevolution.search.Candidates;
import io.github.cnnevolution.search.GeneticAlgorithm;
import io.github.cnnevolution.search.GeneticParameters;
import io.github.cnnevolution.search.Hypervolume;
import io.github.cnnevolution.search.NetworkFacts;
import io.github.cnnevolution.search.Nsga2;
import io.github.cnnevolution.search.Objectives;
import io.github.cnnevolution.search.Outcome;
import io.github.cnnevolution.search.Proposal;
import io.github.cnnevolution.search.SearchAlgorithm;
import io.github.cnnevolution.search.SteadyParameters;
import io.github.cnnevolution.space.Chromosome;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.stream.IntStream;

/**
 * How large a front each search algorithm finds on NAS-Bench-201 with the objectives accuracy and
 * FLOPs: which share of the hypervolume of all networks those that it has evaluated dominate. The
 * hypervolume is that of true accuracies above 50 % and of the logarithm of the FLOPs; the search
 * sees noisy accuracies.
 *
 * <pre>
 * java -cp target/benchmarks.jar io.github.cnnevolution.benchmarks.FrontReplay accuracy.csv 200
 * </pre>
 */
public final class FrontReplay {
  private static final Objectives OBJECTIVES = Objectives.parse("accuracy,flops");
  private static final int[] EVALUATIONS = {25, 50, 100};
  private static final double NOISE = 2;

  /** In percent: worse networks add nothing. */
  private static final double LEAST_ACCURACY = 50;

  private final NasBench201 table;
  private final Candidates candidates;
  private final double[] reference;
  private final double whole;

  private FrontReplay(NasBench201 table) {
    this.table = table;
    this.candidates = table.candidates();
    List<double[]> points = new ArrayList<>();
    double most = 0;
    for (Chromosome chromosome : candidates.all().get()) {
      double[] point = point(chromosome);
      points.add(point);
      most = Math.max(most, point[1]);
    }
    this.reference = new double[] {-LEAST_ACCURACY, most};
    this.whole = Hypervolume.of(points, reference);
  }

  private double[] point(Chromosome chromosome) {
    NetworkFacts facts = candidates.facts().apply(chromosome);
    return new double[] {-table.accuracy(facts.network()), Math.log((double) facts.flops())};
  }

  /** Takes the table and the number of seeds. */
  public static void main(String[] arguments) throws IOException {
    FrontReplay replay = new FrontReplay(new NasBench201(Path.of(arguments[0])));
    int seeds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 200;
    PrintStream out = System.out;
    out.printf(
        Locale.ROOT,
        "| share of the hypervolume after so many evaluations, noise %.0f, %d seeds | 25 | 50 | 100 |%n",
        NOISE,
        seeds);
    out.println("|---|---|---|---|");
    replay
        .algorithms()
        .forEach(
            (name, algorithm) -> {
              double[][] shares =
                  IntStream.range(0, seeds)
                      .parallel()
                      .mapToObj(seed -> replay.shares(algorithm.apply(seed), seed))
                      .toArray(double[][]::new);
              StringBuilder row = new StringBuilder("| " + name);
              for (int i = 0; i < EVALUATIONS.length; i++) {
                int at = i;
                row.append(
                    median(Arrays.stream(shares).mapToDouble(s -> s[at]).sorted().toArray()));
              }
              out.println(row.append(" |"));
            });
  }

  private static String median(double[] sorted) {
    int n = sorted.length;
    double half = 1.96 * Math.sqrt(n) / 2;
    int low = (int) Math.max(0, Math.floor(n / 2.0 - half) - 1);
    int high = (int) Math.min(n - 1.0, Math.ceil(n / 2.0 + half));
    return String.format(
        Locale.ROOT, " | %.4f (%.4f to %.4f)", sorted[n / 2], sorted[low], sorted[high]);
  }

  private double[] shares(SearchAlgorithm algorithm, long seed) {
    double[] shares = new double[EVALUATIONS.length];
    Set<String> distinct = new HashSet<>();
    List<double[]> points = new ArrayList<>();
    Queue<Proposal> waiting = new ArrayDeque<>();
    int next = 0;
    while (next < shares.length) {
      for (Optional<Proposal> p = algorithm.ask(); p.isPresent(); p = algorithm.ask()) {
        waiting.add(p.get());
      }
      Proposal proposal = waiting.remove();
      String cell = candidates.facts().apply(proposal.chromosome()).network();
      if (distinct.add(cell)) {
        points.add(point(proposal.chromosome()));
        if (points.size() == EVALUATIONS[next]) {
          shares[next++] = Hypervolume.of(points, reference) / whole;
        }
      }
      double accuracy = table.accuracy(cell) + noise(cell, seed);
      algorithm.tell(Outcome.of(proposal.index(), Math.max(0, accuracy) / 100));
    }
    return shares;
  }

  private static double noise(String cell, long seed) {
    return NOISE * new Random(seed * 1_000_003 + cell.hashCode() * 7919L).nextGaussian();
  }

  private Map<String, LongFunction<SearchAlgorithm>> algorithms() {
    Map<String, LongFunction<SearchAlgorithm>> all = new LinkedHashMap<>();
    all.put(
        "random", seed -> AsynchronousSearch.random(parameters(1, seed), List.of(), candidates));
    all.put("genetic, accuracy alone", seed -> new GeneticAlgorithm(genetic(10, 3, seed)));
    all.put(
        "steady with surrogate, accuracy alone",
        seed -> steady(1, Objectives.ACCURACY, true, 3, seed));
    for (int population : new int[] {10, 20}) {
      all.put(
          "genetic (NSGA-II), population " + population,
          seed ->
              new Nsga2(genetic(population, 2, seed), OBJECTIVES, false, List.of(), candidates));
    }
    all.put("steady", seed -> steady(1, OBJECTIVES, false, 2, seed));
    all.put("steady, lookahead 8", seed -> steady(8, OBJECTIVES, false, 2, seed));
    all.put("steady with surrogate", seed -> steady(1, OBJECTIVES, true, 2, seed));
    all.put("steady with surrogate, lookahead 8", seed -> steady(8, OBJECTIVES, true, 2, seed));
    return all;
  }

  private SearchAlgorithm steady(
      int lookahead, Objectives objectives, boolean surrogate, int tournament, long seed) {
    GeneticParameters breeding = genetic(10, tournament, seed);
    return AsynchronousSearch.steady(
        parameters(lookahead, seed),
        SteadyParameters.of(breeding, SteadyParameters.Replacement.WORST, surrogate),
        objectives,
        List.of(),
        candidates);
  }

  private GeneticParameters genetic(int population, int tournament, long seed) {
    return GeneticParameters.builder()
        .populationSize(population)
        .tournamentSize(tournament)
        .genomeSize(candidates.genomeSize())
        .generations(400)
        .seed(seed)
        .build();
  }

  private static AsynchronousParameters parameters(int lookahead, long seed) {
    return new AsynchronousParameters(4_000, lookahead, seed);
  }
}
