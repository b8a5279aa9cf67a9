package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.device.NativeFailure;
import io.github.cnnevolution.training.DivergedException;
import io.github.cnnevolution.training.TimeLimitException;

/** Whose doing the failure of a candidate was, and so how long it counts. */
public enum FailureKind {
  /** Its loss was not finite: the candidate's own doing, wherever it is trained. */
  DIVERGED,
  /** Memory did not suffice: of this machine, at this time. */
  MEMORY,
  /** Devices failed under it. */
  DEVICE,
  /** It took longer than it may: on this machine. */
  TIME,
  /** The process died twice while it was trained. */
  DEATHS,
  /** Anything else, such as an error of LibTorch. */
  OTHER;

  /** Of what an evaluator has thrown. */
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
