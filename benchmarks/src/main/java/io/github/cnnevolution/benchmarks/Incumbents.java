package io.github.cnnevolution.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What searches held to be their best network, from when on. Immutable.
 *
 * @param all by search; those of one search in the order of time, the last one at its end
 */
record Incumbents(List<Incumbent> all) {
  static final String HEAD = "search,seed,seconds,trainings,network,fitness";

  /**
   * The best network of a search.
   *
   * @param search which of the compared ones
   * @param seconds since the start of its process
   * @param trainings until then; a part of a training counts as its share
   * @param network name or chromosome; empty if there is none until the end
   * @param fitness validation accuracy in [0, 1]; -1 without a network
   */
  record Incumbent(
      String search, long seed, double seconds, double trainings, String network, double fitness) {
    static Incumbent of(String line) {
      String[] cells = line.split(",", -1);
      if (cells.length != 6) {
        throw new IllegalArgumentException("not a line of " + HEAD + ": " + line);
      }
      return new Incumbent(
          cells[0],
          Long.parseLong(cells[1]),
          Double.parseDouble(cells[2]),
          Double.parseDouble(cells[3]),
          cells[4],
          Double.parseDouble(cells[5]));
    }

    String line() {
      return String.format(
          Locale.ROOT, "%s,%d,%.1f,%.1f,%s,%s", search, seed, seconds, trainings, network, fitness);
    }
  }

  /**
   * A network that a search has trained.
   *
   * @param seconds since the start of the process, when it was done
   * @param cost in trainings
   * @param fitness negative if it shows nothing
   */
  record Trained(double seconds, double cost, String network, double fitness) {}

  Incumbents {
    all = List.copyOf(all);
  }

  /** Reads a file; one that does not exist has none. */
  static Incumbents read(Path file) throws IOException {
    List<Incumbent> found = new ArrayList<>();
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        if (!line.isBlank() && !line.equals(HEAD)) {
          found.add(Incumbent.of(line));
        }
      }
    }
    return new Incumbents(found);
  }

  /**
   * The best networks of one search in the order of time; the last line is its end.
   *
   * @param trained in the order of time; what came after the end does not count
   * @param end in seconds
   */
  static Incumbents of(String search, long seed, List<Trained> trained, double end) {
    List<Incumbent> found = new ArrayList<>();
    double trainings = 0;
    Incumbent best = new Incumbent(search, seed, 0, 0, "", -1);
    for (Trained one : trained) {
      if (one.seconds <= end) {
        trainings += one.cost;
        if (one.fitness > best.fitness) {
          best = new Incumbent(search, seed, one.seconds, trainings, one.network, one.fitness);
          found.add(best);
        }
      }
    }
    found.add(new Incumbent(search, seed, end, trainings, best.network, best.fitness));
    return new Incumbents(found);
  }

  Set<String> searches() {
    return all.stream().map(Incumbent::search).collect(Collectors.toCollection(LinkedHashSet::new));
  }

  Set<Long> seeds(String search) {
    return all.stream()
        .filter(one -> one.search.equals(search))
        .map(Incumbent::seed)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Those of one search with one seed. */
  List<Incumbent> of(String search, long seed) {
    return all.stream().filter(one -> one.search.equals(search) && one.seed == seed).toList();
  }

  /** What a search had at its end. */
  Incumbent last(String search, long seed) {
    List<Incumbent> found = of(search, seed);
    return found.get(found.size() - 1);
  }
}
