package io.github.cnnevolution.report;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.CudaLibraryStatus;
import io.github.cnnevolution.device.GpuStatus;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.text.Text;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/** Tables of the devices and libraries of a machine. */
public final class DeviceReport {
  private static final double GIB = 1L << 30;
  private static final String UNKNOWN = "-";

  private DeviceReport() {}

  /**
   * Returns the devices of a run in one line, such as {@code 2 x NVIDIA H100 (gpu0 gpu1), bf16}.
   *
   * @param devices at least one
   */
  public static String line(List<ComputeDevice> devices, Precision precision) {
    if (!devices.get(0).isGpu()) {
      return devices.get(0).name() + ", " + precision;
    }
    Map<String, List<ComputeDevice>> byName =
        devices.stream()
            .collect(
                Collectors.groupingBy(
                    ComputeDevice::name, LinkedHashMap::new, Collectors.toList()));
    return byName.entrySet().stream()
            .map(
                entry ->
                    Text.format(
                        "%d x %s (%s)",
                        entry.getValue().size(),
                        entry.getKey(),
                        entry.getValue().stream()
                            .map(ComputeDevice::id)
                            .collect(Collectors.joining(" "))))
            .collect(Collectors.joining(" + "))
        + ", "
        + precision;
  }

  /**
   * Returns the table of the CPU.
   *
   * @param cores processors available to this process
   * @param memoryBytes main memory of the machine
   */
  public static String table(ComputeDevice cpu, int cores, long memoryBytes) {
    Object[] row = {
      "cpu", cpu.name(), cores, gibibytes(memoryBytes), precisions(cpu), cpu.preferred()
    };
    return Tables.of(
        List.of(
            Tables.text("device"),
            Tables.text("name"),
            Tables.number("cores"),
            Tables.number("memory"),
            Tables.text("precisions"),
            Tables.text("auto")),
        List.<Object[]>of(row));
  }

  /** Returns a row for each NVIDIA library: where it was found, or what to install. */
  public static String libraries(List<CudaLibraryStatus> findings) {
    List<Object[]> rows = new ArrayList<>();
    for (CudaLibraryStatus finding : findings) {
      rows.add(new Object[] {finding.soname(), outcome(finding)});
    }
    return Tables.of(List.of(Tables.text("library"), Tables.text("found")), rows);
  }

  private static String outcome(CudaLibraryStatus finding) {
    if (finding.isLoadable()) {
      return finding.file().map(Path::toString).orElse("found by the dynamic linker");
    }
    if (finding.file().isPresent()) {
      return Text.format("DOES NOT LOAD: %s -> %s", finding.trouble(), finding.remedy());
    }
    return finding.isRequired()
        ? "MISSING -> " + finding.remedy()
        : "not found, not always needed -> " + finding.remedy();
  }

  /**
   * Returns a row for each GPU.
   *
   * @param status returns the state of a GPU by its index; unknown values are shown as {@code -}
   */
  public static String gpus(List<ComputeDevice> gpus, IntFunction<Optional<GpuStatus>> status) {
    List<Object[]> rows = new ArrayList<>();
    for (ComputeDevice gpu : gpus) {
      Optional<GpuStatus> now = status.apply(gpu.index());
      rows.add(
          new Object[] {
            gpu.id(),
            gpu.name(),
            show(now, s -> s.capabilityMajor() + "." + s.capabilityMinor()),
            show(now, s -> gibibytes(s.memoryFree())),
            show(now, s -> gibibytes(s.memoryTotal())),
            show(now, s -> show(s.utilisation(), "%d %%")),
            show(now, s -> show(s.temperature(), "%d C")),
            show(now, DeviceReport::power),
            precisions(gpu),
            gpu.preferred()
          });
    }
    return Tables.of(
        List.of(
            Tables.text("device"),
            Tables.text("name"),
            Tables.number("capability"),
            Tables.number("free"),
            Tables.number("total"),
            Tables.number("busy"),
            Tables.number("temp"),
            Tables.number("power"),
            Tables.text("precisions"),
            Tables.text("auto")),
        rows);
  }

  private static String show(Optional<GpuStatus> status, Function<GpuStatus, String> value) {
    return status.map(value).orElse(UNKNOWN);
  }

  private static String show(OptionalInt value, String format) {
    return value.isPresent() ? Text.format(format, value.getAsInt()) : UNKNOWN;
  }

  private static String power(GpuStatus status) {
    return status.power().isPresent()
        ? Text.format("%.0f W", status.power().getAsDouble())
        : UNKNOWN;
  }

  private static String gibibytes(long bytes) {
    return Text.format("%.1f GiB", bytes / GIB);
  }

  private static String precisions(ComputeDevice device) {
    return Arrays.stream(Precision.values())
        .filter(device.precisions()::contains)
        .map(Precision::toString)
        .collect(Collectors.joining(" "));
  }
}
