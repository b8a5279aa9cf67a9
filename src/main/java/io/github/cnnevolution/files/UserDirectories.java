package io.github.cnnevolution.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** Directories of the user of this process. */
public final class UserDirectories {
  private static final Path PROCESS = Path.of("/proc/self");
  private static final String OWNER = "unix:uid";
  private static final String PRIVATE = "rwx------";

  private UserDirectories() {}

  /**
   * Returns the home directory. Empty if the system knows none: Java then says {@code ?}, which
   * would become a directory of that name.
   */
  public static Optional<Path> home() {
    Path home = Path.of(System.getProperty("user.home", "?"));
    return home.isAbsolute() && Files.isDirectory(home) ? Optional.of(home) : Optional.empty();
  }

  /**
   * Returns a directory of this user alone in the directory for temporary files.
   *
   * @throws IOException if it belongs to another user, or cannot be created
   */
  public static Path temporary() throws IOException {
    Object user = Files.getAttribute(PROCESS, OWNER);
    Path directory = Path.of(System.getProperty("java.io.tmpdir"), ".cnn-evolution-" + user);
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE)));
    }
    boolean own = Files.getAttribute(directory, OWNER, LinkOption.NOFOLLOW_LINKS).equals(user);
    String permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(directory));
    if (!own || !permissions.equals(PRIVATE)) {
      throw new IOException("it is not the current user's alone");
    }
    return directory;
  }

  /**
   * Returns the home directory, or, without one, {@link #temporary}.
   *
   * @throws UncheckedIOException if there is neither
   */
  public static Path homeOrTemporary() {
    return home()
        .orElseGet(
            () -> {
              try {
                return temporary();
              } catch (IOException e) {
                throw new UncheckedIOException(
                    "no home directory, and no other: " + FileFailure.reason(e), e);
              }
            });
  }
}
