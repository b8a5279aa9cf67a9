package io.github.cnnevolution.run;

import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.sqlite.SQLiteJDBCLoader;

/** Loads SQLite's native library from the jar. */
final class SqliteLibrary {
  private static final String DIRECTORY = "org.sqlite.tmpdir";

  private SqliteLibrary() {}

  /**
   * Loads it, unless it is loaded. The copy on disk is removed as soon as it is mapped: left to its
   * end, a process that is killed would leave it behind.
   *
   * @throws UncheckedIOException if the directory for temporary files cannot be used
   */
  static synchronized void load() {
    if (System.getProperty(DIRECTORY) != null) {
      // Loaded, or a directory of the user's choice.
      return;
    }
    try {
      Path directory = Files.createTempDirectory("cnn-evolution-sqlite-");
      System.setProperty(DIRECTORY, directory.toString());
      try {
        SQLiteJDBCLoader.initialize();
      } finally {
        remove(directory);
      }
    } catch (Exception e) {
      System.clearProperty(DIRECTORY);
      throw new UncheckedIOException(
          Text.format(
              "cannot load SQLite from %s (%s); name a directory from which libraries may be loaded with -Djava.io.tmpdir",
              System.getProperty("java.io.tmpdir"), e.getMessage()),
          new IOException(e));
    }
  }

  private static void remove(Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> listed = Files.list(directory)) {
      files = listed.toList();
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
    Files.deleteIfExists(directory);
  }
}
