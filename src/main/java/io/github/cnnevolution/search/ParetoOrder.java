package io.github.cnnevolution.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The order of NSGA-II (Deb et al. 2002, IEEE Transactions on Evolutionary Computation 6(2)): the
 * lower rank first, of equal ranks the less crowded point.
 */
final class ParetoOrder {
  private final int[] ranks;
  private final double[] distances;

  /** The better position first; equals are equal. */
  private final Comparator<Integer> better;

  /** Orders points of which less is better. */
  ParetoOrder(List<double[]> points) {
    double[][] array = points.toArray(double[][]::new);
    ranks = NonDominatedSort.ranks(array);
    distances = new double[array.length];
    TreeMap<Integer, List<Integer>> fronts = new TreeMap<>();
    for (int i = 0; i < array.length; i++) {
      fronts.computeIfAbsent(ranks[i], rank -> new ArrayList<>()).add(i);
    }
    fronts.values().forEach(front -> CrowdingDistance.of(array, front, distances));
    better =
        Comparator.comparingInt((Integer i) -> ranks[i])
            .thenComparing(Comparator.comparingDouble((Integer i) -> distances[i]).reversed());
  }

  /** Whether a position is strictly better than another one. */
  boolean isBetter(int one, int other) {
    return better.compare(one, other) < 0;
  }

  /** The best positions, best first; of equals those that come first. */
  List<Integer> best(int count) {
    return IntStream.range(0, ranks.length).boxed().sorted(better).limit(count).toList();
  }

  /** The worst position; the first of equals. */
  int worst() {
    int worst = 0;
    for (int i = 1; i < ranks.length; i++) {
      worst = isBetter(worst, i) ? i : worst;
    }
    return worst;
  }
}
