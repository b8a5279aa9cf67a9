package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.run.EvaluationKey;
import io.github.cnnevolution.text.Text;
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

  /**
   * What a person should know of the executors of a cluster.
   *
   * @param mixed whether others may have other devices than these
   */
  String notice(Cluster cluster, boolean mixed) {
    return Text.format(
        "the executors of %s train: %s at a time, %s",
        cluster.name(),
        Text.count(cluster.slots(), "candidate"),
        mixed
            ? Text.format(
                "the first on %s, others perhaps on other devices, which round differently: the same seed does not give the same result",
                model())
            : "each on " + model());
  }

  /** Kind and model of the first, as results are stored. */
  String model() {
    return EvaluationKey.device(devices.get(0));
  }
}
