package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.CudaMathMode;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.text.Text;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * Which GPUs are used, and how.
 *
 * @param gpus their indices; an empty list is the CPU, no list all GPUs, or the CPU where there is
 *     none
 * @param workers candidates trained in parallel on each GPU, from 1 to {@value #MAX_WORKERS};
 *     empty: as many as raise the images a second, as cores and memory admit
 * @param mathMode how a GPU rounds
 * @param cudaGraphs whether training steps are recorded once and replayed
 * @param cudaPath where CUDA's libraries are looked for first
 */
public record GpuSettings(
    Optional<List<Integer>> gpus,
    OptionalInt workers,
    CudaMathMode mathMode,
    CudaGraphsMode cudaGraphs,
    Optional<Path> cudaPath) {
  /** Each worker has a stream of its own, and LibTorch has 32 of them for each device. */
  public static final int MAX_WORKERS = 32;

  /** The most workers that are chosen automatically where nothing was measured. */
  public static final int MAX_AUTO_WORKERS = 8;

  /** The most workers with which it is measured whether they are faster than fewer. */
  public static final int MAX_MEASURED_WORKERS = 16;

  /** All GPUs, each with as many workers as it takes. */
  public static final GpuSettings DEFAULT =
      new GpuSettings(
          Optional.empty(),
          OptionalInt.empty(),
          CudaMathMode.DEFAULT,
          CudaGraphsMode.AUTO,
          Optional.empty());

  /**
   * Copies the list and checks the numbers.
   *
   * @throws SettingException if there are no workers or too many, or an index is negative or named
   *     twice
   */
  public GpuSettings {
    gpus = gpus.map(indices -> indices.stream().sorted().toList());
    workers.ifPresent(n -> SettingChecks.within("workers_per_gpu", n, 1, MAX_WORKERS));
    gpus.ifPresent(
        indices ->
            indices.forEach(index -> SettingChecks.within("gpus", index, 0, Byte.MAX_VALUE)));
    gpus.ifPresent(GpuSettings::requireDistinct);
  }

  private static void requireDistinct(List<Integer> indices) {
    for (int i = 1; i < indices.size(); i++) {
      if (indices.get(i).equals(indices.get(i - 1))) {
        throw new SettingException(
            "gpus",
            indices.stream().map(String::valueOf).collect(Collectors.joining(",")),
            Text.format(
                "names GPU %d twice; name each once, and use {workers_per_gpu} for several candidates on each",
                indices.get(i)));
      }
    }
  }

  /**
   * The most candidates that it makes sense to train in parallel on each of so many GPUs. Each
   * worker keeps a core busy with launching, so more than there are cores only wait.
   *
   * @param memoryAdmits how many fit into the memory of a device
   */
  static int mostWorkers(int gpuCount, long memoryAdmits) {
    long cores = Devices.cores() / gpuCount;
    return (int) Math.max(1, Math.min(Math.min(cores, memoryAdmits), MAX_MEASURED_WORKERS));
  }

  /**
   * Candidates trained in parallel on each of so many GPUs, if nothing is measured.
   *
   * @param memoryAdmits how many fit into the memory of a device
   */
  int workers(int gpuCount, long memoryAdmits) {
    return workers.orElse(Math.min(mostWorkers(gpuCount, memoryAdmits), MAX_AUTO_WORKERS));
  }
}
