package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.device.ComputeDevice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The devices that work, those that no longer do, and the memory of both. Not thread-safe. */
final class DevicesInService {
  private final Map<ComputeDevice, DeviceWorkers> working = new LinkedHashMap<>();
  private final Map<ComputeDevice, MemoryBudget> budgets = new LinkedHashMap<>();
  private final List<LostDevice> lost = new ArrayList<>();

  /**
   * All of these work.
   *
   * @throws IllegalArgumentException if there is none, or one appears twice
   */
  DevicesInService(List<DeviceWorkers> devices) {
    if (devices.isEmpty()) {
      throw new IllegalArgumentException("there must be at least one device");
    }
    for (DeviceWorkers device : devices) {
      if (working.put(device.device(), device) != null) {
        throw new IllegalArgumentException("device " + device.device().id() + " appears twice");
      }
      budgets.put(device.device(), new MemoryBudget(device.candidateBytes()));
    }
  }

  boolean contains(ComputeDevice device) {
    return working.containsKey(device);
  }

  boolean isEmpty() {
    return working.isEmpty();
  }

  /** The memory of a device, also of one that no longer works. */
  MemoryBudget budget(ComputeDevice device) {
    return budgets.get(device);
  }

  /** Where a job fits, of the devices that work; there must be one. */
  MemoryPlan plan(EvaluationJob job) {
    return MemoryPlan.of(job, working.values());
  }

  /** Into how many micro-batches a batch can be split on a device that works. */
  int maxMicroBatches(ComputeDevice device) {
    return working.get(device).evaluator().maxMicroBatches();
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

  /** The devices that no longer work, in the order in which they failed. */
  List<LostDevice> lost() {
    return List.copyOf(lost);
  }
}
