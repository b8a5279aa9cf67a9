package io.github.cnnevolution.files;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Replaces a file in one step: whoever looks, even after a crash, finds the old content or the new
 * one, never a part.
 */
public final class AtomicFile {
  private static final int BUFFER_BYTES = 1 << 16;

  private AtomicFile() {}

  /** Writes the content of a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes everything to {@code out}, which the caller closes. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes to a temporary file beside {@code target}, forces it to the disk, then renames it.
   *
   * @throws ClosedByInterruptException if the thread is interrupted
   * @throws IOException if any of this fails; its message names {@code target}, which is as it was,
   *     and the temporary file is gone
   */
  public static void write(Path target, Content content) throws IOException {
    try {
      replace(target, content);
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException("cannot write %s: %s".formatted(target, FileFailure.reason(e)), e);
    }
  }

  private static void replace(Path target, Content content) throws IOException {
    Path absolute = target.toAbsolutePath();
    // Not Files.createTempFile, whose files only their owner may read.
    Path temporary =
        absolute.resolveSibling("." + absolute.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        OutputStream out =
            new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
        content.writeTo(out);
        out.flush();
        channel.force(true);
      }
      rename(temporary, absolute);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /**
   * Gives a file that is complete its name, in place of what had that name before.
   *
   * @param temporary in the same directory; its content is forced to the disk first
   * @throws IOException if that fails; {@code target} is as it was
   */
  public static void move(Path temporary, Path target) throws IOException {
    try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    rename(temporary, target);
  }

  private static void rename(Path temporary, Path target) throws IOException {
    Files.move(
        temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    forceDirectory(target.getParent());
  }

  /** So that the new name outlives a power cut too; where a directory cannot be opened, nothing. */
  private static void forceDirectory(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      return;
    }
  }

  /**
   * Removes the temporary files that processes left in a directory which were killed while they
   * wrote. Nobody may be writing there.
   */
  public static void removeLeftovers(Path directory) throws IOException {
    try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(directory, ".*.tmp*")) {
      for (Path leftover : leftovers) {
        Files.deleteIfExists(leftover);
      }
    }
  }
}
