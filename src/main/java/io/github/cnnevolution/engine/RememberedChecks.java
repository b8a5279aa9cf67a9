package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.files.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What checks of this machine have found, in a file that its processes share: a line for each, with
 * its key and its verdict. A file that is damaged, or cannot be read or written, only means that a
 * check is made again.
 *
 * @param file empty: nothing is remembered
 */
record RememberedChecks(Optional<Path> file) {
  static final String NAME = "cnn-evolution-graphs.tsv";

  private static final String AGREES = "agrees";
  private static final String DIFFERS = "differs: ";
  private static final int MOST_LINES = 500;
  private static final long MOST_BYTES = 1 << 20;

  /**
   * What a check has found.
   *
   * @param problem empty: recorded steps agree with others
   */
  record Verdict(Optional<String> problem) {}

  /** Beside the native libraries. */
  static RememberedChecks ofSystem() {
    return new RememberedChecks(NativeRuntime.cacheDirectory().map(path -> path.resolve(NAME)));
  }

  /** What a check of this key has found; empty if none has. */
  Optional<Verdict> find(String key) {
    return Optional.ofNullable(lines().get(oneLine(key))).flatMap(RememberedChecks::verdict);
  }

  /** Remembers what a check has found, in place of what an earlier one has. */
  void remember(String key, Verdict verdict) {
    if (file.isEmpty()) {
      return;
    }
    Map<String, String> lines = lines();
    lines.remove(oneLine(key));
    lines.put(oneLine(key), verdict.problem().map(text -> DIFFERS + oneLine(text)).orElse(AGREES));
    StringBuilder text = new StringBuilder();
    lines.entrySet().stream()
        .skip(Math.max(0, lines.size() - MOST_LINES))
        .forEach(e -> text.append(e.getKey()).append('\t').append(e.getValue()).append('\n'));
    try {
      AtomicFile.write(
          file.get(), out -> out.write(text.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      // The next process makes the check again.
      return;
    }
  }

  private static Optional<Verdict> verdict(String text) {
    if (text.equals(AGREES)) {
      return Optional.of(new Verdict(Optional.empty()));
    }
    return text.startsWith(DIFFERS)
        ? Optional.of(new Verdict(Optional.of(text.substring(DIFFERS.length()))))
        : Optional.empty();
  }

  /** Verdicts by their keys; without the lines that are damaged. */
  private Map<String, String> lines() {
    Map<String, String> lines = new LinkedHashMap<>();
    if (file.isEmpty()) {
      return lines;
    }
    try {
      if (Files.size(file.get()) > MOST_BYTES) {
        return lines;
      }
      String text = new String(Files.readAllBytes(file.get()), StandardCharsets.UTF_8);
      // The last line ends as the others do; what follows it was cut short.
      String[] all = text.split("\n", -1);
      for (int i = 0; i < all.length - 1; i++) {
        String[] parts = all[i].split("\t", -1);
        if (parts.length == 2 && verdict(parts[1]).isPresent()) {
          lines.put(parts[0], parts[1]);
        }
      }
    } catch (IOException e) {
      // Not there yet, or not readable: nothing is remembered.
      return lines;
    }
    return lines;
  }

  private static String oneLine(String text) {
    return text.replaceAll("[\\t\\r\\n]+", " ");
  }
}
