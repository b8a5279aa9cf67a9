package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.CudaGraphs;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.GpuVersions;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.device.ProfilerRanges;
import io.github.cnnevolution.run.RunOptions;
import io.github.cnnevolution.run.Versions;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The devices that train, and how they compute. Holds LibTorch's settings of the process until it
 * is closed.
 *
 * @param runtime the settings of the process
 * @param devices GPUs, or the processor alone
 * @param precision of matrix products and convolutions, the same on all of them
 * @param ranges mark the parts of the work for a profiler
 * @param graphs records steps, if they are recorded
 * @param graphsMode whether they are: what was decided; auto on the processor, where there is
 *     nothing to decide
 */
record DeviceSelection(
    NativeRuntime.Lease runtime,
    List<ComputeDevice> devices,
    Precision precision,
    ProfilerRanges ranges,
    CudaGraphs graphs,
    CudaGraphsMode graphsMode)
    implements AutoCloseable {
  /**
   * Loads LibTorch and chooses.
   *
   * @param networks of the kinds that will be trained
   * @param notices receives in one line what a person should know
   * @throws SettingException if a device is not there, or cannot compute in the precision that was
   *     asked for, or marks for a profiler cannot be made, or another session of the process uses
   *     other threads or another arithmetic
   * @throws InterruptedException if the thread is interrupted
   */
  static DeviceSelection of(
      CandidateSettings settings, Supplier<List<Architecture>> networks, Consumer<String> notices)
      throws InterruptedException {
    NativeRuntime.Lease runtime;
    try {
      runtime = NativeRuntime.lease(settings.threadsPerWorker(), settings.gpu().mathMode());
    } catch (IllegalStateException e) {
      throw new SettingException("threads_per_worker", settings.threadsPerWorker(), e.getMessage());
    }
    try {
      Optional<String> withoutGpu = NativeRuntime.unavailableGpuReason();
      if (settings.gpu().gpus().isEmpty()) {
        withoutGpu.ifPresent(notices);
      }
      Map<Integer, String> unusable = Devices.unusableGpus();
      if (settings.gpu().gpus().isEmpty()) {
        unusable.forEach(
            (index, reason) -> notices.accept(Text.format("gpu%d is left out: %s", index, reason)));
      }
      List<ComputeDevice> devices =
          OneModel.of(devices(settings, withoutGpu, unusable), settings, notices);
      Precision precision = precision(settings, devices);
      ProfilerRanges ranges = ranges(settings);
      CudaGraphsMode graphs = graphs(settings, devices, precision, networks, notices);
      return new DeviceSelection(
          runtime,
          devices,
          precision,
          ranges,
          graphs == CudaGraphsMode.ON ? CudaGraphs.on(notices) : CudaGraphs.OFF,
          graphs);
    } catch (RuntimeException | InterruptedException e) {
      runtime.close();
      throw e;
    }
  }

  /**
   * Refuses what only a GPU has, where the processor trains. A run that was begun so before goes
   * on.
   */
  static void requireUse(CandidateSettings settings, List<ComputeDevice> devices) {
    if (devices.stream().anyMatch(ComputeDevice::isGpu)) {
      return;
    }
    if (settings.gpu().mathMode().tf32()) {
      throw new SettingException("tf32", "", "trains on the CPU; leave it out");
    }
    if (settings.gpu().cudaGraphs() == CudaGraphsMode.ON) {
      throw new SettingException(
          RunOptions.CUDA_GRAPHS, "", "trains on the CPU; leave it out, or say off");
    }
  }

  /** Whether steps are recorded. The processor has nothing to record. */
  private static CudaGraphsMode graphs(
      CandidateSettings settings,
      List<ComputeDevice> devices,
      Precision precision,
      Supplier<List<Architecture>> networks,
      Consumer<String> notices)
      throws InterruptedException {
    GpuSettings gpu = settings.gpu();
    if (!devices.get(0).isGpu()) {
      return CudaGraphsMode.AUTO;
    }
    if (gpu.cudaGraphs() != CudaGraphsMode.AUTO) {
      return gpu.cudaGraphs();
    }
    CudaGraphsChoice choice =
        new CudaGraphsChoice(
            RememberedChecks.ofSystem(),
            device -> GpuVersions.text(gpu.cudaPath()) + ", " + Versions.summary(),
            SyntheticTrainings::new);
    return CudaGraphsMode.of(
        choice.decide(devices, precision, gpu.mathMode(), networks.get(), notices));
  }

  /** The GPUs that were asked for, or all; the processor if there is none or none is wanted. */
  private static List<ComputeDevice> devices(
      CandidateSettings settings, Optional<String> withoutGpu, Map<Integer, String> unusable) {
    GpuSettings gpu = settings.gpu();
    List<ComputeDevice> present = Devices.gpus();
    List<Integer> wanted = gpu.gpus().orElse(present.stream().map(ComputeDevice::index).toList());
    List<ComputeDevice> chosen = new ArrayList<>();
    for (int index : wanted) {
      if (unusable.containsKey(index)) {
        throw new SettingException(
            "gpus",
            join(wanted, ","),
            Text.format("%s; leave it out, or use {gpus} none", unusable.get(index)));
      }
      chosen.add(
          present.stream()
              .filter(device -> device.index() == index)
              .findFirst()
              .orElseThrow(() -> noGpu(index, wanted, present, withoutGpu)));
    }
    if (chosen.isEmpty()) {
      gpu.workers()
          .ifPresent(
              n -> {
                throw new SettingException(
                    "workers_per_gpu", n, "trains on the CPU; use {workers}");
              });
      return List.of(Devices.cpu());
    }
    settings
        .workers()
        .ifPresent(
            n -> {
              throw new SettingException(
                  "workers",
                  n,
                  Text.format(
                      "trains on %d GPUs; use {workers_per_gpu}, or {gpus} none for the CPU",
                      chosen.size()));
            });
    return chosen;
  }

  private static SettingException noGpu(
      int index, List<Integer> wanted, List<ComputeDevice> present, Optional<String> withoutGpu) {
    return new SettingException(
        "gpus",
        join(wanted, ","),
        present.isEmpty()
            ? withoutGpu.orElse("no usable GPU on this machine")
                + "; leave {gpus} out to train on the CPU"
            : Text.format(
                "there is no GPU %d; the GPUs of this machine are %s",
                index, join(present.stream().map(ComputeDevice::index).toList(), ", ")));
  }

  private static String join(List<Integer> indices, String separator) {
    return indices.stream().map(String::valueOf).collect(Collectors.joining(separator));
  }

  private static Precision precision(CandidateSettings settings, List<ComputeDevice> devices) {
    // What the weakest of them prefers, so that a result does not depend on the device.
    Precision common =
        devices.stream()
            .map(ComputeDevice::preferred)
            .filter(p -> devices.stream().allMatch(d -> d.precisions().contains(p)))
            .findFirst()
            .orElse(Precision.FP32);
    Precision precision = settings.precision().orElse(common);
    for (ComputeDevice device : devices) {
      if (!device.precisions().contains(precision)) {
        throw new SettingException(
            "precision",
            precision,
            Text.format(
                "this device (%s) has no instructions for it; use auto or one of %s",
                device.name(), device.precisions()));
      }
    }
    return precision;
  }

  /** Refuses marks that cannot be made before anything is computed. */
  private static ProfilerRanges ranges(CandidateSettings settings) {
    if (!settings.profile()) {
      return ProfilerRanges.OFF;
    }
    return ProfilerRanges.nvtx(settings.gpu().cudaPath())
        .orElseThrow(
            () ->
                new SettingException(
                    "profile",
                    "",
                    Text.format(
                        "no NVTX in %s; install NVIDIA's cuda-nvtx or Python's nvidia-nvtx, or name a library in CNN_EVOLUTION_NVTX, or leave {profile} out",
                        Optional.ofNullable(System.getenv("CNN_EVOLUTION_NVTX"))
                            .filter(path -> !path.isEmpty())
                            .orElse("the CUDA libraries of this machine"))));
  }

  @Override
  public void close() {
    runtime.close();
  }
}
