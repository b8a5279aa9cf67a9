package io.github.cnnevolution.cli;

import io.github.cnnevolution.engine.CudaGraphsMode;
import io.github.cnnevolution.engine.GpuSettings;
import io.github.cnnevolution.engine.TrainingSettingsBuilder;
import io.github.cnnevolution.run.RunOptions;
import io.github.cnnevolution.text.Text;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.apache.commons.cli.Option;

/** The options that select GPUs and configure their use. */
final class GpuOptions {
  private static final String ALL = "all";
  private static final String NONE = "none";
  private static final String AUTO = "auto";

  private static final Pattern INDICES = Pattern.compile(" *-?[0-9]+ *(?:, *-?[0-9]+ *)*+");

  private GpuOptions() {}

  /** Returns the options of the command line. */
  static List<Option> options() {
    return List.of(
        Arguments.valued(
            "gpus",
            "IDS",
            "GPUs to train on, such as 0,1, or all, or none for the CPU (default: all)"),
        Arguments.valued(
            "workers_per_gpu",
            "N",
            "candidates trained in parallel on each GPU, or auto (default: auto, as many as raise the images a second, at most one per core and as many as fit into memory)"),
        Arguments.flag(
            RunOptions.MIXED_DEVICES,
            "train on devices of several models side by side; they round differently, so the same seed does not give the same result (default: off, devices of one model)"),
        Arguments.flag(
            "tf32", "on GPUs, compute fp32 matrix products and convolutions in TensorFloat-32"),
        Arguments.flag(
            "deterministic",
            "on GPUs, use deterministic kernels only: the same seed gives the same bits"),
        Arguments.choice(
            RunOptions.CUDA_GRAPHS,
            List.of("on", "off", AUTO),
            "on GPUs, record a training step once per candidate and replay it with one launch; without a value: on (default: auto, where ten recorded steps agree with others on this device)"),
        CudaPath.option());
  }

  /** Applies the options that were given. */
  static void apply(Arguments arguments, TrainingSettingsBuilder<?> settings)
      throws UsageException {
    if (arguments.isGiven("gpus")) {
      settings.gpus(gpus(arguments.text("gpus").orElseThrow()));
    }
    if (arguments.isGiven("workers_per_gpu")) {
      boolean auto = arguments.text("workers_per_gpu").filter(AUTO::equals).isPresent();
      settings.workersPerGpu(
          auto
              ? OptionalInt.empty()
              : arguments.integer("workers_per_gpu", 1, GpuSettings.MAX_WORKERS));
    }
    if (arguments.has(RunOptions.MIXED_DEVICES)) {
      settings.mixedDevices(true);
    }
    if (arguments.has("tf32")) {
      settings.tf32(true);
    }
    if (arguments.has("deterministic")) {
      settings.deterministic(true);
    }
    if (arguments.has(RunOptions.CUDA_GRAPHS)) {
      settings.cudaGraphs(graphs(arguments.text(RunOptions.CUDA_GRAPHS).orElse("")));
    }
    CudaPath.of(arguments).ifPresent(settings::cudaPath);
  }

  private static CudaGraphsMode graphs(String text) throws UsageException {
    return CudaGraphsMode.parse(text)
        .orElseThrow(
            () ->
                new UsageException(
                    Text.format(
                        "--%s '%s' must be on, off or auto", RunOptions.CUDA_GRAPHS, text)));
  }

  private static Optional<List<Integer>> gpus(String text) throws UsageException {
    if (text.equals(ALL)) {
      return Optional.empty();
    }
    if (text.equals(NONE)) {
      return Optional.of(List.of());
    }
    try {
      if (INDICES.matcher(text).matches()) {
        return Optional.of(
            Arrays.stream(text.split(",", -1)).map(id -> Integer.valueOf(id.strip())).toList());
      }
    } catch (NumberFormatException e) {
      // A number of too many digits falls through to the error message below.
    }
    throw new UsageException(
        Text.format("--gpus '%s' must be all, none, or indices such as 0,1", text));
  }
}
