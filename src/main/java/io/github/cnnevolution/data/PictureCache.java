package io.github.cnnevolution.data;

import io.github.cnnevolution.files.AtomicFile;
import io.github.cnnevolution.files.Sha256;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The cache file with the converted pictures of one directory. It contains a header line, the
 * digest of the {@link PictureListing}, the pixels of each part, and the SHA-256 of everything
 * before.
 *
 * <p>Each directory has one file, which is replaced when the directory changes, so old conversions
 * do not accumulate.
 *
 * @param file the path of the cache file, which may not exist yet
 */
record PictureCache(Path file) {
  /** The subdirectory of the program's cache directory. */
  static final String DIRECTORY = "pictures";

  /**
   * The header line. Increase its number whenever {@link PictureFile} produces different pixels.
   */
  private static final byte[] HEADER =
      "cnn-evolution pictures 2\n".getBytes(StandardCharsets.US_ASCII);

  private static final int DIGEST_BYTES = 32;
  private static final int NAME_DIGITS = 32;
  private static final int BUFFER_BYTES = 1 << 16;

  /**
   * Returns the cache of a directory.
   *
   * @param cache the program's cache directory
   * @throws IOException if the directory's path cannot be resolved
   */
  static PictureCache of(Path cache, Path directory) throws IOException {
    String name = Sha256.hex(directory.toRealPath().toString()).substring(0, NAME_DIGITS);
    return new PictureCache(cache.resolve(DIRECTORY).resolve(name + ".bin"));
  }

  /**
   * Returns the pixels of each part, or empty if the file is missing, belongs to another listing,
   * or is damaged.
   *
   * @return [n, 3, 32, 32] uint8 for each part
   */
  Optional<List<ByteBuffer>> read(PictureListing listing) {
    long pixels = (long) listing.size() * ImageSet.PIXELS;
    MessageDigest sha256 = Sha256.begin();
    try (InputStream in = Files.newInputStream(file);
        InputStream hashed =
            new DigestInputStream(new BufferedInputStream(in, BUFFER_BYTES), sha256)) {
      if (Files.size(file) != HEADER.length + DIGEST_BYTES + pixels + DIGEST_BYTES
          || !Arrays.equals(hashed.readNBytes(HEADER.length), HEADER)
          || !Arrays.equals(hashed.readNBytes(DIGEST_BYTES), listing.digest())) {
        return Optional.empty();
      }
      List<ByteBuffer> parts = new ArrayList<>();
      for (PictureListing.Part part : listing.parts()) {
        parts.add(readPixels(hashed, part.pictures().size() * ImageSet.PIXELS));
      }
      byte[] expected = sha256.digest();
      return Arrays.equals(hashed.readNBytes(DIGEST_BYTES), expected)
          ? Optional.of(parts)
          : Optional.empty();
    } catch (IOException e) {
      // Any read error only means that the pictures are converted again.
      return Optional.empty();
    }
  }

  private static ByteBuffer readPixels(InputStream in, int bytes) throws IOException {
    ByteBuffer pixels = ByteBuffer.allocateDirect(bytes);
    byte[] buffer = new byte[BUFFER_BYTES];
    while (pixels.hasRemaining()) {
      int read = in.readNBytes(buffer, 0, Math.min(buffer.length, pixels.remaining()));
      if (read == 0) {
        throw new EOFException("the file was cut while it was read");
      }
      pixels.put(buffer, 0, read);
    }
    return pixels;
  }

  /**
   * Writes the pixels atomically.
   *
   * @throws IOException if the file cannot be written
   */
  void write(PictureListing listing, List<ByteBuffer> parts) throws IOException {
    Files.createDirectories(file.getParent());
    AtomicFile.write(file, out -> write(listing, parts, out));
  }

  private static void write(PictureListing listing, List<ByteBuffer> parts, OutputStream out)
      throws IOException {
    MessageDigest sha256 = Sha256.begin();
    // Not closed here: the caller owns the underlying stream.
    DigestOutputStream hashed = new DigestOutputStream(out, sha256);
    hashed.write(HEADER);
    hashed.write(listing.digest());
    byte[] buffer = new byte[BUFFER_BYTES];
    for (ByteBuffer pixels : parts) {
      for (int done = 0; done < pixels.capacity(); ) {
        int count = Math.min(buffer.length, pixels.capacity() - done);
        pixels.get(done, buffer, 0, count);
        hashed.write(buffer, 0, count);
        done += count;
      }
    }
    out.write(sha256.digest());
  }
}
