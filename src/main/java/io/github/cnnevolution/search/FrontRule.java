package io.github.cnnevolution.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Chooses among networks whose accuracy was drawn from a model: the one that would add most to the
 * hypervolume of the front that is known. Accuracies are normal scores of their ranks, sizes are
 * logarithms: no unit has an influence. The latency, which is not known before a training, counts
 * as the FLOPs.
 *
 * <p>If none adds anything, the one is chosen whose accuracy lacks least.
 */
final class FrontRule {
  /** How far the reference point is beyond the worst that is known: a share of the extent. */
  private static final double MARGIN = 0.1;

  /** So many of the known networks may be on the front; the model takes time for each. */
  private static final int MOST_KNOWN = 60;

  private final SizeScale scale;
  private final boolean withFlops;
  private final boolean withParameters;

  /** All that the model has learned, so that ranks mean the same. */
  private final List<Double> fitness = new ArrayList<>();

  private final List<NetworkFacts> facts = new ArrayList<>();

  /** Positions of whole trainings that did not fail. */
  private final List<Integer> usable = new ArrayList<>();

  FrontRule(SizeScale scale, Objectives objectives) {
    this.scale = scale;
    this.withFlops =
        objectives.all().contains(Objective.FLOPS) || objectives.all().contains(Objective.LATENCY);
    this.withParameters = objectives.all().contains(Objective.PARAMETERS);
  }

  void learn(Member member, NetworkFacts network) {
    if (member.isWhole()) {
      usable.add(fitness.size());
    }
    fitness.add(member.individual().fitness());
    facts.add(network);
  }

  private double[] point(double score, NetworkFacts network) {
    double flops = scale.flops(network);
    double parameters = scale.parameters(network);
    return withFlops && withParameters
        ? new double[] {-score, parameters, flops}
        : new double[] {-score, withFlops ? flops : parameters};
  }

  /**
   * Returns the position of the choice.
   *
   * @param draws the accuracies as normal scores
   * @param model gives the expected accuracies of networks that it knows, as normal scores
   */
  int choose(
      double[] draws, List<NetworkFacts> pool, Function<List<NetworkFacts>, double[]> model) {
    List<double[]> known = known(model);
    List<double[]> candidates = new ArrayList<>();
    for (int i = 0; i < draws.length; i++) {
      candidates.add(point(draws[i], pool.get(i)));
    }
    double[] reference = reference(known, candidates);
    int[] ranks = NonDominatedSort.ranks(known.toArray(double[][]::new));
    List<double[]> front = new ArrayList<>();
    for (int i = 0; i < ranks.length; i++) {
      if (ranks[i] == 0) {
        front.add(known.get(i));
      }
    }
    int best = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < draws.length; i++) {
      double added = Hypervolume.contribution(candidates.get(i), front, reference);
      double value = added > 0 ? added : -lacking(candidates.get(i), front);
      if (value > most) {
        most = value;
        best = i;
      }
    }
    return best;
  }

  /**
   * The networks that may be on the front, with what the model expects of them: it knows better
   * than a single noisy training.
   */
  private List<double[]> known(Function<List<NetworkFacts>, double[]> model) {
    double[] scores = NormalScores.of(fitness);
    List<double[]> measured = new ArrayList<>();
    usable.forEach(i -> measured.add(point(scores[i], facts.get(i))));
    List<NetworkFacts> best =
        new ParetoOrder(measured)
            .best(MOST_KNOWN).stream().map(position -> facts.get(usable.get(position))).toList();
    double[] expected = best.isEmpty() ? new double[0] : model.apply(best);
    List<double[]> known = new ArrayList<>();
    for (int i = 0; i < expected.length; i++) {
      known.add(point(expected[i], best.get(i)));
    }
    return known;
  }

  /** By how much a point's accuracy is below that of the best one that is no larger. */
  private static double lacking(double[] point, List<double[]> front) {
    double lacking = 0;
    for (double[] other : front) {
      boolean smaller = true;
      for (int i = 1; i < point.length; i++) {
        smaller &= other[i] <= point[i];
      }
      lacking = smaller ? Math.max(lacking, point[0] - other[0]) : lacking;
    }
    return lacking;
  }

  private static double[] reference(List<double[]> known, List<double[]> candidates) {
    List<double[]> all = new ArrayList<>(known);
    all.addAll(candidates);
    double[] low = all.get(0).clone();
    double[] high = all.get(0).clone();
    for (double[] point : all) {
      Arrays.setAll(low, i -> Math.min(low[i], point[i]));
      Arrays.setAll(high, i -> Math.max(high[i], point[i]));
    }
    Arrays.setAll(high, i -> high[i] + MARGIN * (high[i] - low[i]) + 1e-9);
    return high;
  }
}
