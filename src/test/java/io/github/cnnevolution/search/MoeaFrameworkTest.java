package io.github.cnnevolution.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.cnnevolution.space.Chromosome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.moeaframework.algorithm.NSGAII;
import org.moeaframework.core.FastNondominatedSorting;
import org.moeaframework.core.NondominatedPopulation;
import org.moeaframework.core.NondominatedSortingPopulation;
import org.moeaframework.core.PRNG;
import org.moeaframework.core.Population;
import org.moeaframework.core.Solution;
import org.moeaframework.core.attribute.Rank;
import org.moeaframework.core.comparator.ChainedComparator;
import org.moeaframework.core.comparator.CrowdingComparator;
import org.moeaframework.core.comparator.ParetoDominanceComparator;
import org.moeaframework.core.initialization.RandomInitialization;
import org.moeaframework.core.operator.CompoundVariation;
import org.moeaframework.core.operator.OnePointCrossover;
import org.moeaframework.core.operator.binary.BitFlip;
import org.moeaframework.core.selection.TournamentSelection;
import org.moeaframework.core.variable.BinaryVariable;
import org.moeaframework.problem.AbstractProblem;

/** Compares what is ours with the MOEA Framework (Hadka, moeaframework.org), an independent one. */
class MoeaFrameworkTest {
  private static final int POPULATION = 100;
  private static final int EVALUATIONS = 10_000;
  private static final int ZDT_VARIABLES = 30;
  private static final int ZDT_BITS = 10;

