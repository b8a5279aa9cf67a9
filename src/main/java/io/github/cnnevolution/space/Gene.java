package io.github.cnnevolution.space;

import io.github.cnnevolution.text.Text;
import java.io.Serializable;
import java.util.List;

/**
 * One gene of a search space: which bits of a chromosome hold it, written [from, to), and what its
 * values mean.
 *
 * @param name for people, such as {@code stem width}; unique in its space
 * @param from its first bit, at least 0
 * @param to the bit after its last; at most {@value #MAX_BITS} bits
 * @param values a label for each of its 2^bits values, in the order of {@link #read}; several
 *     values may have the same label
 * @param coding how its bits make a number
 */
public record Gene(String name, int from, int to, List<String> values, Coding coding)
    implements Serializable {
  /** The most bits of a gene, which has a label for each of its values. */
  public static final int MAX_BITS = 16;

  /** How bits make a number. */
  public enum Coding {
    /** Unsigned, big-endian. */
    BINARY,
    /**
     * Reflected binary code (Gray 1953, US patent 2632058): one flip of a bit is enough for each
     * step to a neighbouring number.
     */
    GRAY
  }

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if there are no bits or too many, or not as many labels as
   *     values
   */
  public Gene {
    values = List.copyOf(values);
    if (from < 0 || to <= from || to - from > MAX_BITS) {
      throw new IllegalArgumentException(
          Text.format("gene %s cannot have the bits [%d, %d)", name, from, to));
    }
    if (values.size() != 1 << (to - from)) {
      throw new IllegalArgumentException(
          Text.format(
              "gene %s of %d bits needs %d labels, not %d",
              name, to - from, 1 << (to - from), values.size()));
    }
  }

  /** A gene in plain binary. */
  public Gene(String name, int from, int to, List<String> values) {
    this(name, from, to, values, Coding.BINARY);
  }

  /** The value of this gene in {@code chromosome}: an index into {@link #values}. */
  public int read(Chromosome chromosome) {
    int number = chromosome.field(from, to);
    if (coding == Coding.GRAY) {
      for (int shifted = number >> 1; shifted != 0; shifted >>= 1) {
        number ^= shifted;
      }
    }
    return number;
  }

  /** Writes the bits of a number that {@link #read} gives. */
  void write(char[] bits, int number) {
    int code = coding == Coding.GRAY ? number ^ (number >> 1) : number;
    for (int i = to - 1; i >= from; i--, code >>= 1) {
      bits[i] = (char) ('0' + (code & 1));
    }
  }

  /** The label of this gene's value in {@code chromosome}. */
  public String label(Chromosome chromosome) {
    return values.get(read(chromosome));
  }
}
