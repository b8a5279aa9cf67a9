package io.github.cnnevolution.search;

import java.util.random.RandomGenerator;

/**
 * Tells how large a network is among those of its space: the logarithms of its FLOPs and of its
 * parameters, each with mean 0 and deviation 1 over random chromosomes.
 */
record SizeScale(
    double flopsMean, double flopsDeviation, double weightsMean, double weightsDeviation) {
  private static final int SAMPLE = 500;

  /** The scale of a space: always the same. */
  static SizeScale of(Candidates candidates) {
    FreshNetworks drawing = new FreshNetworks(candidates);
    RandomGenerator random = AsynchronousSearch.draws(0, 0);
    double[] flops = new double[SAMPLE];
    double[] weights = new double[SAMPLE];
    for (int i = 0; i < SAMPLE; i++) {
      NetworkFacts facts = drawing.facts(drawing.random(random));
      flops[i] = StrictMath.log1p((double) facts.flops());
      weights[i] = StrictMath.log1p((double) facts.parameters());
    }
    return new SizeScale(mean(flops), deviation(flops), mean(weights), deviation(weights));
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  /** At least a little, so that spaces of equal sizes have size 0. */
  private static double deviation(double[] values) {
    double mean = mean(values);
    double sum = 0;
    for (double value : values) {
      sum += (value - mean) * (value - mean);
    }
    return Math.max(Math.sqrt(sum / values.length), 1e-6);
  }

  double flops(NetworkFacts facts) {
    return (StrictMath.log1p((double) facts.flops()) - flopsMean) / flopsDeviation;
  }

  double parameters(NetworkFacts facts) {
    return (StrictMath.log1p((double) facts.parameters()) - weightsMean) / weightsDeviation;
  }
}
