package io.github.cnnevolution.training;

import java.util.SplittableRandom;

/**
 * Derives independent seeds from one. A change of the dropout, for instance, then leaves the order
 * of the images as it is.
 */
final class SeedSequence {
  private final SplittableRandom random;

  SeedSequence(long seed) {
    this.random = new SplittableRandom(seed);
  }

  long next() {
    return random.nextLong();
  }
}
