package io.github.cnnevolution.files;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A lock file, which one process at a time can hold. The operating system takes the lock back when
 * its process ends, however it ends; so a file that is left behind locks nobody out. The file also
 * says how its last owner ended: a line of fixed length, replaced in place, so that it can be
 * written when the disk is full.
 */
public final class DirectoryLock implements AutoCloseable {
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final int LINE_BYTES = 128;
  private static final String RUNNING = "running";
  private static final String CLOSED = "closed";

  private final RandomAccessFile file;
  private final FileLock lock;
  private final boolean ownerDied;

  private DirectoryLock(RandomAccessFile file, FileLock lock) throws IOException {
    this.file = file;
    this.lock = lock;
    // Who ended together with the machine did not end by its own doing.
    String[] last = line(file).split(" ", -1);
    this.ownerDied = last.length == 3 && last[0].equals(RUNNING) && last[2].equals(boot());
    write("%s %d %s".formatted(RUNNING, ProcessHandle.current().pid(), boot()));
  }

  /**
   * Takes the lock, unless another process, or this one, holds it.
   *
   * @throws IOException if the file cannot be made or written
   */
  public static Optional<DirectoryLock> tryTake(Path path) throws IOException {
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
    try {
      FileLock lock = file.getChannel().tryLock();
      if (lock != null) {
        return Optional.of(new DirectoryLock(file, lock));
      }
    } catch (OverlappingFileLockException e) {
      // This process holds it.
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
    file.close();
    return Optional.empty();
  }

  /** What a lock file tells. */
  public enum State {
    /** A process holds it. */
    RUNNING,
    /** Nobody holds it; the last owner ended in good order, or there was none. */
    STOPPED,
    /** Nobody holds it; the last owner did not end in good order. */
    DIED
  }

  /** Looks at the lock without taking it. */
  public static State state(Path path) {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r");
        FileLock lock = file.getChannel().tryLock(0, Long.MAX_VALUE, true)) {
      if (lock == null) {
        return State.RUNNING;
      }
      return line(file).startsWith(RUNNING) ? State.DIED : State.STOPPED;
    } catch (OverlappingFileLockException e) {
      return State.RUNNING;
    } catch (IOException e) {
      // None, or nobody may read it.
      return State.STOPPED;
    }
  }

  /** Who holds the lock, or held it last, such as {@code process 4711}. */
  public static String owner(Path path) {
    try {
      String[] words = Files.readString(path, StandardCharsets.US_ASCII).strip().split(" ", -1);
      return words.length == 3 ? "process " + words[1] : "another process";
    } catch (IOException e) {
      return "another process";
    }
  }

  /** Whether the owner before died on this machine, as it runs now, without closing the lock. */
  public boolean ownerDied() {
    return ownerDied;
  }

  private static String line(RandomAccessFile file) throws IOException {
    byte[] bytes = new byte[LINE_BYTES];
    file.seek(0);
    int read = Math.max(0, file.read(bytes));
    return new String(bytes, 0, read, StandardCharsets.US_ASCII).strip();
  }

  private void write(String line) throws IOException {
    file.seek(0);
    String padded = line + " ".repeat(LINE_BYTES - 1 - line.length()) + "\n";
    file.write(padded.getBytes(StandardCharsets.US_ASCII));
  }

  private static String boot() {
    try {
      return Files.readString(BOOT, StandardCharsets.US_ASCII).strip();
    } catch (IOException e) {
      return "unknown";
    }
  }

  /** Notes that the owner ends in good order, and gives the lock up. */
  @Override
  public void close() {
    try (file;
        lock) {
      write(CLOSED);
    } catch (IOException e) {
      // The file has vanished or its disk is broken: the next owner takes this one for dead.
      return;
    }
  }
}
