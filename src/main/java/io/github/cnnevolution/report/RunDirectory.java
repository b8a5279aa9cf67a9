package io.github.cnnevolution.report;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;

/**
 * Where a run leaves its files.
 *
 * @param path the directory
 */
public record RunDirectory(Path path) {
  private static final Path RUNS = Path.of("runs");
  private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmmss");

  /** A name that is free: {@code runs/<date-time>}, with a number behind it if that exists. */
  public static RunDirectory unused(LocalDateTime now) {
    Path path = RUNS.resolve(NAME.format(now));
    for (int i = 2; Files.exists(path); i++) {
      path = RUNS.resolve(NAME.format(now) + "-" + i);
    }
    return new RunDirectory(path);
  }

  /** Whether nothing is there, or an empty directory. */
  public boolean isFree() throws IOException {
    if (!Files.exists(path)) {
      return true;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      return !entries.iterator().hasNext();
    } catch (NotDirectoryException e) {
      return false;
    }
  }

  /** The trained weights of the best candidate. */
  public Path bestModel() {
    return path.resolve("best_model.pt");
  }

  /** The best candidate and how it was found. */
  public Path bestChromosome() {
    return path.resolve("best_chromosome.json");
  }
}
