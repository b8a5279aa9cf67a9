package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.device.ComputeDevice;
import java.util.Comparator;
import java.util.Optional;

/**
 * A job that waits for a worker or has one, and what it has been through. Immutable.
 *
 * @param flops of its network
 * @param plan where it fits
 * @param microBatches into how many parts each batch is split
 * @param aloneOn the device that it must have to itself after it ran out of memory there
 * @param devicesLost how many devices have failed while it ran on them
 */
record Attempt(
    EvaluationJob job,
    long flops,
    MemoryPlan plan,
    int microBatches,
    Optional<ComputeDevice> aloneOn,
    int devicesLost) {
  /**
   * What is tried again comes first, in the order of the jobs. Then the longest training, so that
   * the short ones fill the gaps at the end of a generation (longest processing time first, Graham
   * 1969, SIAM J. Appl. Math. 17); of equally long ones the job asked for first.
   */
  static final Comparator<Attempt> ORDER =
      Comparator.comparing((Attempt attempt) -> !attempt.isRepeated())
          .thenComparing(attempt -> attempt.isRepeated() ? 0L : -attempt.flops)
          .thenComparingLong(attempt -> attempt.job.id());

  /** The first attempt at a job. */
  static Attempt first(EvaluationJob job, MemoryPlan plan) {
    return new Attempt(
        job, job.architecture().flops(), plan, plan.microBatches(), Optional.empty(), 0);
  }

  private boolean isRepeated() {
    return aloneOn.isPresent() || devicesLost > 0;
  }

  /** Whether a worker of this device may take it; a job that fits nowhere is refused by any. */
  boolean mayRunOn(ComputeDevice device) {
    return aloneOn
        .map(device::equals)
        .orElseGet(() -> plan.refusal().isPresent() || plan.bytes().containsKey(device));
  }

  /** What it needs on a device on which it may run. */
  long bytesOn(ComputeDevice device) {
    return plan.bytes().getOrDefault(device, 0L);
  }

  /** The same job planned for other devices than before. */
  Attempt replanned(MemoryPlan newPlan) {
    return new Attempt(job, flops, newPlan, newPlan.microBatches(), Optional.empty(), devicesLost);
  }

  /** The same job after its device has failed. */
  Attempt afterLostDevice() {
    return new Attempt(job, flops, plan, microBatches, aloneOn, devicesLost + 1);
  }

  /**
   * What to try after memory did not suffice: first the same with the device to itself, then with
   * twice as many micro-batches; empty if there could be no more than {@code most} of them.
   */
  Optional<Attempt> afterOutOfMemory(ComputeDevice device, int most) {
    int next = aloneOn.isPresent() ? 2 * microBatches : microBatches;
    return next > most
        ? Optional.empty()
        : Optional.of(new Attempt(job, flops, plan, next, Optional.of(device), devicesLost));
  }
}
