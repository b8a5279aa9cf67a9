package io.github.cnnevolution.cli;

import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainSpace;
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

/**
 * Reads chromosomes from text, one per line. Skips blank lines, comments from {@code #} to the end
 * of the line, and a leading byte order mark, which some editors write.
 */
final class ChromosomeFile {
  private static final String STANDARD_INPUT = "-";
  private static final String BYTE_ORDER_MARK = "\ufeff";

  /** 800,000 chromosomes of 20 bits. A longer input is a mistake or endless. */
  private static final int MAX_MIB = 16;

  private static final int MAX_BYTES = MAX_MIB << 20;

  private static final SearchSpace SPACE = new PlainSpace();

  private ChromosomeFile() {}

  /** Parses one chromosome. */
  static Chromosome parse(String bits) throws UsageException {
    try {
      return SPACE.check(new Chromosome(bits));
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
      int comment = line.indexOf('#');
      String bits = (comment < 0 ? line : line.substring(0, comment)).strip();
      if (bits.isEmpty()) {
        continue;
      }
      try {
        chromosomes.add(SPACE.check(new Chromosome(bits)));
      } catch (IllegalArgumentException e) {
        throw new UsageException(Text.format("%s, line %d: %s", name, number, e.getMessage()));
      }
    }
    if (chromosomes.isEmpty()) {
      throw new UsageException(Text.format("%s holds no chromosome; write one per line", name));
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
