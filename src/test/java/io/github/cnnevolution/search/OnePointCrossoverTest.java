package io.github.cnnevolution.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.space.Chromosome;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OnePointCrossoverTest {
  private static final int PAIRS = 60_000;

  private static Chromosome zerosThenOnes(int zeros, int ones) {
    return new Chromosome("0".repeat(zeros) + "1".repeat(ones));
  }

  private static Chromosome onesThenZeros(int ones, int zeros) {
    return new Chromosome("1".repeat(ones) + "0".repeat(zeros));
  }

  @ParameterizedTest
  @ValueSource(ints = {19, 20, 41})
  void outermostCutsLeaveOneBitOfAParent(int length) {
    OnePointCrossover crossover = new OnePointCrossover(1);
    Chromosome zeros = Chromosomes.zeros(length);
    Chromosome ones = Chromosomes.ones(length);
    assertEquals(
        List.of(zerosThenOnes(1, length - 1), onesThenZeros(1, length - 1)),
        crossover.cross(zeros, ones, Generators.lowest()));
    assertEquals(
        List.of(zerosThenOnes(length - 1, 1), onesThenZeros(length - 1, 1)),
        crossover.cross(zeros, ones, Generators.highest()));
  }

  @Test
  void cutsAreUniform() {
    OnePointCrossover crossover = new OnePointCrossover(1);
    RandomGenerator random = Generators.seeded(2);
    long[] cuts = new long[19];
    for (int i = 0; i < PAIRS; i++) {
      List<Chromosome> children =
          crossover.cross(Chromosomes.zeros(20), Chromosomes.ones(20), random);
      int cut = 20 - Chromosomes.countOnes(children.get(0));
      assertEquals(zerosThenOnes(cut, 20 - cut), children.get(0));
      cuts[cut - 1]++;
    }
    Distributions.assertChiSquare("cuts", Distributions.uniform(19), cuts);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1, 0.5, 0.9, 1})
  void pairsAreRecombinedAtTheRate(double rate) {
    OnePointCrossover crossover = new OnePointCrossover(rate);
    RandomGenerator random = Generators.seeded(3);
    Chromosome zeros = Chromosomes.zeros(20);
    Chromosome ones = Chromosomes.ones(20);
    int recombined = 0;
    for (int i = 0; i < PAIRS; i++) {
      if (!crossover.cross(zeros, ones, random).equals(List.of(zeros, ones))) {
        recombined++;
      }
    }
    // At rates 0 and 1 the bound is 0.
    Distributions.assertCount("recombined", rate, PAIRS, recombined);
  }

  @Test
  void ratesZeroAndOneHoldForTheMostExtremeDraws() {
    Chromosome zeros = Chromosomes.zeros(20);
    Chromosome ones = Chromosomes.ones(20);
    List<Chromosome> parents = List.of(zeros, ones);
    assertEquals(parents, new OnePointCrossover(0).cross(zeros, ones, Generators.lowest()));
    assertEquals(
        zerosThenOnes(19, 1),
        new OnePointCrossover(1).cross(zeros, ones, Generators.highest()).get(0));
  }

  @Test
  void everyGeneOfTheParentsIsInOneChild() {
    OnePointCrossover crossover = new OnePointCrossover(0.9);
    RandomGenerator random = Generators.seeded(4);
    for (int n = 0; n < 1000; n++) {
      Chromosome first = Chromosomes.random(25, random);
      Chromosome second = Chromosomes.random(25, random);
      List<Chromosome> children = crossover.cross(first, second, random);
      assertEquals(2, children.size());
      for (int i = 0; i < 25; i++) {
        boolean kept =
            children.get(0).bit(i) == first.bit(i) && children.get(1).bit(i) == second.bit(i);
        boolean swapped =
            children.get(0).bit(i) == second.bit(i) && children.get(1).bit(i) == first.bit(i);
        assertTrue(kept || swapped, "bit %d of pair %d".formatted(i, n));
      }
    }
  }

  @Test
  void parentsOfDifferentLengthAreRefused() {
    OnePointCrossover crossover = new OnePointCrossover(1);
    RandomGenerator random = Generators.seeded(5);
    Chromosome shorter = Chromosomes.zeros(20);
    Chromosome longer = Chromosomes.zeros(21);
    assertThrows(IllegalArgumentException.class, () -> crossover.cross(shorter, longer, random));
  }
}
