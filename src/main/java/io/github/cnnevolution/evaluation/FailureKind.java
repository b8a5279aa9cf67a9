package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.device.NativeFailure;
import io.github.cnnevolution.training.DivergedException;
import io.github.cnnevolution.training.TimeLimitException;

/** Why a candidate failed, and whether that is final. */
public enum FailureKind {
  /** Its loss was not finite: it fails on any machine. */
  DIVERGED,
  /** It ran out of memory on this machine. */
  MEMORY,
  /** Devices failed while it was trained. */
  DEVICE,
  /** It exceeded the time limit on this machine. */
  TIME,
  /** The process died twice while it was trained. */
  DEATHS,
  /** Anything else, such as an error of LibTorch. */
  OTHER;

  /** Classifies an exception of an evaluator. */
  static FailureKind of(Throwable thrown) {
    if (thrown instanceof DivergedException) {
      return DIVERGED;
    }
    if (thrown instanceof TimeLimitException) {
      return TIME;
    }
    return NativeFailure.of(thrown) == NativeFailure.OUT_OF_MEMORY ? MEMORY : OTHER;
  }

  /**
   * Whether it counts when its run goes on in another process. What lay in the circumstances is
   * tried again; the rest stays, or the run would become another one.
   */
  public boolean countsAfterResume() {
    return this != MEMORY && this != DEVICE;
  }

  /** Whether it counts in other runs: only what the candidate would do there too. */
  public boolean countsElsewhere() {
    return this == DIVERGED;
  }
}
