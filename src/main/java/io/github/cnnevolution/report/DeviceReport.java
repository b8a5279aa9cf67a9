package io.github.cnnevolution.report;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Precision;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The devices of a machine as a table. */
public final class DeviceReport {
  private static final double GIB = 1L << 30;

  private DeviceReport() {}

  /**
   * The devices of a run in one line, such as {@code 2 x NVIDIA H100 (gpu0 gpu1), bf16}.
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
                    "%d x %s (%s)"
                        .formatted(
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
   * The CPU's row.
   *
   * @param cores processors that this process may use
   * @param memoryBytes main memory of the machine
   */
  public static String table(ComputeDevice cpu, int cores, long memoryBytes) {
    String precisions =
        Arrays.stream(Precision.values())
            .filter(cpu.precisions()::contains)
            .map(Precision::toString)
            .collect(Collectors.joining(" "));
    Object[] row = {
      "cpu",
      cpu.name(),
      cores,
      String.format(Locale.ROOT, "%.1f GiB", memoryBytes / GIB),
      precisions,
      cpu.preferred()
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
}
