package io.github.cnnevolution.cli;

import io.github.cnnevolution.engine.SearchSettings;
import io.github.cnnevolution.space.PlainSpace;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * The chromosomes that {@code --seed_population} names.
 *
 * @param lines chromosomes or names of networks, in the order of the file; empty if the option was
 *     not given
 */
record SeedPopulation(Optional<List<String>> lines) {
  static final String OPTION = "seed_population";

  /**
   * Reads the file, if the option is given.
   *
   * @param in standard input, read if the name is {@code -}
   */
  static SeedPopulation read(Arguments arguments, InputStream in) throws UsageException {
    if (!arguments.isGiven(OPTION) && !arguments.config().seedPopulation().isEmpty()) {
      List<String> lines = arguments.config().seedPopulation();
      ChromosomeFile.parse(lines, new PlainSpace().defaultLength());
      return new SeedPopulation(Optional.of(lines));
    }
    if (!arguments.isGiven(OPTION)) {
      return new SeedPopulation(Optional.empty());
    }
    return new SeedPopulation(
        Optional.of(ChromosomeFile.lines(arguments.text(OPTION).orElseThrow(), in)));
  }

  /** Applies the chromosomes. The chromosomes of names have as many bits as the settings say. */
  void apply(SearchSettings.Builder settings) throws UsageException {
    if (lines.isPresent()) {
      settings.seedPopulation(ChromosomeFile.parse(lines.get(), settings.genomeSize()));
    }
  }
}
