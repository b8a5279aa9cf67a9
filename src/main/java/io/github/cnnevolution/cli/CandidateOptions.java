package io.github.cnnevolution.cli;

import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.search.GeneticParameters;
import io.github.cnnevolution.training.TrainingRecipe;
import java.time.Duration;
import java.util.ArrayList;
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
 * @param gpu which GPUs are used, and how
 * @param candidateTimeout how long one training may take
 * @param profile whether the parts of the run are marked for a profiler
 */
record CandidateOptions(
    Optional<String> data,
    int trainLimit,
    int epochs,
    int batchSize,
    double learningRate,
    Optional<Precision> precision,
    long seed,
    OptionalInt workers,
    int threadsPerWorker,
    GpuOptions gpu,
    Optional<Duration> candidateTimeout,
    boolean profile) {
  private static final long DEFAULT_SEED = GeneticParameters.DEFAULT_SEED;
  private static final int MAX_EPOCHS = 10_000;
  private static final int MAX_THREADS = 1024;

  /** The options themselves, for a command's list. */
  static List<Option> options() {
    List<Option> options = new ArrayList<>(ownOptions());
    options.addAll(GpuOptions.options());
    options.add(
        Arguments.flag(
            "profile",
            "mark run, candidates, epochs and steps for Nsight as NVTX ranges (default: no marks)"));
    return options;
  }

  private static List<Option> ownOptions() {
    return List.of(
        Arguments.valued(
            "data",
            "DIR",
            "directory with pictures in train/<class>/, and val/ and test/ likewise if wanted; or with train.bin and test.bin of CIFAR-100; or 'synthetic' (default: CIFAR-100 if `download` has fetched it, else synthetic)"),
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
            "candidate_timeout",
            "TIME",
            "a candidate that trains longer, such as 10m, has failed (default: no limit)"));
  }

  /** Reads and checks them. */
  static CandidateOptions of(Arguments arguments) throws UsageException {
    int threads = arguments.integer("threads_per_worker", 1, MAX_THREADS, 1);
    return new CandidateOptions(
        arguments.text("data"),
        arguments.integer("train_limit", 2, Integer.MAX_VALUE, Integer.MAX_VALUE),
        arguments.integer("epochs", 1, MAX_EPOCHS, TrainingRecipe.DEFAULT_EPOCHS),
        arguments.integer("batch_size", 2, Integer.MAX_VALUE, TrainingRecipe.DEFAULT_BATCH_SIZE),
        arguments.positive("learning_rate", TrainingRecipe.DEFAULT_LEARNING_RATE),
        arguments.choiceOrAuto("precision", Precision.class),
        arguments.seed("seed", DEFAULT_SEED),
        arguments.integer("workers", 1, MAX_THREADS),
        threads,
        GpuOptions.of(arguments),
        arguments.duration("candidate_timeout"),
        arguments.has("profile"));
  }

  /** Candidates trained side by side on the CPU. */
  int cpuWorkers() {
    return workers.orElse(Math.max(1, Devices.cores() / threadsPerWorker));
  }
}
