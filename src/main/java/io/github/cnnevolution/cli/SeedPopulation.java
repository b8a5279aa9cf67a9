package io.github.cnnevolution.cli;

import io.github.cnnevolution.engine.SearchSettings;
import io.github.cnnevolution.space.Chromosome;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

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

  /** Applies the chromosomes. */
  void apply(SearchSettings.Builder settings) {
    chromosomes.ifPresent(settings::seedPopulation);
  }
}
