package io.github.cnnevolution.engine;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Paths in one text, separated by {@code :} as in a class path. A name may contain the separator
 * too: the longest text that names an existing file counts as one path. So do two or more parts
 * that name nothing, alone or together, so that a message shows all that was typed.
 */
public final class PathList {
  /** More separators in one name are a mistake. */
  private static final int MOST_PARTS = 16;

  private PathList() {}

  /**
   * Returns the paths; empty parts are skipped.
   *
   * @throws InvalidPathException if a part is not a path
   */
  public static List<Path> parse(String text) {
    List<String> parts = Arrays.asList(text.split(File.pathSeparator, -1));
    List<Path> paths = new ArrayList<>();
    int from = 0;
    while (from < parts.size()) {
      int to = end(parts, from);
      String path = String.join(File.pathSeparator, parts.subList(from, to));
      if (!path.isEmpty()) {
        paths.add(Path.of(path));
      }
      from = to;
    }
    return paths;
  }

  private static int end(List<String> parts, int from) {
    for (int to = Math.min(parts.size(), from + MOST_PARTS); to > from + 1; to--) {
      if (exists(String.join(File.pathSeparator, parts.subList(from, to)))) {
        return to;
      }
    }
    int to = from + 1;
    boolean named = parts.get(from).isEmpty() || exists(parts.get(from));
    while (!named && to < parts.size() && !parts.get(to).isEmpty() && !begins(parts, to)) {
      to++;
    }
    return to;
  }

  /** Whether an existing name begins with a part. */
  private static boolean begins(List<String> parts, int from) {
    boolean begins = false;
    for (int to = from + 1; to <= Math.min(parts.size(), from + MOST_PARTS); to++) {
      begins |= exists(String.join(File.pathSeparator, parts.subList(from, to)));
    }
    return begins;
  }

  private static boolean exists(String path) {
    try {
      return Files.exists(Path.of(path));
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
