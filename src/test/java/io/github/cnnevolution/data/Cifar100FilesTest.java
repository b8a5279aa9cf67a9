package io.github.cnnevolution.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Cifar100FilesTest {
  @TempDir Path directory;

  @BeforeEach
  void writeFiles() throws IOException {
    Sample.write(directory);
  }

  @Test
  void readsFineLabelsAndAllPixels() {
    Dataset dataset = Cifar100Files.read(directory);
    assertArrayEquals(new long[] {0, 1, 2, 1}, dataset.train().labels());
    assertArrayEquals(new long[] {99, 0}, dataset.test().orElseThrow().labels());
    for (int i = 0; i < 4; i++) {
      for (int c = 0; c < 3; c++) {
        for (int y = 0; y < 32; y++) {
          for (int x = 0; x < 32; x++) {
            assertEquals(Sample.pixel(i, c, y, x), dataset.train().pixel(i, c, y, x));
          }
        }
      }
    }
    assertEquals("CIFAR-100 (4 training, 2 test images, " + directory + ")", dataset.name());
  }

  @Test
  void readsMoreRecordsThanOneChunk() throws IOException {
    int[] labels = new int[5000];
    Arrays.setAll(labels, i -> i % 100);
    Files.write(directory.resolve("train.bin"), Sample.records(labels));
    ImageSet train = Cifar100Files.read(directory).train();
    assertEquals(5000, train.size());
    for (int i = 0; i < 5000; i++) {
      assertEquals(i % 100, train.label(i));
      assertEquals(Sample.pixel(i, 2, 31, 31), train.pixel(i, 2, 31, 31));
    }
  }

  @Test
  void findsTheArchivesSubdirectory() throws IOException {
    Path outer = directory.resolve("outer");
    Path inner = Sample.write(outer.resolve("cifar-100-binary"));
    Dataset dataset = Cifar100Files.read(outer);
    assertEquals("CIFAR-100 (4 training, 2 test images, " + inner + ")", dataset.name());
  }

  @Test
  void namesAMissingDirectory() {
    Path missing = directory.resolve("missing");
    assertFault(
        missing, "expected a directory with train.bin and test.bin, found nothing", missing);
  }

  @Test
  void namesAFileInPlaceOfTheDirectory() {
    Path file = directory.resolve("train.bin");
    assertFault(file, "expected a directory with train.bin and test.bin, found a file", file);
  }

  @Test
  void namesAMissingFile() throws IOException {
    Files.delete(directory.resolve("test.bin"));
    assertFault(
        directory,
        "expected a CIFAR-100 binary file, found nothing",
        directory.resolve("test.bin"));
  }

  @Test
  void namesAnUnreadableFile() throws IOException {
    // A link to itself cannot be read by anyone, not even by root.
    Path train = directory.resolve("train.bin");
    Files.delete(train);
    Files.createSymbolicLink(train, train);
    DatasetException fault =
        assertThrows(DatasetException.class, () -> Cifar100Files.read(directory));
    assertTrue(
        fault.getMessage().startsWith(train + ": expected a readable file, found the error "));
  }

  @Test
  void namesADirectoryInPlaceOfAFile() throws IOException {
    Files.delete(directory.resolve("train.bin"));
    Files.createDirectory(directory.resolve("train.bin"));
    assertFault(
        directory,
        "expected a CIFAR-100 binary file, found a directory",
        directory.resolve("train.bin"));
  }

  @Test
  void countsTheBytesOfAFileThatEndsInsideARecord() throws IOException {
    byte[] whole = Sample.records(0, 1, 2);
    Files.write(directory.resolve("train.bin"), Arrays.copyOf(whole, whole.length - 1));
    assertFault(
        directory,
        "records of 3074 bytes, found 9221 bytes, which is 2 records and 3073 bytes",
        directory.resolve("train.bin"));
  }

  @Test
  void refusesAnEmptyFile() throws IOException {
    Files.write(directory.resolve("test.bin"), new byte[0]);
    assertFault(
        directory, "records of 3074 bytes, found an empty file", directory.resolve("test.bin"));
  }

  @Test
  void namesTheRecordOfAWrongFineLabel() throws IOException {
    byte[] records = Sample.records(0, 1, 2);
    records[2 * Sample.RECORD + 1] = 100;
    Files.write(directory.resolve("train.bin"), records);
    assertFault(
        directory,
        "expected fine labels from 0 to 99, found 100 in record 2 (counted from 0)",
        directory.resolve("train.bin"));
  }

  @Test
  void namesTheRecordOfAWrongCoarseLabel() throws IOException {
    byte[] records = Sample.records(0, 1, 2);
    records[Sample.RECORD] = (byte) 255;
    Files.write(directory.resolve("test.bin"), records);
    assertFault(
        directory,
        "expected coarse labels from 0 to 19, found 255 in record 1 (counted from 0)",
        directory.resolve("test.bin"));
  }

  @Test
  void acceptsTheHighestLabels() throws IOException {
    byte[] records = Sample.records(99);
    records[0] = 19;
    Files.write(directory.resolve("train.bin"), records);
    assertEquals(99, Cifar100Files.read(directory).train().label(0));
  }

  @Test
  void readsTheSample() {
    Path sample = Sample.directory();
    assumeTrue(
        Files.isDirectory(sample),
        "no sample in " + sample + "; set CNN_EVOLUTION_CIFAR100_SAMPLE to run this");
    Dataset dataset = Cifar100Files.read(sample);
    assertEquals(10_000, dataset.train().size());
    assertEquals(2_000, dataset.test().orElseThrow().size());
    for (int label = 0; label < 100; label++) {
      assertEquals(100, Sample.counts(dataset.train())[label]);
      assertEquals(20, Sample.counts(dataset.test().orElseThrow())[label]);
    }
  }

  /**
   * Asserts that reading {@code read} fails with one line that names the file, the fault and the
   * remedy.
   */
  private static void assertFault(Path read, String fault, Path named) {
    String message =
        assertThrows(DatasetException.class, () -> Cifar100Files.read(read)).getMessage();
    assertTrue(message.startsWith(named + ": expected "), message);
    assertTrue(message.contains(fault), message);
    assertTrue(
        message.endsWith("; run `java -jar cnn-evolution.jar download`, or use --data synthetic"),
        message);
    assertEquals(1, message.lines().count());
  }
}
