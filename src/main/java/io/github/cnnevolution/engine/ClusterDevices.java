package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.run.EvaluationKey;
import java.io.Serializable;
import java.util.List;

/**
 * The devices of an executor, and how they compute.
 *
 * @param devices at least one
 * @param precision of matrix products and convolutions
 * @param graphs whether steps are recorded
 */
record ClusterDevices(List<ComputeDevice> devices, Precision precision, CudaGraphsMode graphs)
    implements Serializable {
  /** Copies the devices. */
  ClusterDevices {
    devices = List.copyOf(devices);
  }

  /** Kind and model of the first, as results are stored. */
  String model() {
    return EvaluationKey.device(devices.get(0));
  }
}
