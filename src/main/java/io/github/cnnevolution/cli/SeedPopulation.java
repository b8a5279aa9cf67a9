package io.github.cnnevolution.cli;

import io.github.cnnevolution.engine.SearchSettings;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.SearchSpace;
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
    // A run that goes on has a space of its own, which reads the lines later.
    boolean known = arguments.isGiven(SpaceOptions.SPACE) || !arguments.isGiven("resume");
    SearchSpace space = known ? SpaceOptions.space(arguments, new PlainSpace()) : new PlainSpace();
    if (!arguments.isGiven(OPTION) && !arguments.config().seedPopulation().isEmpty()) {
      List<String> lines = arguments.config().seedPopulation();
      ChromosomeFile.parse(space, lines, space.defaultLength());
      return new SeedPopulation(Optional.of(lines));
    }
    if (!arguments.isGiven(OPTION)) {
      return new SeedPopulation(Optional.empty());
    }
    return new SeedPopulation(
        Optional.of(ChromosomeFile.lines(space, arguments.text(OPTION).orElseThrow(), in)));
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

  /** Returns the lines as a file has them; nothing without any. */
  byte[] text() {
    return lines.orElse(List.of()).stream()
        .map(line -> line + "\n")
        .collect(Collectors.joining())
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Applies the chromosomes. The chromosomes of names have as many bits as the settings say. */
  void apply(SearchSettings.Builder settings) throws UsageException {
    if (lines.isPresent()) {
      settings.seedPopulation(
          ChromosomeFile.parse(settings.space(), lines.get(), settings.genomeSize()));
    }
  }
}
