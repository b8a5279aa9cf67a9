package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Fitness;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Predicts how networks rank: Bayesian linear regression on one-hot genes, on all pairs of them and
 * on the size, whose targets are the normal scores of the ranks of the fitness.
 *
 * <p>With independent normal weights of equal variance for each group of features, the covariance
 * of two networks with m equal genes is a polynomial of m: it needs no features (Rasmussen and
 * Williams 2006, "Gaussian Processes for Machine Learning", section 2.1.2).
 */
final class Surrogate {
  // Prior variances of the groups of features, chosen by replay on NAS-Bench-201.
  private static final double CONSTANT = 1;
  private static final double GENES = 1;
  private static final double PAIRS = 1;
  private static final double SIZE = 0.3;

  /** Variance of a target that the features do not explain. */
  private static final double NOISE = 0.3;

  /** The same for an estimate from a part of a training. */
  private static final double NOISE_OF_PART = 0.6;

  /** Before any training, a network one deviation larger is expected one deviation better. */
  private static final double PRIOR_SLOPE = 1;

  /**
   * The spread of the draws from the posterior, as a share of its own. Of a hundred full draws the
   * highest is mostly luck.
   */
  private static final double TEMPERATURE = 0.3;

  /** A variance that is lost in rounding, so that matrices stay positive definite. */
  private static final double JITTER = 1e-6;

  /**
   * How many networks are remembered at most. A choice takes 50 n^2 multiplications: some 25 ms at
   * this size.
   */
  static final int CAPACITY = 1_500;

  /** Of a full memory, this share of the best stays. */
  private static final double BEST_SHARE = 0.1;

  private final SizeScale scale;
  private final List<Map<String, Integer>> labels = new ArrayList<>();
  private final List<Point> points = new ArrayList<>();
  private final List<Double> fitness = new ArrayList<>();
  private final List<Boolean> stopped = new ArrayList<>();
  private final PartEstimate parts = new PartEstimate();
  private Cholesky factor = new Cholesky();

  /**
   * What the model would like to see.
   *
   * @param position in the pool
   * @param expectation its mean, as a normal score
   */
  record Choice(int position, double expectation) {}

  /** A network as the model sees it. */
  private static final class Point {
    private final int[] genes;
    private final double flops;
    private final double parameters;

    Point(int[] genes, double flops, double parameters) {
      this.genes = genes;
      this.flops = flops;
      this.parameters = parameters;
    }
  }

  Surrogate(SizeScale scale) {
    this.scale = scale;
  }

  private Point point(NetworkFacts facts) {
    int[] genes = new int[facts.genes().size()];
    for (int i = 0; i < genes.length; i++) {
      if (labels.size() == i) {
        labels.add(new HashMap<>());
      }
      Map<String, Integer> known = labels.get(i);
      genes[i] = known.computeIfAbsent(facts.genes().get(i), any -> known.size());
    }
    return new Point(genes, scale.flops(facts), scale.parameters(facts));
  }

  private static double covariance(Point a, Point b) {
    int equal = 0;
    for (int i = 0; i < a.genes.length; i++) {
      equal += a.genes[i] == b.genes[i] ? 1 : 0;
    }
    double n = a.genes.length;
    double genes = equal / n;
    double pairs = equal * (equal - 1.0) / Math.max(1, n * (n - 1));
    return CONSTANT
        + GENES * genes
        + PAIRS * pairs
        + SIZE * (a.flops * b.flops + a.parameters * b.parameters) / 2;
  }

  private static double prior(Point a) {
    return PRIOR_SLOPE * (a.flops + a.parameters) / 2;
  }

  /** Notes the fitness of a network after a part of its training. */
  void learnPart(NetworkFacts facts, double value, boolean isStopped) {
    parts.notePart(facts.network(), value);
    if (isStopped) {
      learn(facts, value, true);
    }
  }

  /** Learns the fitness of a network; that of a failure is the lowest. */
  void learn(NetworkFacts facts, double value) {
    if (value > Fitness.FAILED) {
      parts.noteWhole(facts.network(), value);
    }
    learn(facts, value, false);
  }

  private void learn(NetworkFacts facts, double value, boolean isStopped) {
    if (points.size() == CAPACITY) {
      forget();
    }
    add(point(facts), value, isStopped);
  }

