package io.github.cnnevolution.spark;

import org.apache.spark.util.AccumulatorV2;

/**
 * Takes the progress of a call to the driver: with each heartbeat Spark sends what the accumulators
 * of running tasks hold. Holds the latest; a training thread writes it, the heartbeat reads it.
 */
final class ProgressAccumulator extends AccumulatorV2<SentProgress, SentProgress> {
  private static final long serialVersionUID = 1L;

  /** What Spark calls it, on its page too. */
  static final String NAME = "progress";

  private volatile SentProgress latest;

  @Override
  public boolean isZero() {
    return latest == null;
  }

  @Override
  public ProgressAccumulator copy() {
    ProgressAccumulator copy = new ProgressAccumulator();
    copy.latest = latest;
    return copy;
  }

  @Override
  public void reset() {
    latest = null;
  }

  @Override
  public void add(SentProgress progress) {
    latest = progress;
  }

  @Override
  public void merge(AccumulatorV2<SentProgress, SentProgress> other) {
    latest = other.isZero() ? latest : other.value();
  }

  /** The latest; null before the first step. */
  @Override
  public SentProgress value() {
    return latest;
  }
}
