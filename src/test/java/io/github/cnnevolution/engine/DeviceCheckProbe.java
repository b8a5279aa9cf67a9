package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.report.CheckReport;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.training.TrainingListener;
import io.github.cnnevolution.training.TrainingTrace;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The check of a machine on the recorder: everything is asked of the device, and then the results
 * are those of the processor, as if the device had computed them.
 */
public final class DeviceCheckProbe {
  private DeviceCheckProbe() {}

  /** Runs as a process of its own, and prints a line for each check. */
  public static void main(String[] arguments) throws InterruptedException {
    NativeRuntime.load(1);
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    List<Architecture> all = CheckNetworks.all();
    // Few of the large ones, so that their weights fit into the heap.
    List<Architecture> networks = all.subList(3, all.size());
    try (SyntheticTrainings onCpu = new SyntheticTrainings(Devices.cpu())) {
      Computed computed = new Computed(onCpu, new ConcurrentHashMap<>());
      new DeviceCheck(
              networks,
              real -> new Pretended(real, computed),
              result -> out.println(CheckReport.line(result)))
          .results();
    }
  }

  /** What the processor computes, each once. */
  private record Computed(CheckTrainings onCpu, Map<String, TrainingTrace> known) {
    TrainingTrace of(Architecture architecture, int steps) throws InterruptedException {
      String key = architecture.phenotype() + " " + steps;
      TrainingTrace trace = known.get(key);
      if (trace == null) {
        trace = onCpu.sameImages(architecture, Devices.cpu(), Precision.FP32, steps);
        known.put(key, trace);
      }
      return trace;
    }
  }

  private record Pretended(CheckTrainings real, Computed computed) implements CheckTrainings {
    @Override
    public TrainingTrace sameImages(
        Architecture architecture, ComputeDevice device, Precision precision, int steps)
        throws InterruptedException {
      TrainingTrace trace = real.sameImages(architecture, device, precision, steps);
      return device.isGpu() ? computed.of(architecture, steps) : trace;
    }

    @Override
    public TrainingTrace train(
        Architecture architecture,
        ComputeDevice device,
        Precision precision,
        boolean recorded,
        TrainingListener listener)
        throws InterruptedException {
      TrainingTrace trace = real.train(architecture, device, precision, recorded, listener);
      return device.isGpu() ? computed.of(architecture, 1) : trace;
    }
  }
}
