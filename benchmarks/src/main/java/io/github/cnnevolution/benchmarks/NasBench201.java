package io.github.cnnevolution.benchmarks;

import io.github.cnnevolution.search.Candidates;
import io.github.cnnevolution.search.NetworkFacts;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.Gene;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * The search space of NAS-Bench-201 (Dong and Yang 2020, arXiv:2001.00326) with the accuracy of
 * each of its networks on CIFAR-100. A chromosome has four bits for each of the six edges; the 16
 * numbers stand for the five operations in turn, so that each is about equally likely.
 */
final class NasBench201 {
  private static final List<String> OPERATIONS =
      List.of("none", "skip", "conv1x1", "conv3x3", "pool3x3");

  private static final int EDGES = 6;
  private static final int BITS = 4;

  // 15 cells of 16, 32 and 64 channels at 32, 16 and 8 pixels, and what is around them.
  private static final long FLOPS_OF_1X1 = 15L * 16 * 16 * 32 * 32;
  private static final long WEIGHTS_OF_1X1 = 5L * (16 * 16 + 32 * 32 + 64 * 64);
  private static final long OTHER_FLOPS = 7_780_000;
  private static final long OTHER_WEIGHTS = 73_000;

  private final Map<String, Double> accuracies = new HashMap<>();
  private final Map<String, Double> scores = new HashMap<>();
  private final List<Gene> genes =
      IntStream.range(0, EDGES)
          .mapToObj(
              edge ->
                  new Gene(
                      "edge " + edge,
                      edge * BITS,
                      (edge + 1) * BITS,
                      IntStream.range(0, 1 << BITS)
                          .mapToObj(i -> OPERATIONS.get(i % OPERATIONS.size()))
                          .toList()))
          .toList();

  /** Reads the table: cell, accuracy on CIFAR-10, accuracy on CIFAR-100. */
  NasBench201(Path table) throws IOException {
    List<String> lines = Files.readAllLines(table, StandardCharsets.UTF_8);
    for (String line : lines.subList(1, lines.size())) {
      String[] columns = line.split(",", -1);
      accuracies.put(columns[0], Double.parseDouble(columns[2]));
    }
    List<String> order = new ArrayList<>(new TreeSet<>(accuracies.keySet()));
    order.sort(Comparator.comparingDouble(accuracies::get));
    for (int i = 0; i < order.size(); i++) {
      scores.put(order.get(i), quantile((i + 0.5) / order.size()));
    }
  }

  /** What a search algorithm knows of the space. */
  Candidates candidates() {
    Map<Chromosome, NetworkFacts> known = new ConcurrentHashMap<>();
    return new Candidates(
        EDGES * BITS,
        genes,
        Optional.empty(),
        chromosome -> known.computeIfAbsent(chromosome, this::facts),
        () -> new TreeSet<>(accuracies.keySet()).stream().map(NasBench201::chromosome).toList());
  }

  private NetworkFacts facts(Chromosome chromosome) {
    StringBuilder cell = new StringBuilder();
    List<String> labels = new ArrayList<>();
    long convolutions = 0;
    for (Gene gene : genes) {
      int operation = gene.read(chromosome) % OPERATIONS.size();
      cell.append(operation);
      labels.add(OPERATIONS.get(operation));
      convolutions += operation == 2 ? 1 : operation == 3 ? 9 : 0;
    }
    return new NetworkFacts(
        cell.toString(),
        OTHER_FLOPS + convolutions * FLOPS_OF_1X1,
        OTHER_WEIGHTS + convolutions * WEIGHTS_OF_1X1,
        labels);
  }

  private static Chromosome chromosome(String cell) {
    StringBuilder bits = new StringBuilder();
    for (int i = 0; i < cell.length(); i++) {
      String number = Integer.toBinaryString(cell.charAt(i) - '0');
      bits.append("0".repeat(BITS - number.length())).append(number);
    }
    return new Chromosome(bits.toString());
  }

  /** Accuracy in percent after a full training. */
  double accuracy(String cell) {
    return accuracies.get(cell);
  }

  /** What is expected at the rank of a cell in a normal sample. */
  double score(String cell) {
    return scores.get(cell);
  }

  /** The quantile of the standard normal distribution, by bisection. */
  private static double quantile(double probability) {
    double low = -8;
    double high = 8;
    while (high - low > 1e-9) {
      double middle = (low + high) / 2;
      if (cumulative(middle) < probability) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Abramowitz and Stegun 1964, 7.1.26. */
  private static double cumulative(double x) {
    double z = Math.abs(x) / Math.sqrt(2);
    double t = 1 / (1 + 0.3275911 * z);
    double tail =
        t
            * (0.254829592
                + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
            * Math.exp(-z * z)
            / 2;
    return x < 0 ? tail : 1 - tail;
  }
}
