package io.github.cnnevolution.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HypervolumeTest {
  private static final int SIDE = 8;

  /** Counts the unit cells that a point dominates. */
  private static double byCells(List<double[]> points, int objectives) {
    int cells = 0;
    for (int cell = 0; cell < Math.pow(SIDE, objectives); cell++) {
      int[] place = {cell % SIDE, cell / SIDE % SIDE, cell / SIDE / SIDE};
      double[] corner = Arrays.stream(place).asDoubleStream().toArray();
      cells +=
          points.stream()
                  .anyMatch(
                      p -> {
                        boolean dominated = true;
                        for (int k = 0; k < objectives; k++) {
                          dominated &= p[k] <= corner[k];
                        }
                        return dominated;
                      })
              ? 1
              : 0;
    }
    return cells;
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void itIsTheNumberOfDominatedCells(int objectives) {
    double[] reference = new double[objectives];
    Arrays.fill(reference, SIDE);
    for (int seed = 0; seed < 200; seed++) {
      // Some are on the border and add nothing.
      List<double[]> points =
          List.of(NonDominatedSortTest.points(seed % 12, objectives, SIDE + 1, seed));
      assertEquals(
          byCells(points, objectives), Hypervolume.of(points, reference), 1e-9, "seed " + seed);
      double[] more = NonDominatedSortTest.points(1, objectives, SIDE + 1, seed + 1000)[0];
      List<double[]> all = new ArrayList<>(points);
      all.add(more);
      assertEquals(
          byCells(all, objectives) - byCells(points, objectives),
          Hypervolume.contribution(more, points, reference),
          1e-9,
          "seed " + seed);
    }
  }

  @Test
  void aPointThatIsNotBetterThanTheReferenceAddsNothing() {
    List<double[]> points = List.of(new double[] {-1, 5}, new double[] {2, 2});
    assertEquals(2 * 2, Hypervolume.of(points, new double[] {4, 4}), 1e-12);
  }

  @Test
  void otherNumbersOfObjectivesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Hypervolume.of(List.of(), new double[] {1}));
    assertThrows(
        IllegalArgumentException.class, () -> Hypervolume.of(List.of(), new double[] {1, 1, 1, 1}));
  }
}
