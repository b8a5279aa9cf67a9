package io.github.cnnevolution.device;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/** Finds out what this machine offers. */
public final class Devices {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private Devices() {}

  /** The processor of this machine, with the precisions that its instructions compute fast. */
  public static ComputeDevice cpu() {
    String info = cpuInfo();
    Set<String> flags = Set.copyOf(Arrays.asList(value(info, "flags").split(" ")));
    Set<Precision> precisions = EnumSet.of(Precision.FP32);
    if (flags.contains("avx512_bf16") || flags.contains("amx_bf16")) {
      precisions.add(Precision.BF16);
    }
    if (flags.contains("avx512_fp16") || flags.contains("amx_fp16")) {
      precisions.add(Precision.FP16);
    }
    Precision preferred = precisions.contains(Precision.BF16) ? Precision.BF16 : Precision.FP32;
    String model = value(info, "model name");
    return new ComputeDevice(model.isEmpty() ? "CPU" : model, precisions, preferred);
  }

  /** The number of processors that this process may use. */
  public static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** The main memory of this machine, or what a container grants of it, in bytes. */
  public static long memoryBytes() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }

  private static String cpuInfo() {
    try {
      return Files.readString(CPU_INFO, StandardCharsets.UTF_8);
    } catch (IOException e) {
      // Not Linux: nothing is known, so that only float32 is offered.
      return "";
    }
  }

  private static String value(String info, String key) {
    return info.lines()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("");
  }
}
