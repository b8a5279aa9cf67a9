package io.github.cnnevolution.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GeneTest {
  private static final List<String> EIGHT = IntStream.range(0, 8).mapToObj(i -> "v" + i).toList();

  @Test
  void readsItsBitsBigEndian() {
    Gene gene = new Gene("gene", 1, 4, EIGHT);
    assertEquals(6, gene.read(new Chromosome("01101")));
    assertEquals("v6", gene.label(new Chromosome("01101")));
  }

  /** Neighbouring values differ in one bit; the table is the code's definition. */
  @Test
  void readsGrayCode() {
    Gene gene = new Gene("gene", 0, 3, EIGHT, Gene.Coding.GRAY);
    assertEquals(
        List.of("v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7"),
        Stream.of("000", "001", "011", "010", "110", "111", "101", "100")
            .map(bits -> gene.label(new Chromosome(bits)))
            .toList());
  }

  @Test
  void hasALabelForEachValue() {
    assertThrows(IllegalArgumentException.class, () -> new Gene("gene", 0, 2, EIGHT));
    assertThrows(IllegalArgumentException.class, () -> new Gene("gene", 2, 2, List.of("a")));
    assertThrows(IllegalArgumentException.class, () -> new Gene("gene", -1, 2, EIGHT));
    assertThrows(IllegalArgumentException.class, () -> new Gene("gene", 0, 40, EIGHT));
  }
}
