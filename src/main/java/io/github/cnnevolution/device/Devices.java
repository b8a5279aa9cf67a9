package io.github.cnnevolution.device;

import com.sun.management.OperatingSystemMXBean;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.bytedeco.cuda.cudart.cudaDeviceProp;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch_cuda;

/** Finds the devices of this machine. */
public final class Devices {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /**
   * The lowest compute capability, times 10, for which LibTorch's natives have kernels: they have
   * machine code for 7.5, 8.0, 9.0, 10.0 and 12.0, and no PTX.
   */
  private static final int MIN_CAPABILITY = 75;

  /** Read once: the text has a paragraph for each core. */
  private static final boolean TILES = multipliesTiles(cpuInfo());

  private Devices() {}

  /** Returns the CPU of this machine, with the precisions for which it has fast instructions. */
  public static ComputeDevice cpu() {
    return cpu(cpuInfo());
  }

  /**
   * Describes a CPU.
   *
   * @param info the text of /proc/cpuinfo, or nothing
   */
  static ComputeDevice cpu(String info) {
    Set<String> flags = flags(info);
    Set<Precision> precisions = EnumSet.of(Precision.FP32);
    if (flags.contains("avx512_bf16") || flags.contains("amx_bf16")) {
      precisions.add(Precision.BF16);
    }
    // With avx512_fp16 alone, oneDNN computes the gradients of weights by its plain loops.
    if (flags.contains("amx_fp16")) {
      precisions.add(Precision.FP16);
    }
    Precision preferred = precisions.contains(Precision.BF16) ? Precision.BF16 : Precision.FP32;
    return new ComputeDevice(ComputeDevice.Kind.CPU, 0, model(info), precisions, preferred);
  }

  private static Set<String> flags(String info) {
    return Set.copyOf(Arrays.asList(value(info, "flags").split(" ")));
  }

  /**
   * Whether the CPU of this machine multiplies tiles of matrices in bf16 (Intel AMX). Its matrix
   * products are then several times as fast as other work.
   */
  public static boolean cpuMultipliesTiles() {
    return TILES;
  }

  /**
   * Whether a CPU multiplies tiles of matrices in bf16.
   *
   * @param info the text of /proc/cpuinfo, or nothing
   */
  static boolean multipliesTiles(String info) {
    return flags(info).containsAll(Set.of("amx_tile", "amx_bf16"));
  }

  /**
   * Names the kind of a CPU. Hypervisors hide the number of the model: "AMD EPYC" may be any of
   * five generations, which round differently. Family and model tell them apart.
   */
  private static String model(String info) {
    String name = value(info, "model name");
    String family = value(info, "cpu family");
    if (name.isEmpty()) {
      return "CPU";
    }
    return name.chars().anyMatch(Character::isDigit) || family.isEmpty()
        ? name
        : Text.format("%s (family %s, model %s)", name, family, value(info, "model\t"));
  }

  /**
   * Returns the GPUs that LibTorch can use, by index. The list is empty if the loaded LibTorch has
   * no CUDA or finds no driver. Load the native runtime first.
   */
  public static List<ComputeDevice> gpus() {
    List<ComputeDevice> gpus = new ArrayList<>();
    forEachGpu(
        (index, gpu) -> {
          if (unusable(gpu.name(), gpu.capability()).isEmpty()) {
            gpus.add(gpu(index, gpu.name(), gpu.capability() / 10));
          }
        });
    return gpus;
  }

  /**
   * Returns why GPUs of this machine cannot be used, by index: for older ones LibTorch has no
   * kernels. Load the native runtime first.
   */
  public static Map<Integer, String> unusableGpus() {
    Map<Integer, String> reasons = new TreeMap<>();
    forEachGpu(
        (index, gpu) ->
            unusable(gpu.name(), gpu.capability()).ifPresent(reason -> reasons.put(index, reason)));
    return reasons;
  }

  /**
   * A GPU as the driver describes it.
   *
   * @param capability compute capability, times 10
   */
  private record Described(String name, int capability) {}

  private static void forEachGpu(BiConsumer<Integer, Described> reader) {
    if (!torch.cuda_is_available()) {
      return;
    }
    for (int i = 0; i < torch.cuda_device_count(); i++) {
      try (PointerScope scope = new PointerScope()) {
        cudaDeviceProp properties = torch_cuda.getDeviceProperties((byte) i);
        reader.accept(
            i,
            new Described(
                properties.name().getString(), 10 * properties.major() + properties.minor()));
      }
    }
  }

  /** Returns why LibTorch cannot compute on a GPU; empty if it can. */
  static Optional<String> unusable(String name, int capability) {
    return capability >= MIN_CAPABILITY
        ? Optional.empty()
        : Optional.of(
            Text.format(
                "%s has compute capability %d.%d, and LibTorch has no kernels below %d.%d",
                name, capability / 10, capability % 10, MIN_CAPABILITY / 10, MIN_CAPABILITY % 10));
  }

  /** Creates a GPU. Tensor cores support bf16 from compute capability 8.0 and fp16 from 7.0. */
  static ComputeDevice gpu(int index, String name, int capabilityMajor) {
    Set<Precision> precisions = EnumSet.of(Precision.FP32, Precision.FP16);
    if (capabilityMajor >= 8) {
      precisions.add(Precision.BF16);
    }
    Precision preferred = capabilityMajor >= 8 ? Precision.BF16 : Precision.FP16;
    return new ComputeDevice(ComputeDevice.Kind.GPU, index, name, precisions, preferred);
  }

  /** Returns the number of processors that this process may use. */
  public static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** Returns the main memory of this machine, or the memory limit of the container, in bytes. */
  public static long memoryBytes() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }

  private static String cpuInfo() {
    try {
      return Files.readString(CPU_INFO, StandardCharsets.UTF_8);
    } catch (IOException e) {
      // This is not Linux: the CPU's features are unknown, so only float32 is offered.
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
