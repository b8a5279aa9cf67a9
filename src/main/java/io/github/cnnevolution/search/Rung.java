package io.github.cnnevolution.search;

import java.util.ArrayList;
import java.util.List;

/**
 * Decides at a rung which trainings go on: the best third of those that have reached it so far
 * (successive halving in its asynchronous form: Li et al. 2020, "A System for Massively Parallel
 * Hyperparameter Tuning", arXiv:1810.05934; nothing is taken up again later).
 *
 * <p>What it decides depends on the order in which it is asked, and on nothing else.
 */
public final class Rung {
  /** One of so many goes on: with a half of them searches cost more, by replay on NAS-Bench-201. */
  private static final int ONE_OF = 3;

  /** The first ones go on: there is nothing to compare them with. */
  private static final int FIRST = 2;

  /** In a band a network is compared with as many others. */
  private static final int NEIGHBOURS = 16;

  private final boolean banded;

  /** All that have reached the rung, in the order of their FLOPs. */
  private final List<Score> reached = new ArrayList<>();

  private record Score(double score, long flops) {}

  /**
   * A rung that nothing has reached.
   *
   * @param banded whether each is compared only with those nearest in the logarithm of its FLOPs
   */
  public Rung(boolean banded) {
    this.banded = banded;
  }

  /**
   * Takes a training that reaches the rung, and returns whether it goes on: if it is one of the
   * first, or less than a third of those with which it is compared, itself included, are better.
   *
   * @param score its accuracy at the rung
   * @param flops of its network
   */
  public boolean goesOn(double score, long flops) {
    int place = place(flops);
    List<Score> others = banded ? nearest(place, flops) : reached;
    long better = others.stream().filter(other -> other.score > score).count();
    boolean goesOn = reached.size() < FIRST || ONE_OF * better < others.size() + 1;
    reached.add(place, new Score(score, flops));
    return goesOn;
  }

  /** The first place behind those with fewer or equal FLOPs. */
  private int place(long flops) {
    int from = 0;
    int to = reached.size();
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (reached.get(middle).flops <= flops) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }

  private List<Score> nearest(int place, long flops) {
    int from = place;
    int to = place;
    while (to - from < Math.min(NEIGHBOURS, reached.size())) {
      boolean smaller =
          to == reached.size()
              || (from > 0 && ratio(reached.get(from - 1), flops) <= ratio(reached.get(to), flops));
      from -= smaller ? 1 : 0;
      to += smaller ? 0 : 1;
    }
    return reached.subList(from, to);
  }

  /** How far apart FLOPs are, as the larger of a pair over the smaller. */
  private static double ratio(Score one, long flops) {
    double a = Math.max(1, one.flops);
    double b = Math.max(1, flops);
    return Math.max(a, b) / Math.min(a, b);
  }
}
