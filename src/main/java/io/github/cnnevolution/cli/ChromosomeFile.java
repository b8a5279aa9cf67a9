package io.github.cnnevolution.cli;

import io.github.cnnevolution.genome.Chromosome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Chromosomes as a person writes them: one a line; blank lines and what follows a {@code #} are
 * passed over.
 */
final class ChromosomeFile {
  private static final String STANDARD_INPUT = "-";

  private ChromosomeFile() {}

  /** Checks one chromosome. */
  static Chromosome parse(String bits) throws UsageException {
    try {
      return new Chromosome(bits);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
  }

  /** Reads a file, or {@code in} for the name {@code -}. */
  static List<Chromosome> read(String name, InputStream in) throws UsageException {
    List<Chromosome> chromosomes = new ArrayList<>();
    int number = 0;
    for (String line : text(name, in).lines().toList()) {
      number++;
      String bits = line.replaceFirst("#.*", "").strip();
      if (bits.isEmpty()) {
        continue;
      }
      try {
        chromosomes.add(new Chromosome(bits));
      } catch (IllegalArgumentException e) {
        throw new UsageException("%s, line %d: %s".formatted(name, number, e.getMessage()));
      }
    }
    if (chromosomes.isEmpty()) {
      throw new UsageException("%s holds no chromosome; write one a line".formatted(name));
    }
    return chromosomes;
  }

  private static String text(String name, InputStream in) throws UsageException {
    try {
      byte[] bytes =
          name.equals(STANDARD_INPUT) ? in.readAllBytes() : Files.readAllBytes(Path.of(name));
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes))
          .toString();
    } catch (CharacterCodingException e) {
      throw new UsageException("%s is no text file; write one chromosome a line".formatted(name));
    } catch (IOException | java.nio.file.InvalidPathException e) {
      throw new UsageException(
          "cannot read the chromosomes from '%s' (%s); name a file, or - for standard input"
              .formatted(name, e.getClass().getSimpleName()));
    }
  }
}
