package io.github.cnnevolution.report;

import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.run.Lineage;
import io.github.cnnevolution.run.StoredEvaluation;
import io.github.cnnevolution.run.StoredRun;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What the surrogate of a run expected of networks when it chose them, against what came of them.
 *
 * @param points networks that a model chose and that were trained to the end
 */
record Predictions(List<Point> points) {
  /** Of fewer networks a rank correlation says nothing. */
  private static final int LEAST = 3;

  /**
   * A network.
   *
   * @param evaluation its place among the evaluations of the run that count
   * @param prediction expected normal score of its rank
   * @param fitness that it reached
   */
  record Point(int evaluation, double prediction, double fitness) {}

  /** Copies the points. */
  Predictions {
    points = List.copyOf(points);
  }

  /** Returns those of a run; of a network that was evaluated twice the latest counts. */
  static Predictions of(StoredRun run) {
    Lineage lineage = new Lineage(run.proposals());
    Map<String, Point> points = new LinkedHashMap<>();
    List<StoredEvaluation> evaluations =
        run.evaluations().stream().filter(run.parts()::counts).toList();
    for (int i = 0; i < evaluations.size(); i++) {
      Evaluation evaluation = evaluations.get(i).evaluation();
      String network = evaluation.job().architecture().phenotype();
      OptionalDouble prediction =
          lineage.of(network).map(Lineage.Origin::prediction).orElse(OptionalDouble.empty());
      points.remove(network);
      if (prediction.isPresent() && !evaluation.isFailed() && evaluation.trainedFraction() == 1) {
        points.put(network, new Point(i, prediction.getAsDouble(), evaluation.fitness()));
      }
    }
    return new Predictions(new ArrayList<>(points.values()));
  }

  /** Whether the options of a run ask for a surrogate. */
  static boolean areMade(StoredRun run) {
    return run.facts().options().containsKey("surrogate");
  }

  /**
   * Returns the rank correlation (Spearman 1904, "The Proof and Measurement of Association between
   * Two Things"): 1 if the order was as expected, about 0 if the model knew nothing. Empty if there
   * are few networks, or all are alike.
   */
  Optional<Double> rankCorrelation() {
    if (points.size() < LEAST) {
      return Optional.empty();
    }
    double[] x = ranks(Point::prediction);
    double[] y = ranks(Point::fitness);
    double mean = (points.size() - 1) / 2.0;
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (int i = 0; i < x.length; i++) {
      xy += (x[i] - mean) * (y[i] - mean);
      xx += (x[i] - mean) * (x[i] - mean);
      yy += (y[i] - mean) * (y[i] - mean);
    }
    return xx == 0 || yy == 0 ? Optional.empty() : Optional.of(xy / Math.sqrt(xx * yy));
  }

  /** Ranks from 0 in the order of the points; equal values share the mean of their ranks. */
  private double[] ranks(ToDoubleFunction<Point> value) {
    List<Integer> order =
        IntStream.range(0, points.size())
            .boxed()
            .sorted(Comparator.comparingDouble(i -> value.applyAsDouble(points.get(i))))
            .toList();
    double[] ranks = new double[points.size()];
    for (int from = 0; from < ranks.length; ) {
      double at = value.applyAsDouble(points.get(order.get(from)));
      int to = from + 1;
      while (to < ranks.length && value.applyAsDouble(points.get(order.get(to))) == at) {
        to++;
      }
      for (int i = from; i < to; i++) {
        ranks[order.get(i)] = (from + to - 1) / 2.0;
      }
      from = to;
    }
    return ranks;
  }
}
