package io.github.cnnevolution.cli;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.CudaProbe;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.GpuStatus;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.device.Nvml;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.report.DeviceObjects;
import io.github.cnnevolution.report.DeviceReport;
import io.github.cnnevolution.text.Text;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.apache.commons.cli.Options;

/**
 * Shows the devices of this machine. The GPU jar also checks each library that a GPU needs and,
 * where one is missing, prints what to install.
 */
final class DevicesCommand implements Command {
  @Override
  public String name() {
    return "devices";
  }

  @Override
  public String summary() {
    return "Shows the devices of this machine and the precisions that they support.";
  }

  @Override
  public Options options() {
    return new Options()
        .addOption(CudaPath.option())
        .addOption(DeviceTuning.option())
        .addOption(DevicesCheck.option())
        .addOption(Arguments.flag("json", "print one JSON object"));
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException, InterruptedException {
    Optional<Path> cudaPath = CudaPath.of(arguments);
    PrintStream out = console.out();
    boolean checks = DevicesCheck.isGiven(arguments);
    if (arguments.has(DeviceTuning.NAME)) {
      if (checks || arguments.has("json")) {
        throw new UsageException(
            "devices --tune takes neither --check nor --json; give them apart");
      }
      return DeviceTuning.run(cudaPath, console);
    }
    if (arguments.has("json")) {
      DeviceObjects objects = objects(cudaPath);
      int code = checks ? DevicesCheck.run(cudaPath, objects) : ExitCode.OK;
      out.println(objects.json());
      return code;
    }
    if (CudaProbe.isInJar()) {
      printGpus(cudaPath, out);
    }
    ComputeDevice cpu = Devices.cpu();
    out.println(DeviceReport.table(cpu, Devices.cores(), Devices.memoryBytes()));
    if (checks) {
      out.println();
      return DevicesCheck.run(cudaPath, out);
    }
    return ExitCode.OK;
  }

  private static DeviceObjects objects(Optional<Path> cudaPath) {
    DeviceObjects objects =
        new DeviceObjects(Devices.cpu(), Devices.cores(), Devices.memoryBytes());
    if (!CudaProbe.isInJar()) {
      return objects;
    }
    CudaProbe setup = CudaProbe.diagnose(cudaPath);
    Optional<Nvml> nvml = Nvml.open(cudaPath);
    try {
      objects.cuda(setup, nvml.map(Nvml::driverVersion));
      if (setup.unavailableReason().isEmpty()) {
        NativeRuntime.prepare(cudaPath);
        try (NativeRuntime.Lease runtime = NativeRuntime.lease()) {
          objects.gpus(Devices.gpus(), index -> nvml.flatMap(library -> library.status(index)));
        }
      }
      return objects;
    } finally {
      nvml.ifPresent(Nvml::close);
    }
  }

  private static void printGpus(Optional<Path> cudaPath, PrintStream out) {
    CudaProbe setup = CudaProbe.diagnose(cudaPath);
    out.println(DeviceReport.libraries(setup.libraries()));
    out.println();
    Optional<Nvml> nvml = Nvml.open(cudaPath);
    try {
      String driver = nvml.map(Nvml::driverVersion).orElse("unknown");
      out.println(
          setup.cudaVersion() == 0
              ? "driver  none"
              : Text.format(
                  "driver  %s, up to CUDA %s; this jar needs CUDA 13 and is built for 13.1",
                  driver, CudaProbe.version(setup.cudaVersion())));
      if (setup.unavailableReason().isPresent()) {
        out.println("no GPU: " + setup.unavailableReason().get());
        out.println();
        return;
      }
      if (nvml.isEmpty()) {
        out.println(
            "nvml    not found (libnvidia-ml.so.1 of the driver): utilisation is not shown");
      }
      out.println();
      // The final check: LibTorch itself starts and counts the devices.
      NativeRuntime.prepare(cudaPath);
      try (NativeRuntime.Lease runtime = NativeRuntime.lease()) {
        List<ComputeDevice> gpus = Devices.gpus();
        IntFunction<Optional<GpuStatus>> status =
            index -> nvml.flatMap(library -> library.status(index));
        out.println(DeviceReport.gpus(gpus, status));
        Devices.unusableGpus()
            .forEach((index, reason) -> out.println(Text.format("gpu%d: %s", index, reason)));
        out.println();
      }
    } finally {
      nvml.ifPresent(Nvml::close);
    }
  }
}
