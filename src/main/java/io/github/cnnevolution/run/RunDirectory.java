package io.github.cnnevolution.run;

import io.github.cnnevolution.evaluation.JobRunner;
import io.github.cnnevolution.files.AtomicFile;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;

/**
 * The files of a run.
 *
 * @param path the directory
 */
public record RunDirectory(Path path) {
  /** The name of the page. */
  public static final String REPORT = "report.html";

  private static final String BEST_MODEL = "best_model.pt";
  private static final String BEST_CHROMOSOME = "best_chromosome.json";

  private static final Path RUNS = Path.of("runs");
  private static final String LOCK = "run.lock";
  private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmmss");

  /**
   * Creates a directory for a run: {@code runs/<date-time>}, with a number behind it if that
   * exists. No two processes get the same one.
   *
   * @throws IOException if it cannot be created
   */
  public static RunDirectory createUnused(LocalDateTime now) throws IOException {
    Files.createDirectories(RUNS);
    RunDirectory next = unused(now);
    while (!isCreated(next.path)) {
      next = unused(now);
    }
    return next;
  }

  /** Returns the directory that {@link #createUnused} would create now. */
  public static RunDirectory unused(LocalDateTime now) {
    Path path = RUNS.resolve(NAME.format(now));
    for (int i = 2; Files.exists(path); i++) {
      path = RUNS.resolve(NAME.format(now) + "-" + i);
    }
    return new RunDirectory(path);
  }

  private static boolean isCreated(Path path) throws IOException {
    try {
      Files.createDirectory(path);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  /** Removes the directory if there is nothing in it. */
  public void removeIfEmpty() throws IOException {
    try {
      Files.deleteIfExists(path);
    } catch (DirectoryNotEmptyException e) {
      // The run has left something.
      return;
    }
  }

  /** Whether nothing is there, or a directory without anything that a run would leave. */
  public boolean isFree() throws IOException {
    if (!Files.exists(path)) {
      return true;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (!name.equals(LOCK) && !(name.startsWith(".") && name.contains(".tmp"))) {
          return false;
        }
      }
      return true;
    } catch (NotDirectoryException e) {
      return false;
    }
  }

  /** Removes temporary files of killed processes. No process may be writing there. */
  public void removeLeftovers() throws IOException {
    AtomicFile.removeLeftovers(path);
    for (Path below : List.of(top(), front(), rungs())) {
      if (Files.isDirectory(below)) {
        AtomicFile.removeLeftovers(below);
      }
    }
  }

  /** The name of the directory, without those above it. */
  public String name() {
    Path absolute = path.toAbsolutePath().normalize();
    Path name = absolute.getFileName();
    return name == null ? absolute.toString() : name.toString();
  }

  /** The trained weights of the best candidate. */
  public Path bestModel() {
    return path.resolve(BEST_MODEL);
  }

  /** The trained weights of the candidates behind the best, and what is said about them. */
  public Path top() {
    return path.resolve("top");
  }

  /** The trained weights of the networks of the front, and what is said about them. */
  public Path front() {
    return path.resolve("front");
  }

  /** The directory of the run that has left a model. */
  public static RunDirectory of(Path model) {
    Path directory = model.toAbsolutePath().getParent();
    Path run = directory == null ? null : directory.getParent();
    return run != null && Files.exists(new RunDirectory(run).database())
        ? new RunDirectory(run)
        : new RunDirectory(directory == null ? model : directory);
  }

  /** The file beside a model that says of which network it is. */
  public static Path facts(Path model) {
    String name = model.getFileName().toString();
    return model.resolveSibling(
        name.equals(BEST_MODEL) ? BEST_CHROMOSOME : name.replaceFirst("\\.[^.]*$", "") + ".json");
  }

  /** The states of trainings that were evaluated after a part of them and may go on. */
  public Path rungs() {
    return path.resolve("rungs");
  }

  /** The store of all evaluations. */
  public Path database() {
    return path.resolve("run.db");
  }

  /** Held by the process that works on the run. */
  public Path lock() {
    return path.resolve(LOCK);
  }

  /** The best candidate and how it was found. */
  public Path bestChromosome() {
    return facts(bestModel());
  }

  /** What is trained to the end here, and what came of it. */
  public Path training() {
    return path.resolve("training.json");
  }

  /** The state of a training that is not over, by its seed. */
  public Path checkpoint(long seed) {
    return path.resolve(Text.format("checkpoint_%d.pt", seed));
  }

  /** The state of a training whose batches are split into so many parts; 1 is the usual one. */
  public Path checkpoint(long seed, int parts) {
    return parts == 1
        ? checkpoint(seed)
        : path.resolve(Text.format("checkpoint_%d_in_%d_parts.pt", seed, parts));
  }

  /** Removes all checkpoints of a seed. */
  public void deleteCheckpoints(long seed) throws IOException {
    for (int parts = 1; parts <= JobRunner.MAX_MICRO_BATCHES; parts *= 2) {
      Files.deleteIfExists(checkpoint(seed, parts));
    }
  }

  /** The trained weights of a further seed. */
  public Path model(long seed) {
    return path.resolve(Text.format("seed_%d.pt", seed));
  }

  /** The page that shows the run. */
  public Path report() {
    return path.resolve(REPORT);
  }
}
