package io.github.cnnevolution.engine;

import io.github.cnnevolution.evaluation.WorkerScaling;
import io.github.cnnevolution.files.AtomicFile;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * What was measured of devices with several workers, in a file beside the native libraries. It only
 * saves the time of measuring: a file that cannot be read or written is as none.
 *
 * @param file of Java properties: a line for each device with its settings; empty: nothing is
 *     remembered
 */
record RememberedWorkers(Optional<Path> file) {
  private static final String NAME = "cnn-evolution-workers.properties";

  /** The file in the directory that holds the native libraries of all versions, if there is one. */
  static RememberedWorkers in(Optional<Path> directory) {
    return new RememberedWorkers(directory.map(path -> path.resolve(NAME)));
  }

  /** What was measured under these circumstances. */
  Optional<WorkerScaling> find(String key) {
    try {
      return Optional.ofNullable(read().getProperty(key)).map(RememberedWorkers::parse);
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Notes what was measured, if the file can be written. */
  void put(String key, WorkerScaling scaling) {
    if (file.isEmpty()) {
      return;
    }
    Properties all;
    try {
      all = read();
    } catch (IOException | IllegalArgumentException e) {
      // Not a file of ours any more: it is made anew.
      all = new Properties();
    }
    all.setProperty(key, text(scaling));
    Properties changed = all;
    try {
      AtomicFile.write(file.get(), out -> changed.store(out, null));
    } catch (IOException e) {
      return;
    }
  }

  private Properties read() throws IOException {
    Properties all = new Properties();
    if (file.isPresent() && Files.exists(file.get())) {
      try (Reader reader = Files.newBufferedReader(file.get(), StandardCharsets.ISO_8859_1)) {
        all.load(reader);
      }
    }
    return all;
  }

  /** Such as {@code 1:1.00 2:1.70 4:2.40}. */
  private static String text(WorkerScaling scaling) {
    return scaling.levels().stream()
        .map(level -> Text.format("%d:%.2f", level.workers(), level.ratio()))
        .collect(Collectors.joining(" "));
  }

  private static WorkerScaling parse(String text) {
    List<WorkerScaling.Level> levels = new ArrayList<>();
    for (String part : text.strip().split(" ", -1)) {
      int colon = part.indexOf(':');
      levels.add(
          new WorkerScaling.Level(
              Integer.parseInt(part.substring(0, Math.max(0, colon))),
              Double.parseDouble(part.substring(colon + 1))));
    }
    return new WorkerScaling(levels);
  }
}
