package io.github.cnnevolution.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Trainings by complete schedules of different lengths: how long each took, and the test accuracy
 * that it ended with. Immutable.
 *
 * @param all in the order in which they were measured
 */
record ScheduleTimes(List<Training> all) {
  static final String HEAD = "program,network,epochs,seed,seconds,accuracy";

  /**
   * One training.
   *
   * @param program which of the compared ones
   * @param seconds of training alone
   * @param accuracy on the test images, in [0, 1]
   */
  record Training(
      String program, String network, int epochs, long seed, double seconds, double accuracy) {
    static Training of(String line) {
      String[] cells = line.split(",", -1);
      if (cells.length != 6) {
        throw new IllegalArgumentException("not a line of " + HEAD + ": " + line);
      }
      return new Training(
          cells[0],
          cells[1],
          Integer.parseInt(cells[2]),
          Long.parseLong(cells[3]),
          Double.parseDouble(cells[4]),
          Double.parseDouble(cells[5]));
    }

    String line() {
      return String.join(
          ",",
          program,
          network,
          String.valueOf(epochs),
          String.valueOf(seed),
          String.valueOf(seconds),
          String.valueOf(accuracy));
    }
  }

  ScheduleTimes {
    all = List.copyOf(all);
  }

  /** Reads a file; one that does not exist has no trainings. */
  static ScheduleTimes read(Path file) throws IOException {
    List<Training> trainings = new ArrayList<>();
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        if (!line.isBlank() && !line.equals(HEAD)) {
          trainings.add(Training.of(line));
        }
      }
    }
    return new ScheduleTimes(trainings);
  }

  boolean has(String program, String network, int epochs, long seed) {
    return all.stream()
        .anyMatch(
            t ->
                t.program.equals(program)
                    && t.network.equals(network)
                    && t.epochs == epochs
                    && t.seed == seed);
  }

  Set<String> networks() {
    return all.stream().map(Training::network).collect(Collectors.toCollection(LinkedHashSet::new));
  }

  Set<Long> seeds() {
    return all.stream().map(Training::seed).collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Those of one seed. */
  ScheduleTimes ofSeed(long seed) {
    return new ScheduleTimes(all.stream().filter(t -> t.seed == seed).toList());
  }

  /** The mean accuracy after a schedule. */
  OptionalDouble accuracy(String program, String network, int epochs) {
    return of(program, network, epochs).stream().mapToDouble(Training::accuracy).average();
  }

  /** The median time of a schedule. */
  private double seconds(String program, String network, int epochs) {
    double[] sorted =
        of(program, network, epochs).stream().mapToDouble(Training::seconds).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private List<Training> of(String program, String network, int epochs) {
    return all.stream()
        .filter(t -> t.program.equals(program) && t.network.equals(network) && t.epochs == epochs)
        .toList();
  }

  /**
   * The time of the schedule that reaches an accuracy: interpolated, by the logarithm of the time,
   * between the shortest one that does and the one before. If the shortest of all does, its time:
   * an upper bound.
   *
   * @return empty if no schedule reaches it
   */
  OptionalDouble secondsTo(double wanted, String program, String network) {
    double lastSeconds = 0;
    double lastAccuracy = 0;
    List<Integer> schedules =
        all.stream()
            .filter(t -> t.program.equals(program) && t.network.equals(network))
            .map(Training::epochs)
            .distinct()
            .sorted()
            .toList();
    for (int epochs : schedules) {
      double accuracy = accuracy(program, network, epochs).orElseThrow();
      double seconds = seconds(program, network, epochs);
      if (accuracy >= wanted) {
        if (lastSeconds == 0) {
          return OptionalDouble.of(seconds);
        }
        double share = (wanted - lastAccuracy) / (accuracy - lastAccuracy);
        return OptionalDouble.of(lastSeconds * Math.pow(seconds / lastSeconds, share));
      }
      lastSeconds = seconds;
      lastAccuracy = accuracy;
    }
    return OptionalDouble.empty();
  }
}
