package io.github.cnnevolution.space;

import io.github.cnnevolution.text.Text;
import java.util.BitSet;
import java.util.random.RandomGenerator;

/**
 * A string of genes written as {@code 0} and {@code 1}, bit 0 leftmost: what the genetic algorithm
 * breeds.
 *
 * <p>What it means is said by a {@link SearchSpace}, which decodes it to an {@link Architecture}.
 * Bits that no {@link Gene} reads are neutral: they are inherited and mutated like all others, and
 * change nothing. Immutable and safe to share between threads.
 *
 * @param bits the genes, at least one character of {@code 0} and {@code 1}
 */
public record Chromosome(String bits) {
  /**
   * Checks the genes.
   *
   * @throws IllegalArgumentException if there is none, or one is not 0 or 1
   */
  public Chromosome {
    if (bits.isEmpty()) {
      throw new IllegalArgumentException("a chromosome needs at least 1 bit");
    }
    for (int i = 0; i < bits.length(); i++) {
      char c = bits.charAt(i);
      if (c != '0' && c != '1') {
        throw new IllegalArgumentException(
            Text.format(
                "chromosome '%s' has '%c' at position %d; only 0 and 1 are allowed", bits, c, i));
      }
    }
  }

  /** A chromosome in which every bit is 0 or 1 with equal probability. */
  public static Chromosome random(int length, RandomGenerator random) {
    StringBuilder bits = new StringBuilder(length);
    while (bits.length() < length) {
      bits.append(random.nextBoolean() ? '1' : '0');
    }
    return new Chromosome(bits.toString());
  }

  /** The number of bits. */
  public int length() {
    return bits.length();
  }

  /** Whether bit {@code index} is 1. */
  public boolean bit(int index) {
    return bits.charAt(index) == '1';
  }

  /** The bits [from, to) as an unsigned big-endian number. */
  public int field(int from, int to) {
    return Integer.parseInt(bits, from, to, 2);
  }

  /**
   * The first {@code cut} bits of this chromosome followed by the rest of {@code tail}: one child
   * of a one-point crossover.
   *
   * @throws IllegalArgumentException if the lengths differ or {@code cut} is outside [0, length]
   */
  public Chromosome splice(int cut, Chromosome tail) {
    if (tail.length() != length()) {
      throw new IllegalArgumentException(
          Text.format("cannot splice chromosomes of %d and %d bits", length(), tail.length()));
    }
    if (cut < 0 || cut > length()) {
      throw new IllegalArgumentException(Text.format("cut %d is outside [0, %d]", cut, length()));
    }
    return new Chromosome(bits.substring(0, cut) + tail.bits.substring(cut));
  }

  /** This chromosome with every bit inverted whose index is set in {@code flips}. */
  public Chromosome flip(BitSet flips) {
    char[] flipped = bits.toCharArray();
    flips.stream().forEach(i -> flipped[i] = flipped[i] == '0' ? '1' : '0');
    return new Chromosome(new String(flipped));
  }

  /** This chromosome with one bit inverted. */
  public Chromosome flip(int bit) {
    BitSet flips = new BitSet();
    flips.set(bit);
    return flip(flips);
  }

  @Override
  public String toString() {
    return bits;
  }
}
