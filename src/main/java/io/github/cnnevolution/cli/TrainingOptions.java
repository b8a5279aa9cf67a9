package io.github.cnnevolution.cli;

import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.GpuArithmetic;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.training.TrainingRecipe;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.commons.cli.Option;

/**
 * The options that say on what and how candidates are trained; {@code evolve} and {@code evaluate}
 * share them.
 *
 * @param data a directory, or {@code synthetic}; empty: CIFAR-100 if it was downloaded, else
 *     synthetic
 * @param trainLimit at most so many training images
 * @param precision empty: what the device does best
 * @param workers candidates trained side by side on the CPU; empty: one a core
 * @param threadsPerWorker threads inside one operation
 * @param gpus indices of GPUs, none: the CPU; empty: all GPUs, or the CPU where there is none
 * @param workersPerGpu candidates trained side by side on each GPU; empty: as many as it takes
 * @param arithmetic how a GPU rounds
 */
record TrainingOptions(
    Optional<String> data,
    int trainLimit,
    int epochs,
    int batchSize,
    double learningRate,
    Optional<Precision> precision,
    long seed,
    OptionalInt workers,
    int threadsPerWorker,
    Optional<List<Integer>> gpus,
    OptionalInt workersPerGpu,
    GpuArithmetic arithmetic) {
  private static final long DEFAULT_SEED = 1;
  private static final int MAX_EPOCHS = 10_000;
  private static final int MAX_THREADS = 1024;

  /** LibTorch has 32 streams of a priority for each device; one is left for copies. */
  private static final int MAX_WORKERS_PER_GPU = 31;

  private static final int MAX_AUTO_WORKERS = 8;
  private static final String ALL_GPUS = "all";
  private static final String NO_GPUS = "none";

  /** The options themselves, for a command's list. */
  static List<Option> options() {
    return List.of(
        Arguments.valued(
            "data",
            "DIR",
            "directory with train.bin and test.bin of CIFAR-100, or 'synthetic' (default: CIFAR-100 if `download` has fetched it, else synthetic)"),
        Arguments.valued(
            "epochs",
            "N",
            "epochs a candidate is trained for (default: " + TrainingRecipe.DEFAULT_EPOCHS + ")"),
        Arguments.valued(
            "batch_size",
            "N",
            "images a training step (default: " + TrainingRecipe.DEFAULT_BATCH_SIZE + ")"),
        Arguments.valued(
            "learning_rate",
            "R",
            "peak of the one-cycle learning rate (default: "
                + TrainingRecipe.DEFAULT_LEARNING_RATE
                + ")"),
        Arguments.valued(
            "precision",
            "P",
            "auto, fp32, bf16 or fp16 (default: auto, the best that the device offers)"),
        Arguments.valued(
            "train_limit", "N", "train on the first N images of the training part (default: all)"),
        Arguments.valued(
            "seed", "N", "determines the whole result (default: " + DEFAULT_SEED + ")"),
        Arguments.valued(
            "workers", "N", "candidates trained side by side on the CPU (default: one a core)"),
        Arguments.valued("threads_per_worker", "N", "threads inside one operation (default: 1)"),
        Arguments.valued(
            "gpus",
            "IDS",
            "GPUs to train on: such as 0,1, or all, or none for the CPU (default: all there are)"),
        Arguments.valued(
            "workers_per_gpu",
            "N",
            "candidates trained side by side on each GPU, or auto (default: auto, a core each, at most "
                + MAX_AUTO_WORKERS
                + ")"),
        Arguments.flag("tf32", "on GPUs, let fp32 products round their factors to TensorFloat-32"),
        Arguments.flag(
            "deterministic",
            "on GPUs, take deterministic kernels only: the same seed gives the same bits"));
  }

  /** Reads and checks them. */
  static TrainingOptions of(Arguments arguments) throws UsageException {
    int threads = arguments.integer("threads_per_worker", 1, MAX_THREADS, 1);
    return new TrainingOptions(
        arguments.text("data"),
        arguments.integer("train_limit", 2, Integer.MAX_VALUE, Integer.MAX_VALUE),
        arguments.integer("epochs", 1, MAX_EPOCHS, TrainingRecipe.DEFAULT_EPOCHS),
        arguments.integer("batch_size", 2, Integer.MAX_VALUE, TrainingRecipe.DEFAULT_BATCH_SIZE),
        arguments.positive("learning_rate", TrainingRecipe.DEFAULT_LEARNING_RATE),
        arguments.choiceOrAuto("precision", Precision.class),
        arguments.seed("seed", DEFAULT_SEED),
        optional(arguments, "workers", MAX_THREADS),
        threads,
        gpus(arguments),
        arguments.text("workers_per_gpu").filter("auto"::equals).isPresent()
            ? OptionalInt.empty()
            : optional(arguments, "workers_per_gpu", MAX_WORKERS_PER_GPU),
        new GpuArithmetic(arguments.has("tf32"), arguments.has("deterministic")));
  }

  /** Candidates trained side by side on the CPU. */
  int cpuWorkers() {
    return workers.orElse(Math.max(1, Devices.cores() / threadsPerWorker));
  }

  /**
   * Candidates trained side by side on each of so many GPUs: each worker keeps a core busy with
   * launching.
   */
  int workersPerGpu(int gpuCount) {
    int cores = Math.max(1, Devices.cores() / gpuCount);
    return workersPerGpu.orElse(Math.min(cores, MAX_AUTO_WORKERS));
  }

  private static OptionalInt optional(Arguments arguments, String name, int max)
      throws UsageException {
    return arguments.has(name)
        ? OptionalInt.of(arguments.integer(name, 1, max, 1))
        : OptionalInt.empty();
  }

  private static Optional<List<Integer>> gpus(Arguments arguments) throws UsageException {
    String text = arguments.text("gpus").orElse(ALL_GPUS);
    if (text.equals(ALL_GPUS)) {
      return Optional.empty();
    }
    if (text.equals(NO_GPUS)) {
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
}
