package io.github.cnnevolution.cli;

import io.github.cnnevolution.engine.SearchSettings;
import io.github.cnnevolution.space.Chromosome;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The chromosomes that {@code --seed_population} names.
 *
 * @param chromosomes in the order of the file; empty if the option was not given
 */
record SeedPopulation(Optional<List<Chromosome>> chromosomes) {
  static final String OPTION = "seed_population";

  /**
   * Reads the file, if the option is given.
   *
   * @param in standard input, read if the name is {@code -}
   */
  static SeedPopulation read(Arguments arguments, InputStream in) throws UsageException {
    if (!arguments.isGiven(OPTION)) {
      return new SeedPopulation(Optional.empty());
    }
    return new SeedPopulation(
        Optional.of(ChromosomeFile.read(arguments.text(OPTION).orElseThrow(), in)));
  }

  /**
   * Whether the option names a file that another process can open too. Standard input and the
   * descriptors of this process below {@code /dev} and {@code /proc} are none.
   */
  static boolean isPlainFile(Arguments arguments) {
    try {
      Path file = Path.of(arguments.text(OPTION).orElseThrow()).toAbsolutePath().normalize();
      return Files.isRegularFile(file) && !file.startsWith("/dev") && !file.startsWith("/proc");
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** Returns the chromosomes as a file has them, one per line; nothing without any. */
  byte[] text() {
    return chromosomes.orElse(List.of()).stream()
        .map(chromosome -> chromosome.bits() + "\n")
        .collect(Collectors.joining())
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** Applies the chromosomes. */
  void apply(SearchSettings.Builder settings) {
    chromosomes.ifPresent(settings::seedPopulation);
  }
}
