package io.github.cnnevolution.device;

import io.github.cnnevolution.files.DirectoryTree;
import io.github.cnnevolution.files.FileFailure;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Unpacks the native libraries once for all processes of a user, before JavaCPP loads them.
 *
 * <p>JavaCPP unpacks each library when it needs it, into the place from which it is loaded. A
 * process that is killed meanwhile, a full disk, or a second process at that moment can leave or
 * meet a library that ends early, and the process that loads it dies of SIGBUS. Here one process
 * unpacks at a time, under a lock, into a directory of another name that is renamed when every
 * library has the checksum of the jar. It also loads them first, since JavaCPP then creates
 * symbolic links beside them, and records the state of every file. Later processes compare that
 * record, which takes a millisecond, and need no lock.
 */
final class NativeCache {
  /** JavaCPP's property for the directory into which it unpacks. */
  static final String PROPERTY = "org.bytedeco.javacpp.cachedir";

  /** Holds what this class has set {@link #PROPERTY} to. */
  private static final String CHOSEN = "cnnevolution.natives";

  private static final String LOCK = ".cnn-evolution.lock";
  private static final String RECORD = "complete.txt";
  private static final Path DEFAULT = Path.of(".javacpp", "cache");
  private static final double MIB = 1 << 20;

  private final NativeArchive archive;
  private final Path root;
  private final Path directory;

  /** A cache of these libraries below a directory that can be used. */
  NativeCache(NativeArchive archive, Path root) {
    this.archive = archive;
    this.root = root;
    this.directory = root.resolve("cnn-evolution-" + archive.id());
  }

  /**
   * Chooses the directory and tells JavaCPP, unless this process has done so before. Unpacks
   * nothing yet.
   *
   * @param gpu whether the libraries for GPUs will be loaded
   * @return empty if the libraries are not in jars, so that there is nothing to unpack
   * @throws NativeLibraryException if no directory can be used
   */
  static Optional<NativeCache> choose(boolean gpu) {
    try {
      NativeArchive archive = NativeArchive.of(anchors(gpu));
      if (archive.isEmpty()) {
        return Optional.empty();
      }
      String chosen = System.getProperty(CHOSEN);
      Path root = chosen == null ? root() : Path.of(chosen).getParent();
      NativeCache cache = new NativeCache(archive, root);
      System.setProperty(CHOSEN, cache.directory.toString());
      System.setProperty(PROPERTY, cache.directory.toString());
      return Optional.of(cache);
    } catch (IOException e) {
      throw failure("cannot read the jar of the native libraries: " + FileFailure.reason(e), e);
    }
  }

  /** Returns the directory that {@link #choose} has chosen; empty if it has chosen none. */
  static Optional<Path> chosenRoot() {
    return Optional.ofNullable(System.getProperty(CHOSEN)).map(path -> Path.of(path).getParent());
  }

  private static List<String> anchors(boolean gpu) {
    String platform = "/linux-x86_64";
    String pytorch = gpu ? platform + "-gpu" : platform;
    return List.of(
        "/org/bytedeco/javacpp" + platform + "/libjnijavacpp.so",
        "/org/bytedeco/openblas" + platform + "/libjniopenblas_nolapack.so",
        "/org/bytedeco/pytorch" + pytorch + "/libjnitorch.so");
  }

  /** Returns the directory that the user has named, or one that can be used. */
  private static Path root() {
    String named = System.getProperty(PROPERTY);
    if (named == null) {
      return ExecutableDirectory.find(DEFAULT).toAbsolutePath();
    }
    Path root = Path.of(named).toAbsolutePath();
    ExecutableDirectory.obstacle(root)
        .ifPresent(
            obstacle -> {
              throw failure("no directory for the native libraries: " + obstacle, null);
            });
    return root;
  }

  /**
   * Loads the libraries with {@code first}. Before that, unpacks them if no process has.
   *
   * @throws NativeLibraryException if they cannot be unpacked or loaded
   */
  void load(Runnable first) {
    // A file lock keeps out other processes, but not other threads of this one.
    synchronized (NativeCache.class) {
      loadAlone(first);
    }
  }

  private void loadAlone(Runnable first) {
    if (isComplete()) {
      run(first);
      return;
    }
    try (FileChannel file =
            FileChannel.open(
                root.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = file.lock()) {
      if (isComplete()) {
        run(first);
        return;
      }
      if (!archive.isUnpacked(directory)) {
        unpack();
      }
      run(first);
      writeRecord();
    } catch (IOException e) {
      throw failure(
          Text.format(
              "cannot unpack the native libraries (%.0f MiB) into %s: %s",
              archive.bytes() / MIB, root, FileFailure.reason(e)),
          e);
    }
  }

  private void unpack() throws IOException {
    String name = directory.getFileName().toString();
    // What killed processes have left; nobody else unpacks now.
    try (Stream<Path> entries = Files.list(root)) {
      for (Path entry : entries.filter(e -> isLeftover(e, name)).toList()) {
        DirectoryTree.delete(entry);
      }
    }
    Path temporary = root.resolve(name + ".tmp");
    try {
      archive.unpack(Files.createDirectory(temporary));
      if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
        // Processes that have loaded these files keep them until they end.
        Files.move(directory, root.resolve(name + ".old"));
      }
      Files.move(temporary, directory, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      DirectoryTree.delete(temporary);
      throw e;
    }
    DirectoryTree.delete(root.resolve(name + ".old"));
  }

  private static boolean isLeftover(Path entry, String name) {
    String file = entry.getFileName().toString();
    return file.equals(name + ".tmp") || file.equals(name + ".old");
  }

  private void run(Runnable first) {
    try {
      first.run();
    } catch (LinkageError e) {
      throw failure(
          Text.format("cannot load the native libraries in %s: %s", directory, reason(e)), e);
    }
  }

  private static String reason(LinkageError error) {
    Throwable deepest = error;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return String.valueOf(deepest.getMessage()).lines().findFirst().orElse("");
  }

  /** Adds the remedy to a message. */
  static NativeLibraryException failure(String message, Throwable cause) {
    return new NativeLibraryException(
        message
            + "; name a directory with "
            + "-D"
            + PROPERTY
            + "=DIR, on a disk with 1 GB free that is not mounted with noexec",
        cause);
  }

  private boolean isComplete() {
    try {
      return Files.readString(directory.resolve(RECORD)).equals(state());
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException | UncheckedIOException e) {
      // Damaged, or being replaced: the lock tells.
      return false;
    }
  }

  /** Written in one step, so that it is there as a whole or not at all. */
  private void writeRecord() throws IOException {
    Path temporary = directory.resolve(RECORD + ".tmp");
    Files.writeString(temporary, state(), StandardCharsets.UTF_8);
    Files.move(temporary, directory.resolve(RECORD), StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Describes every library: size, and the time of the last change of its bytes or attributes,
   * which no program can set.
   */
  private String state() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> file.getFileName().toString().contains(".so"))
          .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .sorted()
          .map(this::line)
          .collect(Collectors.joining("\n"));
    }
  }

  private String line(Path file) {
    try {
      Map<String, Object> attributes = Files.readAttributes(file, "unix:size,ctime");
      return directory.relativize(file)
          + " "
          + attributes.get("size")
          + " "
          + attributes.get("ctime");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
