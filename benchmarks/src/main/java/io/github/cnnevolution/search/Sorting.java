package io.github.cnnevolution.search;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Non-dominated sorting of 100,000 points: at random, or all of one front, which is the worst. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class Sorting {
  private static final int POINTS = 100_000;

  /** Of each point. */
  @Param({"2", "3"})
  public int objectives;

  /** Where the points are. */
  @Param({"random", "front"})
  public String points;

  private double[][] all;

  /** Draws the points. */
  @Setup
  public void draw() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
    all = new double[POINTS][objectives];
    for (double[] point : all) {
      double sum = 0;
      for (int k = 0; k < objectives; k++) {
        point[k] = random.nextDouble();
        sum += k < objectives - 1 ? point[k] : 0;
      }
      if (points.equals("front")) {
        point[objectives - 1] = -sum;
      }
    }
  }

  /** Ranks all of them. */
  @Benchmark
  public int[] ranks() {
    return NonDominatedSort.ranks(all);
  }
}
