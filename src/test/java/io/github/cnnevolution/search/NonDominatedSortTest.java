package io.github.cnnevolution.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NonDominatedSortTest {
  /** By the definition: what is left without dominators is a front. */
  static int[] byDefinition(double[][] points) {
    int[] ranks = new int[points.length];
    Arrays.fill(ranks, -1);
    for (int rank = 0; Arrays.stream(ranks).anyMatch(r -> r == -1); rank++) {
      int current = rank;
      int[] front =
          IntStream.range(0, points.length)
              .filter(i -> ranks[i] == -1)
              .filter(
                  i ->
                      IntStream.range(0, points.length)
                          .filter(j -> ranks[j] == -1)
                          .noneMatch(j -> NonDominatedSort.dominates(points[j], points[i])))
              .toArray();
      Arrays.stream(front).forEach(i -> ranks[i] = current);
    }
    return ranks;
  }

  static double[][] points(int count, int objectives, int values, long seed) {
    RandomGenerator random = Generators.seeded(seed);
    return Stream.generate(
            () -> IntStream.range(0, objectives).mapToDouble(k -> random.nextInt(values)).toArray())
        .limit(count)
        .toArray(double[][]::new);
  }

  /** Few values make many equal points and many equal coordinates. */
  @ParameterizedTest
  @CsvSource({"1, 5", "2, 3", "2, 20", "2, 100000", "3, 2", "3, 7", "3, 100000"})
  void ranksAreThoseOfTheDefinition(int objectives, int values) {
    for (int seed = 0; seed < 40; seed++) {
      double[][] points = points(1 + 3 * seed, objectives, values, seed);
      assertArrayEquals(byDefinition(points), NonDominatedSort.ranks(points), "seed " + seed);
    }
  }

  @Test
  void aChainHasAsManyFrontsAsPointsAndALineHasOne() {
    double[][] chain = {{3, 3, 3}, {1, 1, 1}, {2, 2, 2}};
    assertArrayEquals(new int[] {2, 0, 1}, NonDominatedSort.ranks(chain));
    double[][] line = {{3, 1}, {1, 3}, {2, 2}};
    assertArrayEquals(new int[] {0, 0, 0}, NonDominatedSort.ranks(line));
    assertEquals(0, NonDominatedSort.ranks(new double[0][]).length);
  }

  @Test
  void nonsenseIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> NonDominatedSort.ranks(new double[][] {{1, 2, 3, 4}}));
    assertThrows(
        IllegalArgumentException.class, () -> NonDominatedSort.ranks(new double[][] {{1, 2}, {1}}));
    assertThrows(
        IllegalArgumentException.class,
        () -> NonDominatedSort.ranks(new double[][] {{1, Double.NaN}}));
  }

  @Test
  void theDistanceIsThatOfTheNeighboursAsAShareOfTheExtent() {
    double[][] points = {{0, 10}, {1, 6}, {3, 4}, {10, 0}};
    double[] distances = new double[4];
    CrowdingDistance.of(points, List.of(0, 1, 2, 3), distances);
    double far = Double.POSITIVE_INFINITY;
    assertArrayEquals(
        new double[] {far, 3 / 10.0 + 6 / 10.0, 9 / 10.0 + 6 / 10.0, far}, distances, 1e-12);
  }

  @Test
  void equalValuesInAllPointsOfAFrontAddNothing() {
    double[][] points = {{1, 5}, {1, 5}, {1, 5}};
    double[] distances = new double[3];
    CrowdingDistance.of(points, List.of(0, 1, 2), distances);
    assertArrayEquals(
        new double[] {Double.POSITIVE_INFINITY, 0, Double.POSITIVE_INFINITY}, distances);
  }

  @Test
  void theOrderIsByRankAndThenByDistance() {
    // Three of the first front, of which the middle one is crowded; two of the second.
    List<double[]> points =
        List.of(
            new double[] {5, 5},
            new double[] {0, 4},
            new double[] {4, 0},
            new double[] {1, 3},
            new double[] {9, 9});
    ParetoOrder order = new ParetoOrder(points);
    assertEquals(List.of(1, 2, 3, 0, 4), order.best(5));
    assertEquals(List.of(1, 2), order.best(2));
    assertEquals(4, order.worst());
  }
}
