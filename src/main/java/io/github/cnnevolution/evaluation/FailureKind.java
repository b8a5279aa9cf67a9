package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.device.NativeFailure;
import io.github.cnnevolution.training.DivergedException;
import io.github.cnnevolution.training.TimeLimitException;

/** Why a training failed, and whether that is final. */
public enum FailureKind {
  /** The loss was not finite, which would happen on any machine. */
  DIVERGED,
  /** The memory of this machine did not suffice. */
  MEMORY,
  /** The devices failed. */
  DEVICE,
  /** It took longer than allowed, on this machine. */
  TIME,
  /** Its latency is above the bound, so it was not trained. */
  LATENCY,
  /** The process died twice while it was trained. */
  DEATHS,
  /** Anything else, such as an error of LibTorch. */
  OTHER;

  /** Returns the kind of an exception that a runner has thrown. */
  static FailureKind of(Throwable thrown) {
    if (thrown instanceof DivergedException) {
      return DIVERGED;
    }
    if (thrown instanceof TimeLimitException) {
      return TIME;
    }
    if (thrown instanceof LatencyBoundException) {
      return LATENCY;
    }
    return NativeFailure.of(thrown) == NativeFailure.OUT_OF_MEMORY ? MEMORY : OTHER;
  }

  /**
   * Whether the failure stays when another process resumes the run. A failure of memory or devices
   * is tried again; the others stay, so that the run remains the same.
   */
  public boolean countsAfterResume() {
    return this != MEMORY && this != DEVICE;
  }

  /** Whether the failure counts in other runs: only one that would happen there too. */
  public boolean countsElsewhere() {
    return this == DIVERGED;
  }
}
