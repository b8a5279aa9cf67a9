package io.github.cnnevolution.search;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * How far a point of a front is from its neighbours: the sum over the objectives of the distance
 * between the one below and the one above, as a share of the front's extent (Deb et al. 2002, IEEE
 * Transactions on Evolutionary Computation 6(2)). Those at an end are infinitely far.
 */
final class CrowdingDistance {
  private CrowdingDistance() {}

  /**
   * Puts the distances of a front into an array.
   *
   * @param front positions of its points
   * @param distances by position; written where the front has points
   */
  static void of(double[][] points, List<Integer> front, double[] distances) {
    front.forEach(i -> distances[i] = 0);
    for (int objective = 0; objective < points[front.get(0)].length; objective++) {
      int k = objective;
      Integer[] order = front.toArray(Integer[]::new);
      // Stable: of equal ones the first in the front counts as the lower one, on every machine.
      Arrays.sort(order, Comparator.comparingDouble(i -> points[i][k]));
      double extent = points[order[order.length - 1]][k] - points[order[0]][k];
      distances[order[0]] = Double.POSITIVE_INFINITY;
      distances[order[order.length - 1]] = Double.POSITIVE_INFINITY;
      for (int i = 1; i < order.length - 1 && extent > 0; i++) {
        distances[order[i]] += (points[order[i + 1]][k] - points[order[i - 1]][k]) / extent;
      }
    }
  }
}
