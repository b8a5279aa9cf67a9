package io.github.cnnevolution.files;

import io.github.cnnevolution.text.Text;
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
 * Replaces a file atomically: a reader sees the complete old content or the complete new content,
 * even after a crash.
 */
public final class AtomicFile {
  private static final int BUFFER_BYTES = 1 << 16;

  private AtomicFile() {}

  /** The code that writes the content of a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes the whole content to {@code out}. The caller closes {@code out}. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes to a temporary file beside {@code target}, forces it to the disk, then renames it.
   *
   * @throws ClosedByInterruptException if the thread is interrupted
   * @throws IOException if any of this fails. The message names {@code target}. {@code target} is
   *     unchanged, and the temporary file is deleted
   */
  public static void write(Path target, Content content) throws IOException {
    try {
      replace(target, content);
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(Text.format("cannot write %s: %s", target, FileFailure.reason(e)), e);
    }
  }

  private static void replace(Path target, Content content) throws IOException {
    Path absolute = target.toAbsolutePath();
    // Files.createTempFile would make a file that only its owner may read.
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
   * Forces a complete file to the disk, then renames it to {@code target} in one step. Replaces an
   * existing file.
   *
   * @param temporary the complete file, in the same directory as {@code target}
   * @throws IOException if this fails; {@code target} is unchanged
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

  /** Makes the rename survive a power failure. Does nothing where a directory cannot be opened. */
  private static void forceDirectory(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      return;
    }
  }

  /**
   * Deletes the temporary files that killed processes left in a directory. No process may be
   * writing to the directory during the call.
   */
  public static void removeLeftovers(Path directory) throws IOException {
    try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(directory, ".*.tmp*")) {
      for (Path leftover : leftovers) {
        Files.deleteIfExists(leftover);
      }
    }
  }
}
