package io.github.cnnevolution.run;

import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.search.NonDominatedSort;
import io.github.cnnevolution.space.Architecture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * The networks of a run that no other one beats: each is better than every other one in some
 * objective. Failures and trainings that were stopped early are not among them. Immutable.
 */
public final class Front {
  private final FrontGoals goals;

  /** The most accurate first. */
  private final List<Evaluation> members;

  /** Their objectives. */
  private final List<double[]> points;

  private Front(FrontGoals goals, List<Evaluation> members) {
    this.goals = goals;
    this.members = List.copyOf(members);
    this.points = members.stream().map(goals::point).toList();
  }

  /** The front of no network. */
  public static Front empty(FrontGoals goals) {
    return new Front(goals, List.of());
  }

  /** The front of evaluations; the first successful one of each network counts. */
  public static Front of(FrontGoals goals, Collection<Evaluation> evaluations) {
    Front front = empty(goals);
    for (Evaluation evaluation : evaluations) {
      front = front.with(evaluation);
    }
    return front;
  }

  /** Whether an evaluation would be on the front. */
  public boolean admits(Evaluation evaluation) {
    if (!canHold(evaluation)) {
      return false;
    }
    Architecture network = evaluation.job().architecture();
    double[] point = goals.point(evaluation);
    return points.stream().noneMatch(other -> NonDominatedSort.dominates(other, point))
        && members.stream().noneMatch(member -> member.job().architecture().equals(network));
  }

  /** Whether an evaluation is that of a whole training which has not failed. */
  public boolean canHold(Evaluation evaluation) {
    return !evaluation.isFailed() && evaluation.trainedFraction() == 1;
  }

  /** The front with an evaluation more: this one, if it would not be on it. */
  public Front with(Evaluation evaluation) {
    if (!admits(evaluation)) {
      return this;
    }
    double[] point = goals.point(evaluation);
    List<Evaluation> next = new ArrayList<>();
    for (int i = 0; i < points.size(); i++) {
      if (!NonDominatedSort.dominates(point, points.get(i))) {
        next.add(members.get(i));
      }
    }
    next.add(evaluation);
    next.sort(Evaluation.BEST_FIRST);
    return new Front(goals, next);
  }

  /** Its networks, the most accurate first. */
  public List<Evaluation> members() {
    return members;
  }

  /** Its objectives, and which network is preferred. */
  public FrontGoals goals() {
    return goals;
  }

  /** The objectives of its networks, such that less is better, in their order. */
  public List<double[]> points() {
    return points;
  }

  /**
   * The network that becomes the best model.
   *
   * @throws IndexOutOfBoundsException without any network
   */
  public Evaluation preferred() {
    return goals.preference() == FrontPreference.ACCURACY ? members.get(0) : knee();
  }

  private Evaluation knee() {
    double[] low = points.get(0).clone();
    double[] high = points.get(0).clone();
    for (double[] point : points) {
      Arrays.setAll(low, k -> Math.min(low[k], point[k]));
      Arrays.setAll(high, k -> Math.max(high[k], point[k]));
    }
    int knee = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < points.size(); i++) {
      double sum = 0;
      for (int k = 0; k < low.length; k++) {
        double extent = high[k] - low[k];
        sum += extent > 0 ? (points.get(i)[k] - low[k]) / extent : 0;
      }
      // Of equals the more accurate one, which comes first; sums of equals may round differently.
      if (sum < least - 1e-12) {
        least = sum;
        knee = i;
      }
    }
    return members.get(knee);
  }
}
