package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.device.ComputeDevice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The devices that work, those that have failed, and the memory of both. Not thread-safe. */
final class DevicesInService<J extends TrainingJob> {
  private final Map<ComputeDevice, DeviceWorkers<J, ?>> working = new LinkedHashMap<>();
  private final Map<ComputeDevice, MemoryBudget> budgets = new LinkedHashMap<>();
  private final List<LostDevice> lost = new ArrayList<>();

  /**
   * Puts devices into service.
   *
   * @throws IllegalArgumentException if there is none, or one appears twice
   */
  DevicesInService(List<? extends DeviceWorkers<J, ?>> devices) {
    if (devices.isEmpty()) {
      throw new IllegalArgumentException("there must be at least one device");
    }
    for (DeviceWorkers<J, ?> device : devices) {
      if (working.put(device.device(), device) != null) {
        throw new IllegalArgumentException("device " + device.device().id() + " appears twice");
      }
      budgets.put(device.device(), new MemoryBudget(device.jobBytes()));
    }
  }

  boolean contains(ComputeDevice device) {
    return working.containsKey(device);
  }

  boolean isEmpty() {
    return working.isEmpty();
  }

  /** Returns the memory of a device, also of one that has failed. */
  MemoryBudget budget(ComputeDevice device) {
    return budgets.get(device);
  }

  /** Returns where a job fits, of the devices that work; there must be one. */
  MemoryPlan plan(J job) {
    return MemoryPlan.of(job, working.values());
  }

  /** Returns the most micro-batches on a device that works. */
  int maxMicroBatches(ComputeDevice device) {
    return working.get(device).runner().maxMicroBatches();
  }

  /**
   * Takes a device out of service.
   *
   * @return whether it was in service until now
   */
  boolean lose(ComputeDevice device, String reason) {
    if (working.remove(device) == null) {
      return false;
    }
    lost.add(new LostDevice(device.id(), reason));
    return true;
  }

  /** Returns the devices that have failed, in the order in which they did. */
  List<LostDevice> lost() {
    return List.copyOf(lost);
  }
}
