package io.github.cnnevolution.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The file of a store for a look that changes nothing on the disk: the file itself, or a copy.
 *
 * <p>A process that was killed may leave a write-ahead log without the index that SQLite keeps for
 * it while a process has the store open. To read the log SQLite would make that index, and leave it
 * there. So file and log are copied, which is safe: no process has them open.
 *
 * @param file to be opened
 * @param copies what to delete afterwards
 */
record StoreSnapshot(Path file, List<Path> copies) implements AutoCloseable {
  /** Copies the lists. */
  StoreSnapshot {
    copies = List.copyOf(copies);
  }

  /** Looks which it has to be. */
  static StoreSnapshot of(Path file) throws IOException {
    Path log = StoreFile.beside(file, "-wal");
    if (!Files.exists(log) || Files.exists(StoreFile.beside(file, "-shm"))) {
      return new StoreSnapshot(file, List.of());
    }
    Path directory = Files.createTempDirectory("cnn-evolution-store-");
    Path copy = directory.resolve("run.db");
    StoreSnapshot snapshot =
        new StoreSnapshot(
            copy,
            List.of(
                copy, StoreFile.beside(copy, "-wal"), StoreFile.beside(copy, "-shm"), directory));
    try {
      Files.copy(file, copy);
      Files.copy(log, StoreFile.beside(copy, "-wal"));
      return snapshot;
    } catch (IOException e) {
      snapshot.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    for (Path copy : copies) {
      Files.deleteIfExists(copy);
    }
  }
}
