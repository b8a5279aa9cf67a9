package io.github.cnnevolution.engine;

import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.TrainingTrace;

/**
 * Whether trainings of one network and seed on one device agree: to the bit where its kernels are
 * deterministic, and within rounding otherwise. Immutable.
 *
 * @param exact whether the kernels are deterministic
 * @param tolerance otherwise
 */
record ReplayAgreement(boolean exact, CheckTolerance tolerance) {
  /**
   * Two trainings that differ by the order of sums are seldom thrice as far apart as two others.
   */
  private static final double NOISE_FACTOR = 3;

  /**
   * Checks a training that can be compared at all.
   *
   * @throws CheckFailedException if losses or weights are not finite, or the weights did not move
   */
  static TrainingTrace learned(String network, TrainingTrace trace) throws CheckFailedException {
    if (!trace.isFinite()) {
      throw new CheckFailedException(
          Text.format("%s: losses %s, or the weights, are not finite", network, trace.losses()));
    }
    if (!trace.hasMoved()) {
      throw new CheckFailedException(
          Text.format("%s: the training did not change the weights", network));
    }
    return trace;
  }

  /**
   * Checks that the same training twice gave the same.
   *
   * @param how the other one was computed, for the message
   * @return the distance of their weights
   * @throws CheckFailedException if it did not
   */
  double same(String network, String how, TrainingTrace once, TrainingTrace again)
      throws CheckFailedException {
    return within(network, how, once, again, tolerance.repeated());
  }

  /**
   * Checks that another way to compute a training gave the same, more closely than {@link #same}.
   *
   * @param how the other one was computed, for the message
   * @param noise the distance of two trainings that were computed in the same way
   * @return the distance of their weights
   * @throws CheckFailedException if it did not
   */
  double replayed(String network, String how, TrainingTrace once, TrainingTrace other, double noise)
      throws CheckFailedException {
    double allowed =
        Math.min(tolerance.repeated(), Math.max(tolerance.replayed(), NOISE_FACTOR * noise));
    return within(network, how, once, other, allowed);
  }

  private double within(
      String network, String how, TrainingTrace once, TrainingTrace other, double allowed)
      throws CheckFailedException {
    learned(network, once);
    learned(network, other);
    double distance = once.distance(other);
    if (exact && !once.equalsToTheBit(other)) {
      throw new CheckFailedException(
          Text.format(
              "%s: %s differs, weights by %.1e of their way, and should be equal to the bit",
              network, how, distance));
    }
    if (!exact && !(distance <= allowed)) {
      throw new CheckFailedException(
          Text.format(
              "%s: %s differs, weights by %.1e of their way (%.1e allowed)",
              network, how, distance, allowed));
    }
    return distance;
  }
}
