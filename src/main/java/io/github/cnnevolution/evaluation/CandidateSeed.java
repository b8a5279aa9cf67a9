package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.files.Sha256;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.PlainSpace;
import java.nio.ByteBuffer;

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
    ByteBuffer digest = ByteBuffer.wrap(Sha256.of(text));
    return new CandidateSeed(digest.getLong(), digest.getLong());
  }
}
