package io.github.cnnevolution.report;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Precision;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The devices of a machine as a table. */
public final class DeviceReport {
  private static final double GIB = 1L << 30;

  private DeviceReport() {}

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
