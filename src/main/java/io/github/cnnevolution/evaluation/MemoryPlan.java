package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.device.ComputeDevice;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Where a job can be trained, and into how many parts its batches are split for that.
 *
 * <p>Smaller parts change the result a little, since batch normalisation then sees fewer images at
 * a time. So the number is decided for all devices together, before any of them is asked for: the
 * smallest with which the job fits somewhere. Only the devices that it fits then may train it, and
 * the result does not depend on which of them is free first.
 *
 * @param microBatches a power of 2; 1 is the whole batch
 * @param bytes what it needs on each device that it fits; empty if there is none
 * @param refusal why it fits nowhere; empty exactly when it fits somewhere
 */
record MemoryPlan(int microBatches, Map<ComputeDevice, Long> bytes, Optional<String> refusal) {
  private static final long MIB = 1L << 20;

  MemoryPlan {
    bytes = Map.copyOf(bytes);
  }

  /**
   * The plan for these devices.
   *
   * @param devices at least one
   */
  static MemoryPlan of(EvaluationJob job, Collection<DeviceWorkers> devices) {
    int most = devices.stream().mapToInt(d -> d.evaluator().maxMicroBatches()).max().orElseThrow();
    for (int microBatches = 1; microBatches <= most; microBatches *= 2) {
      Map<ComputeDevice, Long> fitting = new LinkedHashMap<>();
      for (DeviceWorkers device : devices) {
        if (microBatches <= device.evaluator().maxMicroBatches()) {
          long needed = device.evaluator().memoryBytes(job, microBatches);
          if (needed <= device.candidateBytes()) {
            fitting.put(device.device(), needed);
          }
        }
      }
      if (!fitting.isEmpty()) {
        return new MemoryPlan(microBatches, fitting, Optional.empty());
      }
    }
    return new MemoryPlan(1, Map.of(), Optional.of(refusal(job, devices)));
  }

  private static String refusal(EvaluationJob job, Collection<DeviceWorkers> devices) {
    DeviceWorkers largest =
        devices.stream()
            .max((a, b) -> Long.compare(a.candidateBytes(), b.candidateBytes()))
            .orElseThrow();
    int most = largest.evaluator().maxMicroBatches();
    return String.format(
        Locale.ROOT,
        "needs about %d MiB even in %d micro-batches, but %s has %d MiB for candidates",
        largest.evaluator().memoryBytes(job, most) / MIB,
        most,
        largest.device().id(),
        largest.candidateBytes() / MIB);
  }
}
