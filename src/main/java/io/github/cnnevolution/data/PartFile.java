package io.github.cnnevolution.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The partial file of a download, and the ETag of the remote file.
 *
 * <p>Both are kept on disk, so the next run resumes where this one ended. A failure in this class
 * is a disk error, not a network error, and a retry would not help: it is a {@link
 * DownloadException}.
 */
final class PartFile {
  private final Path file;
  private final Path tagFile;

  PartFile(Path file) {
    this.file = file;
    this.tagFile = file.resolveSibling(file.getFileName() + ".etag");
  }

  Path path() {
    return file;
  }

  /** Returns the number of bytes so far, or 0 if there is no file. */
  long size() {
    try {
      return Files.exists(file) ? Files.size(file) : 0;
    } catch (IOException e) {
      throw DownloadException.disk(file, e);
    }
  }

  /** Returns the ETag that the server sent with the first byte, if it can be used to resume. */
  Optional<String> tag() {
    try {
      return Files.exists(tagFile) ? Optional.of(Files.readString(tagFile)) : Optional.empty();
    } catch (IOException e) {
      throw DownloadException.disk(tagFile, e);
    }
  }

  /** Deletes the bytes and stores the ETag of the new transfer. */
  void restart(Optional<String> tag) {
    delete();
    try {
      if (tag.isPresent()) {
        Files.writeString(tagFile, tag.get());
      }
    } catch (IOException e) {
      throw DownloadException.disk(tagFile, e);
    }
  }

  /** Deletes the bytes and the ETag. */
  void delete() {
    try {
      Files.deleteIfExists(file);
      Files.deleteIfExists(tagFile);
    } catch (IOException e) {
      throw DownloadException.disk(file, e);
    }
  }

  /** Opens the file to append bytes. Creates it if it is missing. */
  Appender append() {
    try {
      return new Appender(
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    } catch (IOException e) {
      throw DownloadException.disk(file, e);
    }
  }

  /**
   * Returns the MD5 of the bytes so far, 32 hexadecimal digits. Takes about half a second for
   * CIFAR-100.
   */
  String md5() {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest md5 = MessageDigest.getInstance("MD5");
      new DigestInputStream(in, md5).transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(md5.digest());
    } catch (IOException e) {
      throw DownloadException.disk(file, e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has MD5", e);
    }
  }

  /** Appends bytes to the file. */
  final class Appender implements AutoCloseable {
    private final FileChannel channel;

    private Appender(FileChannel channel) {
      this.channel = channel;
    }

    /** Appends all bytes of the buffers and returns their number. */
    long write(Iterable<ByteBuffer> buffers) {
      try {
        long written = 0;
        for (ByteBuffer buffer : buffers) {
          while (buffer.hasRemaining()) {
            written += channel.write(buffer);
          }
        }
        return written;
      } catch (IOException e) {
        throw DownloadException.disk(file, e);
      }
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw DownloadException.disk(file, e);
      }
    }
  }
}
