package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainSpace;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.Size;

/** Whatever is in a file of chromosomes, it is read, or refused in one line that says where. */
class RandomChromosomeFilesTest {
  /** A line and the chromosome that it holds; {@code null}: none, and {@code wrong}: refused. */
  record Line(String text, String bits, boolean wrong) {}

  @Property(tries = 2000, seed = "1")
  void linesAreReadOrTheFirstWrongOneIsNamed(
      @ForAll("lines") List<Line> lines,
      @ForAll("separators") String separator,
      @ForAll boolean mark,
      @ForAll boolean ended)
      throws UsageException {
    String text =
        (mark ? "\ufeff" : "")
            + String.join(separator, lines.stream().map(Line::text).toList())
            + (ended ? separator : "");
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int wrong =
        IntStream.range(0, lines.size()).filter(i -> lines.get(i).wrong()).findFirst().orElse(-1);
    List<String> expected =
        lines.stream().filter(line -> line.bits() != null).map(Line::bits).toList();
    if (wrong >= 0) {
      String message = refusal(bytes);
      assertTrue(
          message.matches("(?s)-, line " + (wrong + 1) + ": (chromosome|network) '.*"), message);
    } else if (expected.isEmpty()) {
      assertEquals("- holds no chromosome; write one per line", refusal(bytes));
    } else {
      assertEquals(expected, read(bytes).stream().map(Chromosome::bits).toList());
    }
  }

  @Property(tries = 2000, seed = "2")
  void anyBytesAreReadOrRefused(@ForAll @Size(max = 200) byte[] bytes) {
    assertReadOrRefused(bytes);
  }

  @Property(tries = 2000, seed = "3")
  void anyTextIsReadOrRefused(@ForAll("texts") String text) {
    assertReadOrRefused(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The line of the first byte that is not UTF-8 is named, whatever the lines before it hold. */
  @Property(tries = 500, seed = "4")
  void bytesThatAreNoTextAreNamedByLine(
      @ForAll("lines") List<Line> lines, @ForAll("noText") byte[] noText) {
    StringBuilder before = new StringBuilder();
    lines.forEach(line -> before.append(line.text()).append('\n'));
    byte[] text = before.toString().getBytes(StandardCharsets.UTF_8);
    byte[] bytes = Arrays.copyOf(text, text.length + noText.length);
    System.arraycopy(noText, 0, bytes, text.length, noText.length);
    String message = refusal(bytes);
    assertEquals(
        "- is not a text file: line %d is not UTF-8; write one chromosome per line"
            .formatted(lines.size() + 1),
        message);
  }

  /** Through the whole program, from a file: one line, and the file is as it was. */
  @Property(tries = 300, seed = "5")
  void theProgramNamesTheFileInOneLine(@ForAll @Size(max = 100) byte[] bytes) throws IOException {
    Path file = Files.createTempFile("chromosomes", ".txt");
    try {
      Files.write(file, bytes);
      CommandLineRun run =
          CommandLineRun.of(
              "evaluate", "--chromosomes", file.toString(), "--data", "no/such/directory");
      assertEquals(ExitCode.USAGE, run.code(), run.err());
      assertEquals("", run.out());
      assertTrue(
          run.err().matches("cnn-evolution: \\P{Cntrl}*" + file + "\\P{Cntrl}*\n"), run.err());
      assertEquals(
          HexFormat.of().formatHex(bytes), HexFormat.of().formatHex(Files.readAllBytes(file)));
    } finally {
      Files.delete(file);
    }
  }

  @Provide
  Arbitrary<List<Line>> lines() {
    Arbitrary<String> bits = Arbitraries.strings().withChars("01").ofMinLength(19).ofMaxLength(40);
    Arbitrary<String> blank = Arbitraries.strings().withChars(" \t").ofMaxLength(3);
    // Anything but what ends a line.
    Arbitrary<String> comment =
        Arbitraries.strings().all().ofMaxLength(20).map(t -> "#" + t.replaceAll("[\r\n]", ""));
    Arbitrary<Line> valid =
        Combinators.combine(blank, bits, blank, comment.injectNull(0.5))
            .as((a, b, c, d) -> new Line(a + b + c + (d == null ? "" : d), b, false));
    Arbitrary<Line> empty =
        Combinators.combine(blank, comment.injectNull(0.5))
            .as((a, b) -> new Line(a + (b == null ? "" : b), null, false));
    Arbitrary<Line> wrong =
        Arbitraries.oneOf(
                bits.map(b -> b.substring(0, 18)),
                bits.map(b -> b + " 1"),
                bits.map(b -> b.substring(1) + "\u0661"),
                bits.map(b -> "\0" + b),
                bits.map(b -> "0b" + b),
                bits.map(b -> "\"" + b + "\""),
                bits.map(b -> b + "\ud83d\ude00"),
                Arbitraries.just("x".repeat(50_000)))
            .map(text -> new Line(text, null, true));
    return Arbitraries.frequencyOf(Tuple.of(12, valid), Tuple.of(6, empty), Tuple.of(1, wrong))
        .list()
        .ofMaxSize(12);
  }

  @Provide
  Arbitrary<String> separators() {
    return Arbitraries.of("\n", "\r\n", "\r");
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.oneOf(
        Arbitraries.strings().all().ofMaxLength(100),
        Arbitraries.strings().withChars("01 \t\r\n#\0\u0085\u2028\ufeff").ofMaxLength(100),
        HostileTexts.any());
  }

  /**
   * A stray continuation, a cut sequence, an overlong one, a surrogate, a byte that never occurs.
   */
  @Provide
  Arbitrary<byte[]> noText() {
    return Arbitraries.of("80", "c3", "e4bd", "c080", "eda080", "ff", "f8888080", "e4f6fc0a")
        .map(HexFormat.of()::parseHex);
  }

  private static void assertReadOrRefused(byte[] bytes) {
    try {
      List<Chromosome> chromosomes = read(bytes);
      assertFalse(chromosomes.isEmpty());
      String text = new String(bytes, StandardCharsets.UTF_8);
      chromosomes.forEach(chromosome -> assertTrue(text.contains(chromosome.bits())));
    } catch (UsageException e) {
      assertTrue(
          e.getMessage().matches("(?s)-, line \\d+: (chromosome|network) '.*")
              || e.getMessage().startsWith("- holds no chromosome")
              || e.getMessage().matches("- is not a text file: line \\d+ is not UTF-8; .*"),
          e.getMessage());
    }
  }

  private static List<Chromosome> read(byte[] bytes) throws UsageException {
    return ChromosomeFile.read(new PlainSpace(), "-", new ByteArrayInputStream(bytes));
  }

  private static String refusal(byte[] bytes) {
    return assertThrows(UsageException.class, () -> read(bytes)).getMessage();
  }
}
