package io.github.cnnevolution.cli;

import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads chromosomes from text, one per line: as bits, or by the names of their networks. Skips
 * blank lines, comments from {@code #} to the end of the line, and a leading byte order mark, which
 * some editors write.
 */
final class ChromosomeFile {
  private static final String STANDARD_INPUT = "-";
  private static final String BYTE_ORDER_MARK = "\ufeff";

  /** 800,000 chromosomes of 20 bits. A longer input is a mistake or endless. */
  private static final int MAX_MIB = 16;

  private static final int MAX_BYTES = MAX_MIB << 20;

  private ChromosomeFile() {}

  /** Parses one chromosome, or the name of a network, such as {@code w64-k2-gelu-sss}. */
  static Chromosome parse(SearchSpace space, String text) throws UsageException {
    return parse(space, text, space.defaultLength());
  }

  /**
   * Parses one chromosome, or the name of a network.
   *
   * @param length bits of the chromosome for a name
   */
  static Chromosome parse(SearchSpace space, String text, int length) throws UsageException {
    if (isName(text)) {
      return named(space, text, length);
    }
    try {
      return space.check(new Chromosome(text));
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
  }

  /** Whether a text is meant as a name: those of networks begin with a letter. */
  static boolean isName(String text) {
    return text.matches("(?s)[A-Za-z].*");
  }

  /** Finds the chromosome of a network. */
  static Chromosome named(SearchSpace space, String name, int length) throws UsageException {
    return space.encode(name, length).orElseThrow(() -> unknown(space, name));
  }

  private static UsageException unknown(SearchSpace space, String name) {
    List<String> names = space.phenotypes();
    if (names.isEmpty() && space.findsNames()) {
      return new UsageException(
          Text.format(
              "network '%s': the search space %s has none of this name; give one such as %s, or a chromosome of 0 and 1",
              name, space.name(), space.smallest(Architecture.CLASSES).get(0).phenotype()));
    }
    if (names.isEmpty()) {
      return new UsageException(
          Text.format(
              "network '%s': the search space %s does not find networks by name; give the chromosome of 0 and 1",
              name, space.name()));
    }
    Optional<String> nearest =
        Suggestion.within(name.length() / 2, name.toLowerCase(Locale.ROOT), names);
    return new UsageException(
        Text.format(
            "network '%s': there is none of this name; %s",
            name,
            nearest.isPresent()
                ? "the nearest is " + nearest.get()
                : Text.format("give a name such as %s, or a chromosome of 0 and 1", names.get(0))));
  }

  /**
   * Reads a file, or {@code in} for the name {@code -}.
   *
   * @return the lines with a chromosome or the name of a network
   */
  static List<String> lines(SearchSpace space, String name, InputStream in) throws UsageException {
    List<String> lines = new ArrayList<>();
    int number = 0;
    for (String line : text(name, in).lines().toList()) {
      number++;
      int comment = line.indexOf('#');
      String bits = (comment < 0 ? line : line.substring(0, comment)).strip();
      if (bits.isEmpty()) {
        continue;
      }
      try {
        parse(space, bits);
        lines.add(bits);
      } catch (UsageException e) {
        throw new UsageException(Text.format("%s, line %d: %s", name, number, e.getMessage()));
      }
    }
    if (lines.isEmpty()) {
      throw new UsageException(Text.format("%s holds no chromosome; write one per line", name));
    }
    return lines;
  }

  /** Reads a file, or {@code in} for the name {@code -}. */
  static List<Chromosome> read(SearchSpace space, String name, InputStream in)
      throws UsageException {
    return parse(space, lines(space, name, in), space.defaultLength());
  }

  /**
   * Parses chromosomes and names of networks.
   *
   * @param length bits of the chromosomes of names
   */
  static List<Chromosome> parse(SearchSpace space, List<String> lines, int length)
      throws UsageException {
    List<Chromosome> chromosomes = new ArrayList<>();
    for (String line : lines) {
      chromosomes.add(parse(space, line, length));
    }
    return chromosomes;
  }

  private static String text(String name, InputStream in) throws UsageException {
    ByteBuffer bytes = ByteBuffer.wrap(bytes(name, in));
    CharBuffer text = CharBuffer.allocate(bytes.remaining());
    CoderResult result =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .decode(bytes, text, true);
    text.flip();
    if (result.isError()) {
      // The added character makes a line end at the end of the text count as a line.
      throw new UsageException(
          Text.format(
              "%s is not a text file: line %d is not UTF-8; write one chromosome per line",
              name, (text + "?").lines().count()));
    }
    String all = text.toString();
    return all.startsWith(BYTE_ORDER_MARK) ? all.substring(BYTE_ORDER_MARK.length()) : all;
  }

  private static byte[] bytes(String name, InputStream in) throws UsageException {
    byte[] bytes;
    try {
      bytes = name.equals(STANDARD_INPUT) ? in.readNBytes(MAX_BYTES + 1) : bytes(Path.of(name));
    } catch (IOException | InvalidPathException e) {
      throw new UsageException(
          Text.format(
              "cannot read the chromosomes from '%s' (%s); name a file, or - for standard input",
              name, e.getClass().getSimpleName()));
    }
    if (bytes.length > MAX_BYTES) {
      throw new UsageException(
          Text.format(
              "%s holds more than %d MiB; write one chromosome per line, and fewer of them",
              name, MAX_MIB));
    }
    return bytes;
  }

  private static byte[] bytes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(MAX_BYTES + 1);
    }
  }
}
