package io.github.cnnevolution.device;

import io.github.cnnevolution.files.UserDirectories;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Chooses directories for the native libraries of JNA and SQLite. Both unpack one small library at
 * each start, and fail where the usual directory is on a disk that is mounted with noexec.
 */
public final class NativeDirectories {
  private static final Path BELOW_HOME = Path.of(".cache");
  private static final String JNA = "jna.tmpdir";
  private static final String SQLITE = "org.sqlite.tmpdir";

  private NativeDirectories() {}

  /**
   * Sets the system properties {@code jna.tmpdir} and {@code org.sqlite.tmpdir} where the usual
   * directory cannot be used, unless they are set. For {@code main}: call it before anything else.
   */
  public static void choose() {
    setIfUnusable(JNA, UserDirectories.home().map(home -> home.resolve(BELOW_HOME)));
    setIfUnusable(SQLITE, Optional.of(Path.of(System.getProperty("java.io.tmpdir"))));
  }

  private static void setIfUnusable(String property, Optional<Path> usual) {
    if (System.getProperty(property) != null
        || (usual.isPresent() && ExecutableDirectory.obstacle(usual.get()).isEmpty())) {
      return;
    }
    try {
      System.setProperty(property, ExecutableDirectory.find(BELOW_HOME).toString());
    } catch (NativeLibraryException e) {
      // None is better. What needs the library says so.
      return;
    }
  }
}
