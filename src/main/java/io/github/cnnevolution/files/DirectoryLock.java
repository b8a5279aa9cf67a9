package io.github.cnnevolution.files;

import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A lock file that one process at a time can hold. The operating system releases the lock when the
 * process ends, even after a crash, so a leftover file blocks no other process. The file also
 * records how its last owner ended. That record is one line of fixed length and is overwritten in
 * place, so it can be written when the disk is full.
 */
public final class DirectoryLock implements AutoCloseable {
  private static final int RECORD_BYTES = 128;
  private static final String RUNNING = "running";
  private static final String CLOSED = "closed";

  private final FileChannel file;
  private final FileLock lock;

  private DirectoryLock(FileChannel file, FileLock lock) throws IOException {
    this.file = file;
    this.lock = lock;
    write(Text.format("%s %d", RUNNING, ProcessHandle.current().pid()));
  }

  /**
   * Takes the lock. Returns empty if this process or another one already holds it.
   *
   * @throws IOException if the file cannot be created or written
   */
  public static Optional<DirectoryLock> tryAcquire(Path path) throws IOException {
    FileChannel file =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      FileLock lock = file.tryLock();
      if (lock != null) {
        return Optional.of(new DirectoryLock(file, lock));
      }
    } catch (OverlappingFileLockException e) {
      // This process already holds the lock.
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
    file.close();
    return Optional.empty();
  }

  /** The state of a lock file. */
  public enum State {
    /** A process holds the lock. */
    RUNNING,
    /** No process holds the lock. The last owner released it, or there was no owner yet. */
    STOPPED,
    /** No process holds the lock. The last owner ended without releasing it. */
    DIED
  }

  /** Returns the state of the lock without taking it. */
  public static State state(Path path) {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        FileLock lock = file.tryLock(0, Long.MAX_VALUE, true)) {
      if (lock == null) {
        return State.RUNNING;
      }
      return readRecord(file).startsWith(RUNNING) ? State.DIED : State.STOPPED;
    } catch (OverlappingFileLockException e) {
      return State.RUNNING;
    } catch (IOException e) {
      // The file does not exist or is not readable.
      return State.STOPPED;
    }
  }

  /**
   * Returns a description of the current or last owner for messages, such as {@code process 4711}.
   */
  public static String owner(Path path) {
    try {
      String[] words = Files.readString(path, StandardCharsets.US_ASCII).strip().split(" ", -1);
      return words.length > 1 ? "process " + words[1] : "another process";
    } catch (IOException e) {
      return "another process";
    }
  }

  private static String readRecord(FileChannel file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(RECORD_BYTES);
    int read = Math.max(0, file.read(bytes, 0));
    return new String(bytes.array(), 0, read, StandardCharsets.US_ASCII).strip();
  }

  /** Overwrites the record. An interrupt would close the channel, and with it the lock. */
  private void write(String record) throws IOException {
    String padded = record + " ".repeat(RECORD_BYTES - 1 - record.length()) + "\n";
    boolean interrupted = Thread.interrupted();
    try {
      file.write(ByteBuffer.wrap(padded.getBytes(StandardCharsets.US_ASCII)), 0);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Records a clean end and releases the lock. */
  @Override
  public void close() {
    try (file;
        lock) {
      write(CLOSED);
    } catch (IOException e) {
      // The file was deleted or its disk failed: the record stays that of a process that died.
      return;
    }
  }
}
