package io.github.cnnevolution.cli;

import io.github.cnnevolution.device.CudaMathMode;
import io.github.cnnevolution.device.Devices;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.commons.cli.Option;

/**
 * The options that choose GPUs and say how they are used.
 *
 * @param gpus their indices, none: the CPU; empty: all GPUs, or the CPU where there is none
 * @param workers candidates trained side by side on each GPU; empty: as many as it takes
 * @param arithmetic how a GPU rounds
 * @param cudaGraphs whether training steps are recorded once and replayed
 * @param cudaPath where CUDA's libraries are looked for first
 */
record GpuOptions(
    Optional<List<Integer>> gpus,
    OptionalInt workers,
    CudaMathMode arithmetic,
    boolean cudaGraphs,
    Optional<Path> cudaPath) {
  /** Each has a stream of its own, and LibTorch has 32 of them for each device. */
  private static final int MAX_WORKERS = 32;

  private static final int MAX_AUTO_WORKERS = 8;
  private static final String ALL = "all";
  private static final String NONE = "none";

  /** The options themselves, for a command's list. */
  static List<Option> options() {
    return List.of(
        Arguments.valued(
            "gpus",
            "IDS",
            "GPUs to train on: such as 0,1, or all, or none for the CPU (default: all there are)"),
        Arguments.valued(
            "workers_per_gpu",
            "N",
            "candidates trained side by side on each GPU, or auto (default: auto, one a core, at most "
                + MAX_AUTO_WORKERS
                + " and as many as memory admits)"),
        Arguments.flag("tf32", "on GPUs, let fp32 products round their factors to TensorFloat-32"),
        Arguments.flag(
            "deterministic",
            "on GPUs, take deterministic kernels only: the same seed gives the same bits"),
        Arguments.flag(
            "cuda_graphs",
            "on GPUs, record a training step once a candidate and replay it, one launch a step"),
        CudaPath.option());
  }

  /** Reads and checks them. */
  static GpuOptions of(Arguments arguments) throws UsageException {
    boolean auto = arguments.text("workers_per_gpu").filter("auto"::equals).isPresent();
    return new GpuOptions(
        gpus(arguments.text("gpus").orElse(ALL)),
        auto ? OptionalInt.empty() : arguments.integer("workers_per_gpu", 1, MAX_WORKERS),
        new CudaMathMode(arguments.has("tf32"), arguments.has("deterministic")),
        arguments.has("cuda_graphs"),
        CudaPath.of(arguments));
  }

  private static Optional<List<Integer>> gpus(String text) throws UsageException {
    if (text.equals(ALL)) {
      return Optional.empty();
    }
    if (text.equals(NONE)) {
      return Optional.of(List.of());
    }
    try {
      return Optional.of(
          Arrays.stream(text.split(",", -1))
              .map(id -> Integer.valueOf(id.strip()))
              .distinct()
              .sorted()
              .toList());
    } catch (NumberFormatException e) {
      throw new UsageException(
          "--gpus '%s' must be all, none, or indices such as 0,1".formatted(text));
    }
  }

  /**
   * Candidates trained side by side on each of so many GPUs. Each worker keeps a core busy with
   * launching, so more than there are cores only wait.
   *
   * @param memoryAdmits how many fit into the memory of a device
   */
  int workers(int gpuCount, long memoryAdmits) {
    long cores = Devices.cores() / gpuCount;
    long automatic = Math.max(1, Math.min(Math.min(cores, memoryAdmits), MAX_AUTO_WORKERS));
    return workers.orElse((int) automatic);
  }
}
