package io.github.cnnevolution.training;

import java.util.SplittableRandom;

/**
 * Independent seeds from one: so that, for instance, another dropout leaves the order of the images
 * as it is.
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
