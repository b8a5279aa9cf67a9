package io.github.cnnevolution.cli;

import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.training.TrainingRecipe;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.Option;

/**
 * The options that say on what and how candidates are trained; {@code evolve} and {@code evaluate}
 * share them.
 *
 * @param data a directory, or {@code synthetic}; empty: CIFAR-100 if it was downloaded, else
 *     synthetic
 * @param trainLimit at most so many training images
 * @param precision empty: what the device does best
 * @param workers candidates trained side by side
 * @param threadsPerWorker threads inside one operation
 * @param profile whether the parts of the run are marked for a profiler
 */
record TrainingOptions(
    Optional<String> data,
    int trainLimit,
    int epochs,
    int batchSize,
    double learningRate,
    Optional<Precision> precision,
    long seed,
    int workers,
    int threadsPerWorker,
    boolean profile) {
  private static final long DEFAULT_SEED = 1;
  private static final int MAX_EPOCHS = 10_000;
  private static final int MAX_THREADS = 1024;

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
        Arguments.valued("workers", "N", "candidates trained side by side (default: one a core)"),
        Arguments.valued("threads_per_worker", "N", "threads inside one operation (default: 1)"),
        Arguments.valued(
            "gpus",
            "IDS",
            "GPUs to train on, such as 0,1 (default: none, this jar trains on the CPU)"),
        Arguments.flag(
            "profile",
            "mark run, candidates, epochs and steps for Nsight as NVTX ranges (default: no marks)"));
  }

  /** Reads and checks them. */
  static TrainingOptions of(Arguments arguments) throws UsageException {
    if (arguments.has("gpus")) {
      throw new UsageException(
          "--gpus %s: no usable GPU on this machine; leave --gpus out to train on the CPU"
              .formatted(arguments.text("gpus").orElseThrow()));
    }
    int threads = arguments.integer("threads_per_worker", 1, MAX_THREADS, 1);
    return new TrainingOptions(
        arguments.text("data"),
        arguments.integer("train_limit", 2, Integer.MAX_VALUE, Integer.MAX_VALUE),
        arguments.integer("epochs", 1, MAX_EPOCHS, TrainingRecipe.DEFAULT_EPOCHS),
        arguments.integer("batch_size", 2, Integer.MAX_VALUE, TrainingRecipe.DEFAULT_BATCH_SIZE),
        arguments.positive("learning_rate", TrainingRecipe.DEFAULT_LEARNING_RATE),
        arguments.choiceOrAuto("precision", Precision.class),
        arguments.seed("seed", DEFAULT_SEED),
        arguments.integer("workers", 1, MAX_THREADS, Math.max(1, Devices.cores() / threads)),
        threads,
        arguments.has("profile"));
  }
}
