package io.github.cnnevolution.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Ranks points of one, two or three objectives by dominance: rank 0 is dominated by none, rank 1 by
 * points of rank 0 alone, and so on (Deb et al. 2002, IEEE Transactions on Evolutionary Computation
 * 6(2)). Less is better; equal points have equal ranks.
 *
 * <p>Points are taken in the order of the first objective, so that no later one dominates an
 * earlier one, and each finds its front by binary search (Zhang et al. 2015, "An Efficient Approach
 * to Nondominated Sorting"). Of a front it is enough to know the staircase that its points form in
 * the other two objectives. So n points take O(n log^2 n) steps in any case, and O(n log n) with
 * two objectives.
 */
public final class NonDominatedSort {
  private NonDominatedSort() {}

  /** What a front dominates, in the second and third objective. */
  private static final class Staircase {
    /** The lowest third objective up to a second one; it falls. */
    private final NavigableMap<Double, Double> steps = new TreeMap<>();

    boolean dominates(double second, double third) {
      Map.Entry<Double, Double> step = steps.floorEntry(second);
      return step != null && step.getValue() <= third;
    }

    void add(double second, double third) {
      steps.put(second, third);
      Map.Entry<Double, Double> next = steps.higherEntry(second);
      while (next != null && next.getValue() >= third) {
        steps.remove(next.getKey());
        next = steps.higherEntry(second);
      }
    }
  }

  /**
   * Returns the rank of each point, from 0.
   *
   * @param points equally many objectives each, from 1 to 3; finite numbers
   * @throws IllegalArgumentException if there are more objectives, or a number is NaN
   */
  public static int[] ranks(double[][] points) {
    check(points);
    Integer[] order = IntStream.range(0, points.length).boxed().toArray(Integer[]::new);
    Arrays.sort(order, Comparator.comparing((Integer i) -> points[i], Arrays::compare));
    List<Staircase> fronts = new ArrayList<>();
    int[] ranks = new int[points.length];
    for (int i = 0; i < order.length; i++) {
      double[] point = points[order[i]];
      if (i > 0 && Arrays.equals(point, points[order[i - 1]])) {
        ranks[order[i]] = ranks[order[i - 1]];
        continue;
      }
      double second = point.length > 1 ? point[1] : 0;
      double third = point.length > 2 ? point[2] : 0;
      int rank = rank(fronts, second, third);
      if (rank == fronts.size()) {
        fronts.add(new Staircase());
      }
      fronts.get(rank).add(second, third);
      ranks[order[i]] = rank;
    }
    return ranks;
  }

  /** The first front that does not dominate: those before it all do, and those behind it do not. */
  private static int rank(List<Staircase> fronts, double second, double third) {
    int low = 0;
    int high = fronts.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (fronts.get(middle).dominates(second, third)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static void check(double[][] points) {
    for (double[] point : points) {
      if (point.length < 1 || point.length > 3 || point.length != points[0].length) {
        throw new IllegalArgumentException(
            "points have one, two or three objectives, not " + point.length);
      }
      for (double value : point) {
        if (Double.isNaN(value)) {
          throw new IllegalArgumentException("an objective is NaN");
        }
      }
    }
  }

  /** Whether a point is nowhere worse than another one, and somewhere better. */
  public static boolean dominates(double[] a, double[] b) {
    boolean better = false;
    for (int i = 0; i < a.length; i++) {
      if (a[i] > b[i]) {
        return false;
      }
      better |= a[i] < b[i];
    }
    return better;
  }
}
