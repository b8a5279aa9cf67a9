package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files as large as those of CIFAR-100, in small Java heaps. */
class WholeCifar100IT {
  private static final int RECORD = 2 + 3072;

  @TempDir private static Path directory;

  @BeforeAll
  static void write() throws IOException {
    Random random = new Random(1);
    write("train.bin", 50_000, random);
    write("test.bin", 10_000, random);
    Files.writeString(directory.resolve("chromosomes"), "00001000000010000000\n");
  }

  private static void write(String name, int records, Random random) throws IOException {
    byte[] record = new byte[RECORD];
    try (OutputStream out =
        new BufferedOutputStream(Files.newOutputStream(directory.resolve(name)))) {
      for (int i = 0; i < records; i++) {
        random.nextBytes(record);
        record[1] = (byte) (i % 100);
        record[0] = (byte) (record[1] / 5);
        out.write(record);
      }
    }
  }

  private static RunProcess evaluate(String heap) throws Exception {
    return Launch.jar()
        .flag(heap)
        .start(
            directory,
            "evaluate",
            "--chromosomes",
            "chromosomes",
            "--data",
            ".",
            "--epochs",
            "1",
            "--train_limit",
            "64");
  }

  @Test
  void fitsIntoAHeapOf256Megabytes() throws Exception {
    evaluate("-Xmx256m").endsWith(0);
  }

  @Test
  void aSmallerHeapIsNamedWithTheRemedy() throws Exception {
    RunProcess process = evaluate("-Xmx128m");
    process.endsWith(1);
    assertTrue(process.text().contains("cnn-evolution: out of memory: "), process.text());
    // The collector decides how much of 128 MB that is.
    assertTrue(
        Pattern.compile("Java may use 1\\d\\d MB here: start it with `java -Xmx2g -jar \\.\\.\\.`")
            .matcher(process.text())
            .find(),
        process.text());
  }
}
