package io.github.cnnevolution.search;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The volume between points and a reference point that is worse than they (Zitzler and Thiele 1999,
 * IEEE Transactions on Evolutionary Computation 3(4)): how much of all that is possible is
 * dominated. Less is better in every objective. Points that are not better than the reference point
 * in all objectives add nothing.
 */
public final class Hypervolume {
  private Hypervolume() {}

  /**
   * Returns the hypervolume.
   *
   * @param points of as many objectives as the reference point has: two or three
   */
  public static double of(List<double[]> points, double[] reference) {
    if (reference.length < 2 || reference.length > 3) {
      throw new IllegalArgumentException(
          "a hypervolume has two or three objectives, not " + reference.length);
    }
    List<double[]> inside =
        points.stream()
            .filter(point -> isBelow(point, reference))
            .sorted(Comparator.comparingDouble(point -> point[point.length - 1]))
            .toList();
    return reference.length == 2 ? new Area(reference).addAll(inside) : volume(inside, reference);
  }

  /** What a point adds to the hypervolume of others. */
  public static double contribution(double[] point, List<double[]> others, double[] reference) {
    if (!isBelow(point, reference)) {
      return 0;
    }
    // What the others dominate of the box of the point is what their parts inside of it dominate.
    List<double[]> clipped =
        others.stream()
            .map(
                other -> {
                  double[] inside = new double[other.length];
                  Arrays.setAll(inside, i -> Math.max(point[i], other[i]));
                  return inside;
                })
            .toList();
    double box = 1;
    for (int i = 0; i < point.length; i++) {
      box *= reference[i] - point[i];
    }
    return Math.max(0, box - of(clipped, reference));
  }

  private static boolean isBelow(double[] point, double[] reference) {
    for (int i = 0; i < reference.length; i++) {
      if (!(point[i] < reference[i])) {
        return false;
      }
    }
    return true;
  }

  /** Slices of the third objective, each as thick as to the next point. */
  private static double volume(List<double[]> byThird, double[] reference) {
    Area area = new Area(reference);
    double volume = 0;
    for (int i = 0; i < byThird.size(); i++) {
      area.add(byThird.get(i));
      double next = i + 1 < byThird.size() ? byThird.get(i + 1)[2] : reference[2];
      volume += area.value * (next - byThird.get(i)[2]);
    }
    return volume;
  }

  /** The area that points dominate in the first two objectives; it grows. */
  private static final class Area {
    private final double[] reference;

    /** The second objective by the first: it falls. */
    private final NavigableMap<Double, Double> steps = new TreeMap<>();

    private double value;

    Area(double[] reference) {
      this.reference = reference;
    }

    double addAll(List<double[]> points) {
      points.forEach(this::add);
      return value;
    }

    void add(double[] point) {
      Map.Entry<Double, Double> before = steps.floorEntry(point[0]);
      double top = before == null ? reference[1] : before.getValue();
      if (top <= point[1]) {
        return;
      }
      double left = point[0];
      Map.Entry<Double, Double> next = steps.higherEntry(left);
      while (next != null && next.getValue() >= point[1]) {
        value += (next.getKey() - left) * (top - point[1]);
        left = next.getKey();
        top = next.getValue();
        steps.remove(left);
        next = steps.higherEntry(left);
      }
      double right = next == null ? reference[0] : next.getKey();
      value += (right - left) * (top - point[1]);
      steps.put(point[0], point[1]);
    }
  }
}
