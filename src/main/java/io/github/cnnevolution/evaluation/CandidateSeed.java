package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.PlainSpace;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The seeds of one training, from the run's seed and the network alone: whichever worker trains a
 * candidate, and whenever, the result is the same.
 *
 * @param initialization of the weights
 * @param training of order, augmentation and dropout
 */
public record CandidateSeed(long initialization, long training) {
  /**
   * The first 16 bytes of SHA-256 of {@code "<run seed>/<phenotype>"} in UTF-8, big-endian. In
   * spaces other than the plain one the name of the space stands between: {@code "<run
   * seed>/<space>/<phenotype>"}.
   */
  public static CandidateSeed of(long runSeed, Architecture architecture) {
    String space = architecture.space().equals(PlainSpace.NAME) ? "" : architecture.space() + "/";
    String text = runSeed + "/" + space + architecture.phenotype();
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
