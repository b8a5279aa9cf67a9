package io.github.cnnevolution.report;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.CudaLibraryStatus;
import io.github.cnnevolution.device.CudaProbe;
import io.github.cnnevolution.device.GpuStatus;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.engine.CheckResult;
import io.github.cnnevolution.run.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.IntFunction;

/** The devices and libraries of a machine as JSON; what is not known is null. */
public final class DeviceObjects {
  private final List<Map<String, Object>> devices = new ArrayList<>();
  private final Map<String, Object> object = new LinkedHashMap<>();

  /**
   * Begins with the CPU.
   *
   * @param cores processors available to this process
   * @param memoryBytes main memory of the machine
   */
  public DeviceObjects(ComputeDevice cpu, int cores, long memoryBytes) {
    Map<String, Object> device = new LinkedHashMap<>();
    device.put("device", "cpu");
    device.put("name", cpu.name());
    device.put("cores", cores);
    device.put("memory_bytes", memoryBytes);
    putPrecisions(device, cpu);
    devices.add(device);
    object.put("devices", devices);
  }

  /**
   * Adds what the search for CUDA has found.
   *
   * @param driver version of the driver, if known
   */
  public void cuda(CudaProbe setup, Optional<String> driver) {
    Map<String, Object> cuda = new LinkedHashMap<>();
    int version = setup.cudaVersion();
    cuda.put("driver", driver.orElse(null));
    cuda.put("driver_cuda_version", version == 0 ? null : CudaProbe.version(version));
    cuda.put("no_gpu", setup.unavailableReason().orElse(null));
    cuda.put("libraries", setup.libraries().stream().map(DeviceObjects::library).toList());
    object.put("cuda", cuda);
  }

  private static Map<String, Object> library(CudaLibraryStatus status) {
    Map<String, Object> library = new LinkedHashMap<>();
    library.put("library", status.soname());
    library.put("file", status.file().map(Path::toString).orElse(null));
    library.put("loadable", status.isLoadable());
    library.put("required", status.isRequired());
    library.put("trouble", status.trouble().isEmpty() ? null : status.trouble());
    library.put("remedy", status.isLoadable() ? null : status.remedy());
    return library;
  }

  /**
   * Adds the GPUs.
   *
   * @param status returns the state of a GPU by its index
   */
  public void gpus(List<ComputeDevice> gpus, IntFunction<Optional<GpuStatus>> status) {
    for (ComputeDevice gpu : gpus) {
      Optional<GpuStatus> now = status.apply(gpu.index());
      Map<String, Object> device = new LinkedHashMap<>();
      device.put("device", gpu.id());
      device.put("name", gpu.name());
      device.put(
          "capability", now.map(s -> s.capabilityMajor() + "." + s.capabilityMinor()).orElse(null));
      device.put("memory_free_bytes", now.map(GpuStatus::memoryFree).orElse(null));
      device.put("memory_bytes", now.map(GpuStatus::memoryTotal).orElse(null));
      device.put("utilisation_percent", now.map(s -> value(s.utilisation())).orElse(null));
      device.put("temperature_celsius", now.map(s -> value(s.temperature())).orElse(null));
      device.put("power_watts", now.map(s -> value(s.power())).orElse(null));
      putPrecisions(device, gpu);
      devices.add(device);
    }
  }

  /** Adds the results of the checks. */
  public void check(List<CheckResult> results) {
    object.put("check", CheckReport.object(results));
  }

  private static Integer value(OptionalInt number) {
    return number.isPresent() ? number.getAsInt() : null;
  }

  private static Double value(OptionalDouble number) {
    return number.isPresent() ? number.getAsDouble() : null;
  }

  private static void putPrecisions(Map<String, Object> device, ComputeDevice of) {
    device.put(
        "precisions",
        Arrays.stream(Precision.values())
            .filter(of.precisions()::contains)
            .map(Precision::toString)
            .toList());
    device.put("auto", of.preferred().toString());
  }

  /** Returns the JSON, indented. */
  public String json() {
    return Json.pretty(object);
  }
}
