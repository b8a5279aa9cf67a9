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
 * The bytes of a download that have arrived so far, and the ETag of the file they belong to.
 *
 * <p>Both outlive the program, so that the next run goes on where this one ended. Whatever fails
 * here is the disk's fault, never the network's, and not worth a retry: it is a {@link
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

  /** Bytes so far; 0 when there is no file. */
  long size() {
    try {
      return Files.exists(file) ? Files.size(file) : 0;
    } catch (IOException e) {
      throw DownloadException.disk(file, e);
    }
  }

  /** The ETag that the server gave with the first byte, if it was one to resume by. */
  Optional<String> tag() {
    try {
      return Files.exists(tagFile) ? Optional.of(Files.readString(tagFile)) : Optional.empty();
    } catch (IOException e) {
      throw DownloadException.disk(tagFile, e);
    }
  }

  /** Starts anew: no bytes, and the ETag of the file to come. */
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

  /** Removes the bytes and the ETag. */
  void delete() {
    try {
      Files.deleteIfExists(file);
      Files.deleteIfExists(tagFile);
    } catch (IOException e) {
      throw DownloadException.disk(file, e);
    }
  }

  /** Opens the file, creating it where needed, to add bytes at its end. */
  Appender append() {
    try {
      return new Appender(
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    } catch (IOException e) {
      throw DownloadException.disk(file, e);
    }
  }

  /** The MD5 of the bytes so far, 32 hexadecimal digits; about half a second for CIFAR-100. */
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

  /** Adds bytes to the end of the file. */
  final class Appender implements AutoCloseable {
    private final FileChannel channel;

    private Appender(FileChannel channel) {
      this.channel = channel;
    }

    /** Adds all bytes of the buffers and returns how many those were. */
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
