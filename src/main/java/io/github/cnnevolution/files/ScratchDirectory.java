package io.github.cnnevolution.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory among the system's temporary files, which closing removes with all that is in it. */
public record ScratchDirectory(Path path) implements AutoCloseable {
  /**
   * Makes one.
   *
   * @throws UncheckedIOException if it cannot be made
   */
  public static ScratchDirectory create() {
    try {
      return new ScratchDirectory(Files.createTempDirectory("cnn-evolution-"));
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      DirectoryTree.delete(path);
    } catch (IOException e) {
      // What is left is among temporary files.
      return;
    }
  }
}
