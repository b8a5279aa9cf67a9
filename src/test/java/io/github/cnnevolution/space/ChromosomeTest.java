package io.github.cnnevolution.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class ChromosomeTest {
  private static final Chromosome ZEROS = new Chromosome("0".repeat(20));
  private static final Chromosome ONES = new Chromosome("1".repeat(20));

  @Test
  void saysWhatIsWrongWithTheBits() {
    assertThrows(IllegalArgumentException.class, () -> new Chromosome(""));
    String foreign =
        assertThrows(IllegalArgumentException.class, () -> new Chromosome("0".repeat(18) + "2"))
            .getMessage();
    assertTrue(foreign.contains("'2' at position 18"), foreign);
  }

  @Test
  void takesTheShortestAndLonger() {
    assertEquals(1, new Chromosome("0").length());
    assertEquals(500, new Chromosome("1".repeat(500)).length());
  }

  @Test
  void readsFieldsBigEndian() {
    Chromosome chromosome = new Chromosome("10011011000010100000");
    assertEquals(2, PlainSpace.STEM_WIDTH.read(chromosome));
    assertEquals(3, PlainSpace.KERNEL.read(chromosome));
    assertEquals(3, PlainSpace.ACTIVATION.read(chromosome));
    assertEquals(0, PlainSpace.POOL.read(chromosome));
    assertEquals(0b1010000, PlainSpace.BLOCKS.read(chromosome));
  }

  @Test
  void splicesAtTheCut() {
    assertEquals("1".repeat(7) + "0".repeat(13), ONES.splice(7, ZEROS).bits());
    assertEquals(ZEROS, ONES.splice(0, ZEROS));
    assertEquals(ONES, ONES.splice(20, ZEROS));
    assertThrows(IllegalArgumentException.class, () -> ONES.splice(21, ZEROS));
    assertThrows(IllegalArgumentException.class, () -> ONES.splice(-1, ZEROS));
    assertThrows(
        IllegalArgumentException.class, () -> ONES.splice(3, new Chromosome("0".repeat(19))));
  }

  @Test
  void flipsTheGivenBits() {
    BitSet flips = new BitSet();
    flips.set(0);
    flips.set(19);
    assertEquals("1" + "0".repeat(18) + "1", ZEROS.flip(flips).bits());
    assertEquals(ZEROS, ZEROS.flip(flips).flip(flips));
  }
}
