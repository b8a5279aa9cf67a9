package io.github.cnnevolution.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

/** Any content in place of CIFAR-100 is read or rejected with a message, within a time limit. */
class RandomCifarFilesTest {
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final int CLASSES = 100;
  private static final int COARSE_CLASSES = 20;

  private Path directory;

  /** A pair of labels, which may be out of range. */
  record Labels(int coarse, int fine) {}

  @BeforeTry
  void writeFiles() throws IOException {
    directory = Sample.write(Files.createTempDirectory("cifar"));
  }

  @AfterTry
  void deleteFiles() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Property(tries = 600, seed = "1")
  void readsRecordsOrNamesTheFault(
      @ForAll("records") List<Labels> records,
      @ForAll("cuts") int cut,
      @ForAll("names") String name)
      throws IOException {
    byte[] full = new byte[records.size() * Sample.RECORD];
    for (int i = 0; i < records.size(); i++) {
      full[i * Sample.RECORD] = (byte) records.get(i).coarse();
      full[i * Sample.RECORD + 1] = (byte) records.get(i).fine();
    }
    byte[] bytes = Arrays.copyOf(full, Math.max(0, full.length - cut));
    Files.write(directory.resolve(name), bytes);
    if (bytes.length == 0) {
      assertRefused(name, "found an empty file");
    } else if (bytes.length % Sample.RECORD != 0) {
      assertRefused(name, "found " + bytes.length + " bytes, which is ");
    } else {
      Labels[] kept = records.subList(0, bytes.length / Sample.RECORD).toArray(Labels[]::new);
      for (int i = 0; i < kept.length; i++) {
        if (kept[i].coarse() >= COARSE_CLASSES || kept[i].fine() >= CLASSES) {
          int label = kept[i].coarse() >= COARSE_CLASSES ? kept[i].coarse() : kept[i].fine();
          assertRefused(name, "found %d in record %d (counted from 0)".formatted(label, i));
          return;
        }
      }
      Dataset dataset = read();
      assertArrayEquals(
          Arrays.stream(kept).mapToLong(Labels::fine).toArray(),
          (name.equals("train.bin") ? dataset.train() : dataset.test().orElseThrow()).labels());
    }
  }

  @Property(tries = 300, seed = "2")
  void rejectsArbitraryBytes(@ForAll @Size(max = 3073) byte[] bytes, @ForAll("names") String name)
      throws IOException {
    Files.write(directory.resolve(name), bytes);
    assertRefused(name, "records of 3074 bytes, found ");
  }

  /** Arbitrary values of {@code --data} that are not a directory with the files. */
  @Property(tries = 1000, seed = "3")
  void rejectsArbitraryNames(@ForAll("paths") String data) {
    DatasetLocator locator = new DatasetLocator(Map.of(), directory);
    String message =
        assertThrows(
                DatasetException.class,
                () -> locator.locate(Optional.of(data), ConversionListener.NONE))
            .getMessage();
    assertTrue(message.contains(": expected ") && message.contains(", found "), message);
  }

  /** A sparse file of 3 GB: it needs no disk space, and would not fit into this process's heap. */
  @Property(tries = 4, seed = "4")
  void rejectsAHugeFileWithoutReadingIt(@ForAll("names") String name) throws IOException {
    Path file = directory.resolve(name);
    Files.delete(file);
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.SPARSE,
            StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), 1_000_000L * Sample.RECORD - 1);
    }
    assertEquals(1_000_000L * Sample.RECORD, Files.size(file));
    assertRefused(name, "expected one to 699050 records of 3074 bytes, found 3074000000 bytes");
  }

  /** Opening a pipe without a writer would block forever. */
  @Example
  void rejectsAPipeWithoutOpeningIt() throws Exception {
    writeOver("train.bin", file -> {});
    Process mkfifo =
        new ProcessBuilder("mkfifo", directory.resolve("train.bin").toString()).start();
    assertTrue(mkfifo.waitFor(3, TimeUnit.MINUTES));
    assertEquals(0, mkfifo.exitValue());
    assertRefused(
        "train.bin", "expected a CIFAR-100 binary file, found something other than a regular file");
  }

  @Example
  void rejectsLinksToNoFile() throws IOException {
    writeOver("train.bin", file -> Files.createSymbolicLink(file, file.resolveSibling("gone")));
    assertRefused("train.bin", "expected a CIFAR-100 binary file, found nothing");
    writeOver("train.bin", file -> Files.createSymbolicLink(file, Path.of("/dev/zero")));
    assertRefused("train.bin", "found something other than a regular file");
  }

  /** Replaces a file with something else. */
  private void writeOver(String name, FileMaker maker) throws IOException {
    Files.delete(directory.resolve(name));
    maker.make(directory.resolve(name));
  }

  /** Creates a file, a link, or nothing. */
  private interface FileMaker {
    void make(Path file) throws IOException;
  }

  @Provide
  Arbitrary<List<Labels>> records() {
    Arbitrary<Integer> coarse =
        Arbitraries.frequencyOf(
            Tuple.of(20, Arbitraries.integers().between(0, 19)),
            Tuple.of(1, Arbitraries.integers().between(20, 255)));
    Arbitrary<Integer> fine =
        Arbitraries.frequencyOf(
            Tuple.of(20, Arbitraries.integers().between(0, 99)),
            Tuple.of(1, Arbitraries.integers().between(100, 255)));
    return Combinators.combine(coarse, fine).as(Labels::new).list().ofMaxSize(8);
  }

  /** The number of bytes cut off at the end, often 0. */
  @Provide
  Arbitrary<Integer> cuts() {
    return Arbitraries.oneOf(
        Arbitraries.just(0),
        Arbitraries.just(0),
        Arbitraries.of(1, 2, 3072, 3073, 3074, 3075),
        Arbitraries.integers().between(0, 9 * Sample.RECORD));
  }

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.of("train.bin", "test.bin");
  }

  @Provide
  Arbitrary<String> paths() {
    return Arbitraries.oneOf(
            Arbitraries.strings().all().ofMaxLength(40),
            Arbitraries.strings().ascii().ofMaxLength(40),
            Arbitraries.of("", ".", "/", "..", "\0", "pom.xml", "pom.xml/x", "Synthetic", "~"),
            Arbitraries.of("x", "x/", "\ud83d\ude00").map(text -> text.repeat(5000)))
        .filter(text -> !text.equals("synthetic"));
  }

  private Dataset read() {
    return assertTimeoutPreemptively(LIMIT, () -> Cifar100Files.read(directory));
  }

  private void assertRefused(String name, String fault) {
    String message =
        assertTimeoutPreemptively(
            LIMIT,
            () ->
                assertThrows(DatasetException.class, () -> Cifar100Files.read(directory))
                    .getMessage());
    assertTrue(message.startsWith(directory.resolve(name) + ": expected "), message);
    assertTrue(message.contains(fault), message);
    assertEquals(1, message.lines().count(), message);
  }
}
