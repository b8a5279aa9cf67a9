package io.github.cnnevolution.device;

import io.github.cnnevolution.files.FileFailure;
import io.github.cnnevolution.files.UserDirectories;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds directories from which native libraries can be loaded: they can be written, and their disk
 * is not mounted with {@code noexec}.
 */
final class ExecutableDirectory {
  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

  // Columns of /proc/self/mountinfo, see proc(5).
  private static final int MOUNT_POINT = 4;
  private static final int OPTIONS = 5;

  private ExecutableDirectory() {}

  /**
   * Returns why libraries cannot be unpacked into a directory and loaded from there. Creates the
   * directory if it does not exist. Empty if they can.
   */
  static Optional<String> obstacle(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      return Optional.of(Text.format("%s: %s", directory, FileFailure.reason(e)));
    }
    if (!Files.isWritable(directory)) {
      return Optional.of(Text.format("%s: cannot be written", directory));
    }
    return isNoExec(directory)
        ? Optional.of(Text.format("%s: its disk is mounted with noexec", directory))
        : Optional.empty();
  }

  private static boolean isNoExec(Path directory) {
    try {
      return isNoExec(directory.toRealPath(), Files.readAllLines(MOUNTS));
    } catch (IOException e) {
      // Not Linux, or no /proc: loading will show it.
      return false;
    }
  }

  /**
   * Returns whether a directory lies on a disk that is mounted with noexec.
   *
   * @param directory absolute, without symbolic links
   * @param mounts lines of /proc/self/mountinfo; later ones hide earlier ones
   */
  static boolean isNoExec(Path directory, List<String> mounts) {
    String path = directory.toString();
    int closest = 0;
    boolean noExec = false;
    for (String line : mounts) {
      String[] columns = line.split(" ", -1);
      String mountPoint = unescaped(columns[MOUNT_POINT]);
      if (mountPoint.length() >= closest && isBelow(path, mountPoint)) {
        closest = mountPoint.length();
        noExec = ("," + columns[OPTIONS] + ",").contains(",noexec,");
      }
    }
    return noExec;
  }

  /** Compares texts, since there may be hundreds of mounts and each start of the program looks. */
  private static boolean isBelow(String path, String directory) {
    return path.startsWith(directory)
        && (path.length() == directory.length()
            || directory.equals("/")
            || path.charAt(directory.length()) == '/');
  }

  /** The kernel writes spaces, tabs, line feeds and backslashes as three octal digits. */
  private static String unescaped(String text) {
    return text.indexOf('\\') < 0
        ? text
        : text.replace("\\040", " ")
            .replace("\\011", "\t")
            .replace("\\012", "\n")
            .replace("\\134", "\\");
  }

  /**
   * Returns the first directory that libraries can be loaded from: one below the home directory, or
   * else one below that for temporary files.
   *
   * @param belowHome the path below the home directory
   * @throws NativeLibraryException if there is none; the message gives the reason for each
   */
  static Path find(Path belowHome) {
    List<String> obstacles = new ArrayList<>();
    Optional<Path> home = UserDirectories.home().map(path -> path.resolve(belowHome));
    if (home.isPresent()) {
      Optional<String> obstacle = obstacle(home.get());
      if (obstacle.isEmpty()) {
        return home.get();
      }
      obstacles.add(obstacle.get());
    }
    try {
      Path temporary = UserDirectories.temporary();
      Optional<String> obstacle = obstacle(temporary);
      if (obstacle.isEmpty()) {
        return temporary;
      }
      obstacles.add(obstacle.get());
    } catch (IOException | UnsupportedOperationException e) {
      obstacles.add(System.getProperty("java.io.tmpdir") + ": " + e.getMessage());
    }
    throw NativeCache.failure(
        "no directory for the native libraries: " + String.join("; ", obstacles), null);
  }
}
