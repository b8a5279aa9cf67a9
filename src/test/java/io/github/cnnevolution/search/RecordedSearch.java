package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.Fitness;
import io.github.cnnevolution.space.PlainNetworks;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * A search as version 0.1.0 made it, read from a test resource. Its fitness was arithmetic on the
 * bits, so that it can be made again without a network.
 *
 * @param failureModulus fitness fails where it divides the checksum of the bits; 0: never
 * @param populations the chromosomes of each generation, in order
 * @param best the best chromosome and its fitness
 */
record RecordedSearch(
    GeneticParameters parameters,
    int failureModulus,
    List<Chromosome> given,
    List<List<Chromosome>> populations,
    Individual best) {
  static final int COUNT = 32;

  static Stream<RecordedSearch> all() {
    return IntStream.rangeClosed(1, COUNT).mapToObj(RecordedSearch::read);
  }

  private static RecordedSearch read(int number) {
    String name = "histories/run-%02d.txt".formatted(number);
    try (InputStream in = RecordedSearch.class.getResourceAsStream(name)) {
      return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RecordedSearch parse(List<String> lines) {
    Map<String, String> settings = new HashMap<>();
    for (String setting : words(lines.get(0))) {
      int equals = setting.indexOf('=');
      settings.put(setting.substring(0, equals), setting.substring(equals + 1));
    }
    List<List<Chromosome>> populations = new ArrayList<>();
    for (String line : lines.subList(2, lines.size() - 1)) {
      populations.add(chromosomes(line));
    }
    List<String> best = words(lines.get(lines.size() - 1));
    return new RecordedSearch(
        new GeneticParameters(
            Integer.parseInt(settings.get("population_size")),
            Integer.parseInt(settings.get("generations")),
            Integer.parseInt(settings.get("genome_size")),
            Integer.parseInt(settings.get("tournament_size")),
            Double.parseDouble(settings.get("crossover_rate")),
            Double.parseDouble(settings.get("mutation_rate")),
            Integer.parseInt(settings.get("elitism")),
            Long.parseLong(settings.get("seed"))),
        Integer.parseInt(settings.get("failure_modulus")),
        chromosomes(lines.get(1).substring("given".length())),
        populations,
        new Individual(new Chromosome(best.get(1)), Double.parseDouble(best.get(2))));
  }

  private static List<Chromosome> chromosomes(String line) {
    return words(line).stream().map(Chromosome::new).toList();
  }

  private static List<String> words(String line) {
    return Stream.of(line.split(" ", -1)).filter(word -> !word.isEmpty()).toList();
  }

  /** The phenotype stood for the network: equal networks had equal fitness. */
  double fitness(Chromosome chromosome) {
    CRC32 crc = new CRC32();
    String phenotype = PlainNetworks.decode(chromosome).phenotype();
    crc.update(phenotype.getBytes(StandardCharsets.US_ASCII));
    long value = crc.getValue();
    return failureModulus > 0 && value % failureModulus == 0
        ? Fitness.FAILED
        : (value % 1000) / 1000.0;
  }
}
