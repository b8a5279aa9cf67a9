package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.device.ComputeDevice;
import java.util.Optional;

/**
 * A job that waits for a worker or has one, with its earlier attempts. Immutable.
 *
 * @param flops what the job takes, in comparison with others
 * @param plan where it fits
 * @param microBatches into how many parts each batch is split
 * @param aloneOn the device that it must have to itself, after it ran out of memory there
 * @param devicesLost how many devices have failed while it ran on them
 */
record Attempt<J extends TrainingJob>(
    J job,
    long flops,
    MemoryPlan plan,
    int microBatches,
    Optional<ComputeDevice> aloneOn,
    int devicesLost) {
  /** Returns the first attempt at a job. */
  static <J extends TrainingJob> Attempt<J> first(J job, MemoryPlan plan) {
    return new Attempt<>(job, job.work(), plan, plan.microBatches(), Optional.empty(), 0);
  }

  /** Whether it was begun before: memory did not suffice, or a device failed. */
  boolean isRepeated() {
    return aloneOn.isPresent() || devicesLost > 0;
  }

  /**
   * Whether a worker of this device may take it. A job that fits on no device may be taken, and
   * refused, by any worker.
   */
  boolean mayRunOn(ComputeDevice device) {
    return aloneOn
        .map(device::equals)
        .orElseGet(() -> plan.refusal().isPresent() || plan.bytes().containsKey(device));
  }

  /** Returns the bytes that it needs on a device on which it may run. */
  long bytesOn(ComputeDevice device) {
    return plan.bytes().getOrDefault(device, 0L);
  }

  /** Returns a further attempt, planned for the devices that are left. */
  Attempt<J> replanned(MemoryPlan newPlan) {
    return new Attempt<>(
        job, flops, newPlan, newPlan.microBatches(), Optional.empty(), devicesLost);
  }

  /** Returns a further attempt after the device has failed. */
  Attempt<J> afterLostDevice() {
    return new Attempt<>(job, flops, plan, microBatches, aloneOn, devicesLost + 1);
  }

  /**
   * Returns what to try after memory did not suffice: first the device alone, then twice as many
   * micro-batches.
   *
   * @param most the largest number of micro-batches
   * @return empty if there is nothing left to try
   */
  Optional<Attempt<J>> afterOutOfMemory(ComputeDevice device, int most) {
    int next = aloneOn.isPresent() ? 2 * microBatches : microBatches;
    return next > most
        ? Optional.empty()
        : Optional.of(new Attempt<>(job, flops, plan, next, Optional.of(device), devicesLost));
  }
}
