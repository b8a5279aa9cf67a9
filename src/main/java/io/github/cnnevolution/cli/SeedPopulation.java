package io.github.cnnevolution.cli;

import io.github.cnnevolution.search.GeneticParameters;
import io.github.cnnevolution.space.Chromosome;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the first generation begins with ({@code --seed_population}). A run stores the chromosomes
 * themselves, so that it goes on without the file, and notices when that holds others.
 *
 * @param chromosomes in the order of the file; empty: the first generation is random
 */
record SeedPopulation(List<Chromosome> chromosomes) {
  static final String OPTION = "seed_population";

  SeedPopulation {
    chromosomes = List.copyOf(chromosomes);
  }

  /**
   * Reads the file that is named, if one is.
   *
   * @param in standard input, which is read for the name {@code -}
   */
  static SeedPopulation given(Arguments arguments, GeneticParameters parameters, InputStream in)
      throws UsageException {
    if (!arguments.isGiven(OPTION)) {
      return new SeedPopulation(List.of());
    }
    String name = arguments.text(OPTION).orElseThrow();
    List<Chromosome> chromosomes = ChromosomeFile.read(name, in);
    for (Chromosome chromosome : chromosomes) {
      if (chromosome.length() != parameters.genomeSize()) {
        throw new UsageException(
            "--%s %s: chromosome '%s' has %d bits, but the genome size is %d; give that with --genome_size %d, or leave it out"
                .formatted(
                    OPTION,
                    name,
                    chromosome,
                    chromosome.length(),
                    parameters.genomeSize(),
                    chromosome.length()));
      }
    }
    if (chromosomes.size() > parameters.populationSize()) {
      throw new UsageException(
          "--%s %s: %d chromosomes do not fit a generation of %d; raise --pop_size, or leave some out"
              .formatted(OPTION, name, chromosomes.size(), parameters.populationSize()));
    }
    return new SeedPopulation(chromosomes);
  }

  /** What a run was started with, from its stored options. */
  static SeedPopulation stored(Map<String, String> options) {
    return new SeedPopulation(
        Arrays.stream(options.getOrDefault(OPTION, "").split(" "))
            .filter(bits -> !bits.isEmpty())
            .map(Chromosome::new)
            .toList());
  }

  /** Adds it to the options that a run stores. */
  void store(Map<String, String> options) {
    if (!chromosomes.isEmpty()) {
      options.put(
          OPTION, chromosomes.stream().map(Chromosome::bits).collect(Collectors.joining(" ")));
    }
  }

  /** For {@code best_chromosome.json}; {@code null} without any. */
  List<String> config() {
    return chromosomes.isEmpty() ? null : chromosomes.stream().map(Chromosome::bits).toList();
  }

  /**
   * Refuses a file with other chromosomes than these, which a run was started with.
   *
   * @param run what the run is called in the message
   */
  void check(Arguments arguments, GeneticParameters parameters, InputStream in, Object run)
      throws UsageException {
    if (arguments.isGiven(OPTION) && !given(arguments, parameters, in).equals(this)) {
      throw new UsageException(
          "--%s %s: the run in %s was started %s, and its results would change; leave the option out, or begin a new run"
              .formatted(
                  OPTION,
                  arguments.text(OPTION).orElseThrow(),
                  run,
                  chromosomes.isEmpty() ? "without it" : "with other chromosomes"));
    }
  }
}
