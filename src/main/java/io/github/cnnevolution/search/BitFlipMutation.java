package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import java.util.BitSet;
import java.util.random.RandomGenerator;

/**
 * Inverts each bit with the same probability, independently of the others: it brings back genes
 * that selection lost, which crossover alone cannot.
 *
 * <p>At rate p a chromosome of n bits changes in n p bits on average, and stays as it is with
 * probability (1 - p)^n: about 0.36 for 20 bits at the default rate of 1 / 20. Immutable.
 */
public final class BitFlipMutation {
  private final double rate;

  /**
   * A mutation that inverts a bit with probability {@code rate}.
   *
   * @throws IllegalArgumentException if {@code rate} is outside [0, 1]
   */
  public BitFlipMutation(double rate) {
    this.rate = Require.rate("mutation rate", rate);
  }

  /** The mutant of {@code chromosome}, equal to it if no bit is drawn. */
  public Chromosome mutate(Chromosome chromosome, RandomGenerator random) {
    BitSet flips = new BitSet(chromosome.length());
    for (int i = 0; i < chromosome.length(); i++) {
      // nextDouble is in [0, 1): rate 0 never flips and rate 1 always does.
      flips.set(i, random.nextDouble() < rate);
    }
    return chromosome.flip(flips);
  }
}
