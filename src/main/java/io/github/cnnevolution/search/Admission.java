package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Which chromosomes a search may propose. One that may not be is drawn again; if that does not help
 * soon, it takes bits of an admitted chromosome, one by one in random order, until it is admitted
 * itself. All draws come from the generator of the search.
 *
 * @param admits tells whether a chromosome is admitted; always the same of the same
 * @param anchor a chromosome that is admitted, and with zeros behind it too
 */
public record Admission(Predicate<Chromosome> admits, Chromosome anchor) {
  private static final int DRAWS = 100;

  /**
   * Checks the anchor.
   *
   * @throws IllegalArgumentException if it is not admitted
   */
  public Admission {
    if (!admits.test(anchor)) {
      throw new IllegalArgumentException("the anchor " + anchor + " is not admitted itself");
    }
  }

  /** The first draw that is admitted, or the last one repaired. */
  Chromosome draw(Supplier<Chromosome> drawing, RandomGenerator random) {
    Chromosome drawn = drawing.get();
    for (int i = 1; i < DRAWS && !admits.test(drawn); i++) {
      drawn = drawing.get();
    }
    return repair(drawn, random);
  }

  private Chromosome repair(Chromosome chromosome, RandomGenerator random) {
    Chromosome repaired = chromosome;
    List<Integer> bits = new ArrayList<>();
    for (int i = 0; i < chromosome.length(); i++) {
      bits.add(i);
    }
    while (!admits.test(repaired)) {
      Collections.swap(bits, random.nextInt(bits.size()), bits.size() - 1);
      int bit = bits.remove(bits.size() - 1);
      // A chromosome that has grown is that of the anchor with zeros behind.
      boolean wanted = bit < anchor.length() && anchor.bit(bit);
      if (repaired.bit(bit) != wanted) {
        repaired = repaired.flip(bit);
      }
    }
    return repaired;
  }
}
