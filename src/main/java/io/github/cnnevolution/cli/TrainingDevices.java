package io.github.cnnevolution.cli;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.CudaGraphs;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.device.ProfilerRanges;
import io.github.cnnevolution.report.Console;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a command trains on, and how it computes there.
 *
 * @param devices GPUs, or the processor alone
 * @param precision of matrix products and convolutions, the same on all of them
 * @param ranges mark the parts of the work for a profiler
 * @param graphs whether steps are recorded once and replayed
 */
record TrainingDevices(
    List<ComputeDevice> devices, Precision precision, ProfilerRanges ranges, CudaGraphs graphs) {
  /**
   * Loads LibTorch and chooses.
   *
   * @throws UsageException if a device is not there, or cannot compute in the precision that was
   *     asked for, or marks for a profiler cannot be made
   */
  static TrainingDevices of(CandidateOptions options, Console console) throws UsageException {
    Optional<String> withoutGpu =
        NativeRuntime.load(options.threadsPerWorker(), options.gpu().cudaPath());
    if (options.gpu().gpus().isEmpty()) {
      withoutGpu.ifPresent(console.err()::println);
    }
    List<ComputeDevice> devices = devices(options, withoutGpu);
    return new TrainingDevices(
        devices,
        precision(options, devices),
        ranges(options),
        options.gpu().cudaGraphs() ? CudaGraphs.on(console.err()::println) : CudaGraphs.OFF);
  }

  /** The GPUs that were asked for, or all; the processor if there is none or none is wanted. */
  private static List<ComputeDevice> devices(CandidateOptions options, Optional<String> withoutGpu)
      throws UsageException {
    List<ComputeDevice> present = Devices.gpus();
    List<Integer> wanted =
        options.gpu().gpus().orElse(present.stream().map(ComputeDevice::index).toList());
    List<ComputeDevice> chosen = new ArrayList<>();
    for (int index : wanted) {
      Optional<ComputeDevice> gpu = present.stream().filter(g -> g.index() == index).findFirst();
      if (gpu.isEmpty()) {
        throw new UsageException(
            "--gpus %s: %s"
                .formatted(
                    join(wanted, ","),
                    present.isEmpty()
                        ? withoutGpu.orElse("no usable GPU on this machine")
                            + "; leave --gpus out to train on the CPU"
                        : "there is no GPU %d; the GPUs of this machine are %s"
                            .formatted(
                                index,
                                join(present.stream().map(ComputeDevice::index).toList(), ", "))));
      }
      chosen.add(gpu.get());
    }
    if (chosen.isEmpty()) {
      if (options.gpu().cudaGraphs()) {
        throw new UsageException("--cuda_graphs: trains on the CPU; leave it out");
      }
      if (options.gpu().workers().isPresent()) {
        throw new UsageException(
            "--workers_per_gpu %d: trains on the CPU; use --workers"
                .formatted(options.gpu().workers().getAsInt()));
      }
      return List.of(Devices.cpu());
    }
    if (options.workers().isPresent()) {
      throw new UsageException(
          "--workers %d: trains on %d GPUs; use --workers_per_gpu, or --gpus none for the CPU"
              .formatted(options.workers().getAsInt(), chosen.size()));
    }
    return chosen;
  }

  private static String join(List<Integer> indices, String separator) {
    return indices.stream().map(String::valueOf).collect(Collectors.joining(separator));
  }

  private static Precision precision(CandidateOptions options, List<ComputeDevice> devices)
      throws UsageException {
    // What the weakest of them prefers, so that a result does not depend on the device.
    Precision common =
        devices.stream()
            .map(ComputeDevice::preferred)
            .filter(p -> devices.stream().allMatch(d -> d.precisions().contains(p)))
            .findFirst()
            .orElse(Precision.FP32);
    Precision precision = options.precision().orElse(common);
    for (ComputeDevice device : devices) {
      if (!device.precisions().contains(precision)) {
        throw new UsageException(
            "--precision %s: this device (%s) has no instructions for it; use auto or one of %s"
                .formatted(precision, device.name(), device.precisions()));
      }
    }
    return precision;
  }

  /** Who asks for marks and cannot have them hears of it before anything is computed. */
  private static ProfilerRanges ranges(CandidateOptions options) throws UsageException {
    if (!options.profile()) {
      return ProfilerRanges.OFF;
    }
    return ProfilerRanges.nvtx(options.gpu().cudaPath())
        .orElseThrow(
            () ->
                new UsageException(
                    "--profile: no NVTX in %s; install NVIDIA's cuda-nvtx or Python's nvidia-nvtx, or name a library in CNN_EVOLUTION_NVTX, or leave --profile out"
                        .formatted(
                            Optional.ofNullable(System.getenv("CNN_EVOLUTION_NVTX"))
                                .filter(path -> !path.isEmpty())
                                .orElse("the CUDA libraries of this machine"))));
  }
}
