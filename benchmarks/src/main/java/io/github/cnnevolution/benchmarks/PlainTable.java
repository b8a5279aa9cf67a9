package io.github.cnnevolution.benchmarks;

import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.StoredEvaluation;
import io.github.cnnevolution.run.StoredRun;
import io.github.cnnevolution.search.Admission;
import io.github.cnnevolution.search.Candidates;
import io.github.cnnevolution.search.NetworkFacts;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainSpace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Networks of the plain space and the validation accuracy of each after its training, from a table
 * with the columns phenotype, chromosome, flops, parameters, accuracy.
 */
final class PlainTable {
  private static final String HEAD = "phenotype,chromosome,flops,parameters,accuracy";

  private final Map<String, Double> accuracies = new LinkedHashMap<>();

  /**
   * Reads a table.
   *
   * @throws IllegalArgumentException if it has other columns, or no rows
   */
  PlainTable(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    if (lines.size() < 2 || !lines.get(0).equals(HEAD)) {
      throw new IllegalArgumentException(file + ": expected the columns " + HEAD + " and rows");
    }
    for (String line : lines.subList(1, lines.size())) {
      String[] columns = line.split(",", -1);
      accuracies.put(columns[0], Double.parseDouble(columns[4]));
    }
  }

  /** The table of a run: its evaluations that have not failed, in their order. */
  static List<String> of(Path run) {
    List<String> lines = new ArrayList<>(List.of(HEAD));
    for (StoredEvaluation stored : StoredRun.of(new RunDirectory(run)).evaluations()) {
      Evaluation evaluation = stored.evaluation();
      Architecture network = evaluation.job().architecture();
      if (!evaluation.isFailed()) {
        lines.add(
            String.join(
                ",",
                network.phenotype(),
                evaluation.job().chromosome().toString(),
                String.valueOf(network.flops()),
                String.valueOf(network.parameters()),
                String.valueOf(evaluation.fitness())));
      }
    }
    return lines;
  }

  /** The names of the networks with the fewest FLOPs, equals by name. */
  static List<String> smallest(int count) {
    return new PlainSpace()
        .all(Architecture.CLASSES).stream()
            .sorted(
                Comparator.comparingLong(Architecture::flops)
                    .thenComparing(Architecture::phenotype))
            .limit(count)
            .map(Architecture::phenotype)
            .toList();
  }

  int size() {
    return accuracies.size();
  }

  /** Accuracy of a network of the table, between 0 and 1. */
  double accuracy(String network) {
    return accuracies.get(network);
  }

  /** The accuracy of the network at a place, the best at 1. */
  double accuracyOfRank(int rank) {
    return accuracies.values().stream()
        .sorted(Comparator.reverseOrder())
        .skip(rank - 1L)
        .findFirst()
        .orElseThrow();
  }

  /** The plain space without the networks that are not in the table. */
  Candidates candidates() {
    PlainSpace space = new PlainSpace();
    Candidates plain = Candidates.of(space, PlainSpace.DEFAULT_LENGTH, Architecture.CLASSES);
    List<Chromosome> all =
        accuracies.keySet().stream()
            .map(name -> space.encode(name, PlainSpace.DEFAULT_LENGTH).orElseThrow())
            .toList();
    Map<Chromosome, NetworkFacts> known = new ConcurrentHashMap<>();
    Function<Chromosome, NetworkFacts> facts =
        chromosome -> known.computeIfAbsent(chromosome, plain.facts());
    Admission admission =
        new Admission(
            chromosome -> accuracies.containsKey(facts.apply(chromosome).network()), all.get(0));
    return new Candidates(
        PlainSpace.DEFAULT_LENGTH, plain.genes(), Optional.of(admission), facts, () -> all);
  }
}
