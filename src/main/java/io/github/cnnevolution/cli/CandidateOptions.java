package io.github.cnnevolution.cli;

import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.engine.CandidateSettings;
import io.github.cnnevolution.engine.TrainingSettingsBuilder;
import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.OptimizerKind;
import io.github.cnnevolution.training.TrainingRecipe;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.cli.Option;

/**
 * The options for the data and the training of candidates, shared by {@code evolve} and {@code
 * evaluate}.
 */
final class CandidateOptions {
  private CandidateOptions() {}

  /** Returns the options of the command line. */
  static List<Option> options() {
    List<Option> options = new ArrayList<>(ownOptions());
    options.addAll(GpuOptions.options());
    options.add(
        Arguments.flag(
            "profile",
            "mark run, candidates, epochs and steps as NVTX ranges for Nsight (default: off)"));
    options.addAll(OutputOptions.options());
    options.add(ConfigFile.option());
    return options;
  }

  private static List<Option> ownOptions() {
    return List.of(
        Arguments.valued(
            "data",
            "DIR",
            "directory with images in train/<class>/ and, optionally, val/<class>/ and test/<class>/; or with train.bin and test.bin of CIFAR-100; or 'synthetic' (default: CIFAR-100 if `download` has fetched it, else synthetic)"),
        Arguments.valued(
            "epochs",
            "N",
            "training epochs per candidate (default: " + TrainingRecipe.DEFAULT_EPOCHS + ")"),
        Arguments.valued(
            "optimizer",
            "NAME",
            "auto, muon or sgd (default: auto, which is " + OptimizerKind.DEFAULT + ")"),
        Arguments.valued(
            "batch_size",
            "N",
            Text.format(
                "images per training step (default: %d, in other spaces than the plain one %d; with sgd %d)",
                OptimizerKind.MUON.plain().batchSize(),
                OptimizerKind.MUON.others().batchSize(),
                OptimizerKind.SGD.plain().batchSize())),
        Arguments.valued(
            "learning_rate",
            "R",
            Text.format(
                "peak of the one-cycle learning rate (default: %s, in other spaces than the plain one %s; with sgd %s)",
                OptimizerKind.MUON.plain().learningRate(),
                OptimizerKind.MUON.others().learningRate(),
                OptimizerKind.SGD.plain().learningRate())),
        Arguments.valued(
            "precision",
            "P",
            "auto, fp32, bf16 or fp16 (default: auto, the best that the device supports)"),
        Arguments.valued("train_limit", "N", "train on the first N training images (default: all)"),
        Arguments.valued(
            "seed",
            "N",
            "random seed of the whole run (default: " + CandidateSettings.DEFAULT_SEED + ")"),
        Arguments.valued(
            "workers",
            "N",
            "candidates trained in parallel on the CPU (default: one per core, or per --threads_per_worker cores)"),
        Arguments.valued("threads_per_worker", "N", "threads per operation (default: 1)"),
        Arguments.valued(
            "candidate_timeout",
            "TIME",
            "fail candidates that train longer than this, e.g. 10m (default: no limit)"));
  }

  /** Applies the options that were given. */
  static void apply(Arguments arguments, TrainingSettingsBuilder<?> settings)
      throws UsageException {
    int most = Integer.MAX_VALUE;
    int threads = CandidateSettings.MAX_THREADS;
    arguments.text("data").ifPresent(settings::data);
    arguments.integer("train_limit", 2, most).ifPresent(settings::trainLimit);
    arguments.integer("epochs", 1, CandidateSettings.MAX_EPOCHS).ifPresent(settings::epochs);
    if (arguments.isGiven("optimizer")) {
      settings.optimizer(arguments.choiceOrAuto("optimizer", OptimizerKind.class));
    }
    arguments.integer("batch_size", 2, most).ifPresent(settings::batchSize);
    arguments.positive("learning_rate").ifPresent(settings::learningRate);
    if (arguments.isGiven("precision")) {
      settings.precision(arguments.choiceOrAuto("precision", Precision.class));
    }
    arguments.seed("seed").ifPresent(settings::seed);
    arguments.integer("workers", 1, threads).ifPresent(settings::workers);
    arguments.integer("threads_per_worker", 1, threads).ifPresent(settings::threadsPerWorker);
    GpuOptions.apply(arguments, settings);
    arguments.duration("candidate_timeout").ifPresent(settings::candidateTimeout);
    if (arguments.has("profile")) {
      settings.profile(true);
    }
  }
}
