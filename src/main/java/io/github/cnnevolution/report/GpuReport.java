package io.github.cnnevolution.report;

import io.github.cnnevolution.device.GpuUsage;
import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.List;

/**
 * Utilisation of the GPUs of a run, for the progress, the summary and {@code best_chromosome.json}.
 * Without GPUs, everything is empty.
 */
public final class GpuReport {
  private static final double GIB = 1L << 30;

  private GpuReport() {}

  /** Returns the latest values in one line, such as {@code gpu0 87 % 3.1 GiB gpu1 91 % 3.0 GiB}. */
  public static String latest(List<GpuUsage> usages) {
    return progress(usages, usages);
  }

  /**
   * Returns the mean utilisation since an earlier state, and the current memory, in one line.
   *
   * @param before earlier state of the same GPUs; a missing GPU counts from its start
   */
  static String progress(List<GpuUsage> before, List<GpuUsage> now) {
    List<String> parts = new ArrayList<>();
    for (GpuUsage usage : now) {
      GpuUsage earlier =
          before.stream()
              .filter(other -> other.gpu() == usage.gpu())
              .findFirst()
              .orElse(GpuUsage.none(usage.gpu()));
      parts.add(
          Text.format(
              "gpu%d %.0f %% %.1f GiB",
              usage.gpu(), usage.meanUtilisationSince(earlier), usage.memory() / GIB));
    }
    return String.join("  ", parts);
  }

  /** Returns the value of a GPU in the summary table. */
  static String summary(GpuUsage usage) {
    return usage.samples() == 0
        ? "not sampled"
        : Text.format(
            "utilisation mean %.0f %%, peak %d %%; memory peak %.1f GiB",
            usage.meanUtilisation(), usage.peakUtilisation(), usage.peakMemory() / GIB);
  }
}
