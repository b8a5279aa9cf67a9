package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.space.Architecture;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The seeds of one training, from the run's seed and the phenotype alone: whichever worker trains a
 * candidate, and whenever, the result is the same.
 *
 * @param initialization of the weights
 * @param training of order, augmentation and dropout
 */
public record CandidateSeed(long initialization, long training) {
  /** The first 16 bytes of SHA-256 of {@code "<run seed>/<phenotype>"} in UTF-8, big-endian. */
  public static CandidateSeed of(long runSeed, Architecture architecture) {
    String text = runSeed + "/" + architecture.phenotype();
    ByteBuffer digest = ByteBuffer.wrap(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    return new CandidateSeed(digest.getLong(), digest.getLong());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