  private static Solution solution(double[] objectives) {
    Solution solution = new Solution(0, objectives.length);
    solution.setObjectives(objectives);
    return solution;
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void ranksAndCrowdingAreEqual(int objectives) {
    for (int seed = 0; seed < 30; seed++) {
      double[][] points =
          new LinkedHashSet<>(
                  Arrays.stream(NonDominatedSortTest.points(100, objectives, 1 << 20, seed))
                      .map(p -> Arrays.stream(p).boxed().toList())
                      .toList())
              .stream().map(p -> p.stream().mapToDouble(x -> x).toArray()).toArray(double[][]::new);
      Population population = new Population();
      for (double[] point : points) {
        population.add(solution(point));
      }
      new FastNondominatedSorting().evaluate(population);
      int[] ranks = NonDominatedSort.ranks(points);
      double[] distances = new double[points.length];
      for (int rank : Arrays.stream(ranks).distinct().toArray()) {
        CrowdingDistance.of(
            points,
            IntStream.range(0, ranks.length).filter(i -> ranks[i] == rank).boxed().toList(),
            distances);
      }
      for (int i = 0; i < points.length; i++) {
        assertEquals(Rank.getAttribute(population.get(i)), ranks[i]);
        assertEquals(
            org.moeaframework.core.attribute.CrowdingDistance.getAttribute(population.get(i)),
            distances[i],
            1e-9);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void hypervolumesAreEqual(int objectives) {
    double[] low = new double[objectives];
    double[] high = new double[objectives];
    Arrays.fill(high, 1);
    for (int seed = 0; seed < 30; seed++) {
      NondominatedPopulation front = new NondominatedPopulation();
      List<double[]> points = new ArrayList<>();
      for (double[] point : NonDominatedSortTest.points(40, objectives, 1 << 20, seed)) {
        double[] scaled = Arrays.stream(point).map(x -> x / (1 << 20)).toArray();
        points.add(scaled);
        front.add(solution(scaled));
      }
      double theirs =
          new org.moeaframework.core.indicator.Hypervolume(
                  new Bits(1, objectives, bits -> new double[objectives]), low, high)
              .evaluate(front);
      assertEquals(theirs, Hypervolume.of(points, high), 1e-9, "seed " + seed);
    }
  }

  /** A problem on bits, each a variable, so that crossover and mutation are ours. */
  private static final class Bits extends AbstractProblem {
    private final Function<boolean[], double[]> values;

    Bits(int bits, int objectives, Function<boolean[], double[]> values) {
      super(bits, objectives);
      this.values = values;
    }

    @Override
    public void evaluate(Solution solution) {
      boolean[] bits = new boolean[numberOfVariables];
      for (int i = 0; i < bits.length; i++) {
        bits[i] = ((BinaryVariable) solution.getVariable(i)).get(0);
      }
      solution.setObjectives(values.apply(bits));
    }

    @Override
    public Solution newSolution() {
      Solution solution = new Solution(numberOfVariables, numberOfObjectives);
      for (int i = 0; i < numberOfVariables; i++) {
        solution.setVariable(i, new BinaryVariable(1));
      }
      return solution;
    }
  }

  private static List<double[]> theirs(
      int bits, Function<boolean[], double[]> values, int population, int evaluations, long seed) {
    PRNG.setSeed(seed);
    List<double[]> all = new ArrayList<>();
    Bits problem =
        new Bits(
            bits,
            2,
            values.andThen(
                point -> {
                  all.add(point);
                  return point;
                }));
    NSGAII algorithm =
        new NSGAII(
            problem,
            population,
            new NondominatedSortingPopulation(),
            null,
            new TournamentSelection(
                2,
                new ChainedComparator(new ParetoDominanceComparator(), new CrowdingComparator())),
            new CompoundVariation(new OnePointCrossover(0.9), new BitFlip(1.0 / bits)),
            new RandomInitialization(problem));
    while (algorithm.getNumberOfEvaluations() < evaluations) {
      algorithm.step();
    }
    return all.subList(0, evaluations);
  }

  /** The fitness is a constant minus the second objective. */
  private static List<double[]> ours(
      int bits,
      Function<boolean[], double[]> values,
      Function<Chromosome, String> network,
      int population,
      int evaluations,
      long seed) {
    double scale = 1e12;
    Function<Chromosome, double[]> known = chromosome -> values.apply(bits(chromosome));
    Candidates candidates =
        new Candidates(
            bits,
            List.of(),
            Optional.empty(),
            c ->
                new NetworkFacts(
                    network.apply(c), (long) (known.apply(c)[0] * scale), 0, List.of()),
            List::of);
    SearchAlgorithm algorithm =
        new Nsga2(
            GeneticParameters.builder()
                .populationSize(population)
                .generations(evaluations / population)
                .genomeSize(bits)
                .tournamentSize(2)
                .seed(seed)
                .build(),
            Objectives.parse("accuracy,flops"),
            false,
            List.of(),
            candidates);
    Set<String> proposed = new LinkedHashSet<>();
    List<double[]> all = new ArrayList<>();
    while (!algorithm.isFinished()) {
      Proposal proposal = algorithm.ask().orElseThrow();
      assertTrue(proposed.add(network.apply(proposal.chromosome())), "no network twice");
      double[] point = known.apply(proposal.chromosome());
      all.add(point);
      algorithm.tell(Outcome.of(proposal.index(), 100 - point[1]));
    }
    assertEquals(evaluations, all.size());
    return all;
  }

  private static boolean[] bits(Chromosome chromosome) {
    boolean[] bits = new boolean[chromosome.length()];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = chromosome.bit(i);
    }
    return bits;
  }

  /** ZDT1, ZDT2 or ZDT3 (Zitzler, Deb and Thiele 2000, Evolutionary Computation 8(2)). */
  private static double[] zdt(int problem, boolean[] bits) {
    double[] x = new double[ZDT_VARIABLES];
    for (int i = 0; i < bits.length; i++) {
      x[i / ZDT_BITS] = 2 * x[i / ZDT_BITS] + (bits[i] ? 1 : 0);
    }
    double most = (1 << ZDT_BITS) - 1;
    double g = 1 + 9 * (Arrays.stream(x).sum() - x[0]) / most / (ZDT_VARIABLES - 1);
    double f = x[0] / most;
    double h =
        switch (problem) {
          case 1 -> 1 - Math.sqrt(f / g);
          case 2 -> 1 - f / g * (f / g);
          default -> 1 - Math.sqrt(f / g) - f / g * Math.sin(10 * Math.PI * f);
        };
    return new double[] {f, g * h};
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3"})
  void theFrontsOfZdtAreAsLarge(int problem) {
    Function<boolean[], double[]> values = bits -> zdt(problem, bits);
    double[] reference = {1.1, 1.1};
    double theirs = 0;
    double ours = 0;
    int seeds = 3;
    int bits = ZDT_VARIABLES * ZDT_BITS;
    for (int seed = 1; seed <= seeds; seed++) {
      theirs +=
          Hypervolume.of(theirs(bits, values, POPULATION, EVALUATIONS, seed), reference) / seeds;
      ours +=
          Hypervolume.of(
                  ours(bits, values, Chromosome::bits, POPULATION, EVALUATIONS, seed), reference)
              / seeds;
    }
    assertTrue(
        ours > 0.99 * theirs && theirs > 0.3, "ZDT" + problem + ": " + ours + " of " + theirs);
  }

  @Test
  void theFrontsOfNasBench201AreAsLarge() throws IOException {
    String named = System.getenv("CNN_EVOLUTION_NATS_BENCH_201");
    Path table =
        Path.of(named == null ? "../shared/data/nats-bench-201" : named).resolve("accuracy.csv");
    assumeTrue(
        Files.exists(table),
        "no table of NAS-Bench-201 in "
            + table
            + "; name its directory in CNN_EVOLUTION_NATS_BENCH_201");
    Map<String, Double> accuracies = new HashMap<>();
    List<String> lines = Files.readAllLines(table, StandardCharsets.UTF_8);
    for (String line : lines.subList(1, lines.size())) {
      String[] columns = line.split(",", -1);
      accuracies.put(columns[0], Double.parseDouble(columns[2]));
    }
    Function<boolean[], double[]> values = bits -> cell(bits, accuracies);
    double[] reference = {1, 100};
    double theirs = 0;
    double ours = 0;
    int seeds = 20;
    for (int seed = 1; seed <= seeds; seed++) {
      theirs += Hypervolume.of(theirs(24, values, 20, 1_000, seed), reference) / seeds;
      ours +=
          Hypervolume.of(ours(24, values, c -> name(bits(c)), 20, 1_000, seed), reference) / seeds;
    }
    assertTrue(ours > 0.99 * theirs, ours + " of " + theirs);
  }

  /** Four bits an edge, each of the 16 numbers an operation. */
  private static String name(boolean[] bits) {
    StringBuilder cell = new StringBuilder();
    for (int edge = 0; edge < 6; edge++) {
      int number = 0;
      for (int i = 0; i < 4; i++) {
        number = 2 * number + (bits[4 * edge + i] ? 1 : 0);
      }
      cell.append(number % 5);
    }
    return cell.toString();
  }

  /** FLOPs as a share of those of six 3x3 convolutions, and the accuracy that is missed. */
  private static double[] cell(boolean[] bits, Map<String, Double> accuracies) {
    String name = name(bits);
    int convolutions = name.chars().map(c -> c == '2' ? 1 : c == '3' ? 9 : 0).sum();
    return new double[] {convolutions / 55.0, 100 - accuracies.get(name)};
  }
}
