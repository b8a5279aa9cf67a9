package io.github.cnnevolution.search;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Random generators for tests: repeatable ones, and ones that are not random at all. */
final class Generators {
  private Generators() {}

  static RandomGenerator seeded(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  /** Draws the smallest value of every range. */
  static RandomGenerator lowest() {
    return new Extreme(true);
  }

  /** Draws the largest value of every range. */
  static RandomGenerator highest() {
    return new Extreme(false);
  }

  /** Draws 0, 1, 2 and so on from ranges that begin at 0. */
  static RandomGenerator counting() {
    return new RandomGenerator() {
      private int next = 0;

      @Override
      public long nextLong() {
        throw new UnsupportedOperationException("counts only in ranges");
      }

      @Override
      public int nextInt(int bound) {
        return next++;
      }
    };
  }

  private record Extreme(boolean low) implements RandomGenerator {
    @Override
    public long nextLong() {
      throw new UnsupportedOperationException("only ranges have ends");
    }

    @Override
    public double nextDouble() {
      return low ? 0 : Math.nextDown(1.0);
    }

    @Override
    public int nextInt(int bound) {
      return nextInt(0, bound);
    }

    @Override
    public int nextInt(int origin, int bound) {
      return low ? origin : bound - 1;
    }
  }
}
