package io.github.cnnevolution.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir private Path directory;

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void replacesAFile() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "old");
    AtomicFile.write(file, out -> out.write("new".getBytes(StandardCharsets.UTF_8)));
    assertEquals("new", Files.readString(file));
    assertEquals(List.of("file"), names());
  }

  /**
   * Three failures: the temporary file cannot be created, the target is a directory, and writing
   * fails.
   */
  @Test
  void aFailureNamesTheFileAndKeepsTheOldContent() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "old");
    assertFails(file.resolve("below"), "Not a directory", out -> {});
    assertFails(directory.resolve("no/such/place"), "no such file or directory", out -> {});
    Path full = Files.createDirectories(directory.resolve("full"));
    Files.createDirectory(full.resolve("not empty"));
    assertFails(full, "Is a directory", out -> {});
    assertFails(
        file,
        "No space left on device",
        out -> {
          out.write(1);
          throw new IOException("No space left on device");
        });
    assertEquals("old", Files.readString(file));
    assertEquals(List.of("file", "full"), names());
  }

  private static void assertFails(Path file, String reason, AtomicFile.Content content) {
    IOException e = assertThrows(IOException.class, () -> AtomicFile.write(file, content));
    assertEquals("cannot write %s: %s".formatted(file, reason), e.getMessage());
  }

  /** The caller must be able to distinguish an interrupt from a disk error. */
  @Test
  void anInterruptIsReportedAsAnInterrupt() throws Exception {
    Path file = directory.resolve("file");
    Thread.currentThread().interrupt();
    try {
      assertThrows(
          ClosedByInterruptException.class,
          () -> AtomicFile.write(file, out -> out.write(new byte[1 << 20])));
    } finally {
      assertTrue(Thread.interrupted());
    }
    assertEquals(List.of(), names());
  }
}
