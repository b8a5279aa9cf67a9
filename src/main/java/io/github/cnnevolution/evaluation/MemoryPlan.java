package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.text.Text;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where a job can be trained, and into how many parts its batches are split for that.
 *
 * <p>Smaller parts change the result a little, since batch normalisation then sees fewer images at
 * a time. So the number is chosen for all devices together: the smallest with which the job fits
 * somewhere. Only the devices on which it fits then may train it, and the result does not depend on
 * which of them is free first.
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
   * Plans a job for these devices.
   *
   * @param devices at least one
   */
  static <J extends TrainingJob> MemoryPlan of(
      J job, Collection<? extends DeviceWorkers<J, ?>> devices) {
    int most = devices.stream().mapToInt(d -> d.runner().maxMicroBatches()).max().orElseThrow();
    for (int microBatches = 1; microBatches <= most; microBatches *= 2) {
      Map<ComputeDevice, Long> fitting = new LinkedHashMap<>();
      for (DeviceWorkers<J, ?> device : devices) {
        if (microBatches <= device.runner().maxMicroBatches()) {
          long needed = device.runner().memoryBytes(job, microBatches);
          if (needed <= device.jobBytes()) {
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

  private static <J extends TrainingJob> String refusal(
      J job, Collection<? extends DeviceWorkers<J, ?>> devices) {
    DeviceWorkers<J, ?> largest =
        devices.stream().max((a, b) -> Long.compare(a.jobBytes(), b.jobBytes())).orElseThrow();
    int most = largest.runner().maxMicroBatches();
    return Text.format(
        "needs about %d MiB even in %d micro-batches, but %s has %d MiB for candidates",
        largest.runner().memoryBytes(job, most) / MIB,
        most,
        largest.device().id(),
        largest.jobBytes() / MIB);
  }
}