  /**
   * Makes room: the best stay, and every second of the others, so that the ranks among what is left
   * are about those among all.
   */
  private void forget() {
    List<Double> targets = targets();
    Set<Integer> best =
        IntStream.range(0, points.size())
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> targets.get(i)).reversed())
            .limit(Math.round(BEST_SHARE * points.size()))
            .collect(Collectors.toSet());
    List<Point> oldPoints = List.copyOf(points);
    List<Double> oldFitness = List.copyOf(fitness);
    List<Boolean> oldStopped = List.copyOf(stopped);
    points.clear();
    fitness.clear();
    stopped.clear();
    factor = new Cholesky();
    for (int i = 0; i < oldPoints.size(); i++) {
      if (best.contains(i) || i % 2 == 0) {
        add(oldPoints.get(i), oldFitness.get(i), oldStopped.get(i));
      }
    }
  }

  /** How many networks are remembered. */
  int size() {
    return points.size();
  }

  private void add(Point point, double value, boolean isStopped) {
    double[] row = new double[points.size() + 1];
    for (int i = 0; i < points.size(); i++) {
      row[i] = covariance(points.get(i), point);
    }
    row[points.size()] = covariance(point, point) + (isStopped ? NOISE_OF_PART : NOISE);
    factor.append(row);
    points.add(point);
    fitness.add(value);
    stopped.add(isStopped);
  }

  /**
   * The best under one draw from the posterior of all: Thompson sampling (Thompson 1933, Biometrika
   * 25).
   */
  Choice choose(List<NetworkFacts> pool, RandomGenerator random) {
    return choose(pool, random, Surrogate::highest);
  }

  private static int highest(double[] draws) {
    int best = 0;
    for (int i = 1; i < draws.length; i++) {
      best = draws[i] > draws[best] ? i : best;
    }
    return best;
  }

  /**
   * What a rule chooses by one draw from the posterior of all.
   *
   * @param rule takes the draws, in the order of the pool
   */
  Choice choose(List<NetworkFacts> pool, RandomGenerator random, ToIntFunction<double[]> rule) {
    List<Point> candidates = pool.stream().map(this::point).toList();
    double[][] whitened = whitened(candidates);
    double[][] explained = explained(whitened, candidates.size());
    double[] mean = means(candidates, whitened);
    Cholesky posterior = new Cholesky();
    double[] normals = new double[candidates.size()];
    double[] draws = new double[candidates.size()];
    for (int c = 0; c < normals.length; c++) {
      double[] row = new double[c + 1];
      for (int d = 0; d <= c; d++) {
        row[d] = covariance(candidates.get(d), candidates.get(c)) - explained[c][d];
      }
      row[c] += JITTER;
      posterior.append(row);
      // In (0, 1): the quantile needs no function that differs between machines.
      normals[c] = NormalScores.quantile((random.nextInt(1 << 24) + 0.5) / (1 << 24));
      draws[c] = mean[c] + TEMPERATURE * posterior.timesRow(c, normals);
    }
    int chosen = rule.applyAsInt(draws);
    return new Choice(chosen, mean[chosen]);
  }

  /** What the model expects of networks, as normal scores of their ranks among those learned. */
  double[] predict(List<NetworkFacts> networks) {
    List<Point> candidates = networks.stream().map(this::point).toList();
    return means(candidates, whitened(candidates));
  }

  private double[] means(List<Point> candidates, double[][] whitened) {
    double[] residuals = NormalScores.of(targets());
    for (int i = 0; i < residuals.length; i++) {
      residuals[i] -= prior(points.get(i));
    }
    double[] z = factor.solveLower(residuals);
    double[] means = new double[candidates.size()];
    for (int i = 0; i < z.length; i++) {
      double[] row = whitened[i];
      for (int c = 0; c < means.length; c++) {
        means[c] += row[c] * z[i];
      }
    }
    for (int c = 0; c < means.length; c++) {
      means[c] += prior(candidates.get(c));
    }
    return means;
  }

  /** The fitness of the networks; of those that were stopped, the estimate. */
  private List<Double> targets() {
    List<Double> targets = new ArrayList<>();
    for (int i = 0; i < fitness.size(); i++) {
      targets.add(stopped.get(i) ? parts.whole(fitness.get(i)) : fitness.get(i));
    }
    return targets;
  }

  /**
   * The covariances with what was learned, in coordinates in which that is independent: a row for
   * each network that was learned, with a column for each candidate.
   */
  private double[][] whitened(List<Point> candidates) {
    double[][] rows = new double[points.size()][candidates.size()];
    for (int i = 0; i < rows.length; i++) {
      for (int c = 0; c < candidates.size(); c++) {
        rows[i][c] = covariance(points.get(i), candidates.get(c));
      }
    }
    factor.solveLower(rows);
    return rows;
  }

  /** The part of the candidates' covariances that is known: the lower triangle. */
  private static double[][] explained(double[][] whitened, int candidates) {
    double[][] sums = new double[candidates][candidates];
    for (double[] row : whitened) {
      for (int c = 0; c < candidates; c++) {
        double[] sum = sums[c];
        double factor = row[c];
        for (int d = 0; d <= c; d++) {
          sum[d] += row[d] * factor;
        }
      }
    }
    return sums;
  }
}
