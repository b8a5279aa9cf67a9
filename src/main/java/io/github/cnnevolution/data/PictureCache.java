package io.github.cnnevolution.data;

import io.github.cnnevolution.files.AtomicFile;
import io.github.cnnevolution.files.Sha256;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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
 * The converted pictures of one directory, in a file: a line, the digest of the {@link
 * PictureListing} that they were made from, the pixels of its parts, and SHA-256 of all before.
 *
 * <p>There is one file for each directory, which is replaced when the directory has changed, so
 * that old conversions do not pile up.
 *
 * @param file where they are, or will be
 */
record PictureCache(Path file) {
  /** Below the cache directory of the program. */
  static final String DIRECTORY = "pictures";

  /** Raise the number when {@link PictureFile} makes other pixels of a picture. */
  private static final byte[] HEAD =
      "cnn-evolution pictures 1\n".getBytes(StandardCharsets.US_ASCII);

  private static final int DIGEST = 32;
  private static final int NAME_DIGITS = 32;
  private static final int BUFFER = 1 << 16;

  /**
   * The cache of a directory.
   *
   * @param cache the cache directory of the program
   * @throws IOException if the directory's path cannot be resolved
   */
  static PictureCache of(Path cache, Path directory) throws IOException {
    String name = Sha256.hex(directory.toRealPath().toString()).substring(0, NAME_DIGITS);
    return new PictureCache(cache.resolve(DIRECTORY).resolve(name + ".bin"));
  }

  /**
   * The pixels of each part; empty where they are missing, of another listing, or damaged.
   *
   * @return [n, 3, 32, 32] uint8 for each part
   */
  Optional<List<byte[]>> read(PictureListing listing) {
    long pixels = (long) listing.size() * ImageSet.PIXELS;
    MessageDigest sha256 = Sha256.begin();
    try (InputStream in = Files.newInputStream(file);
        InputStream all = new DigestInputStream(new BufferedInputStream(in, BUFFER), sha256)) {
      if (Files.size(file) != HEAD.length + DIGEST + pixels + DIGEST
          || !Arrays.equals(all.readNBytes(HEAD.length), HEAD)
          || !Arrays.equals(all.readNBytes(DIGEST), listing.digest())) {
        return Optional.empty();
      }
      List<byte[]> parts = new ArrayList<>();
      for (PictureListing.Part part : listing.parts()) {
        parts.add(all.readNBytes(part.pictures().size() * ImageSet.PIXELS));
      }
      byte[] expected = sha256.digest();
      return Arrays.equals(all.readNBytes(DIGEST), expected)
          ? Optional.of(parts)
          : Optional.empty();
    } catch (IOException e) {
      // Whatever it is: the pictures themselves are there.
      return Optional.empty();
    }
  }

  /**
   * Keeps the pixels, whole or not at all.
   *
   * @throws IOException if they cannot be written
   */
  void write(PictureListing listing, List<byte[]> parts) throws IOException {
    Files.createDirectories(file.getParent());
    AtomicFile.write(file, out -> write(listing, parts, out));
  }

  private static void write(PictureListing listing, List<byte[]> parts, OutputStream out)
      throws IOException {
    MessageDigest sha256 = Sha256.begin();
    // The stream below belongs to whoever has opened it.
    DigestOutputStream all = new DigestOutputStream(out, sha256);
    all.write(HEAD);
    all.write(listing.digest());
    for (byte[] pixels : parts) {
      all.write(pixels);
    }
    out.write(sha256.digest());
  }
}
