package io.github.cnnevolution.cli;

import io.github.cnnevolution.data.Augmentation;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.device.Devices;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.cli.Option;

/**
 * The options of {@code train}.
 *
 * @param training those that a search has too
 * @param seeds how many trainings there are, each with the next seed
 * @param dropoutFraction the share of the steps, from the first, in which dropout layers drop
 * @param augmentation of the images, beside crops and flips
 * @param emaDecay of the moving average of the weights; 0: none
 * @param mirrored whether test images are judged together with their mirror images
 * @param validate whether the validation images are kept out, to measure on them after each epoch
 */
record FinalTrainingOptions(
    CandidateOptions training,
    int seeds,
    double dropoutFraction,
    Augmentation augmentation,
    double emaDecay,
    boolean mirrored,
    boolean validate) {
  /** Each of these changes what a training results in. */
  static final List<String> FIXED =
      List.of(
          "epochs",
          "batch_size",
          "learning_rate",
          "precision",
          "train_limit",
          "threads_per_worker",
          "seed",
          "dropout_share",
          "cutout",
          "mixup",
          "ema",
          "tta",
          "validate",
          "tf32",
          "deterministic",
          "cuda_graphs");

  /** These stay as they were given, unless they are given anew. */
  private static final List<String> FREE =
      List.of("seeds", "workers", "gpus", "workers_per_gpu", "cuda_path", "data");

  private static final int DEFAULT_EPOCHS = 100;
  private static final double DEFAULT_AVERAGE_DECAY = 0.999;
  private static final int MAX_SEEDS = 1000;
  private static final int MAX_MIXUP = 100;

  /** A candidate's, but not a long training's. */
  private static final Set<String> OF_SEARCHES = Set.of("epochs", "seed", "candidate_timeout");

  /** The options themselves. */
  static List<Option> options() {
    List<Option> options = new ArrayList<>();
    options.add(Arguments.valued("epochs", "N", "epochs (default: %d)".formatted(DEFAULT_EPOCHS)));
    options.add(
        Arguments.valued(
            "seed", "N", "determines initial weights, order, augmentation (default: 1)"));
    options.add(
        Arguments.valued(
            "seeds",
            "N",
            "train N times, with the seeds from --seed on, side by side (default: 1)"));
    options.add(
        Arguments.valued(
            "dropout_share",
            "P",
            "the share of the steps, from the first, in which dropout layers drop (default: 1)"));
    options.add(
        Arguments.valued(
            "cutout", "PIXELS", "erase a square of this side from each image (default: 0, none)"));
    options.add(
        Arguments.valued(
            "mixup",
            "ALPHA",
            "mix images by shares drawn from Beta(ALPHA, ALPHA) (default: 0, none)"));
    options.add(
        Arguments.valued(
            "ema",
            "DECAY",
            "keep the moving average of the weights (default: %s; 0: the last weights)"
                .formatted(DEFAULT_AVERAGE_DECAY)));
    options.add(Arguments.flag("tta", "judge each test image together with its mirror image"));
    options.add(
        Arguments.flag(
            "validate",
            "keep the validation images out of the training and measure on them after each epoch"));
    CandidateOptions.options().stream()
        .filter(option -> !OF_SEARCHES.contains(option.getLongOpt()))
        .forEach(options::add);
    return options;
  }

  /** Reads and checks them. */
  static FinalTrainingOptions of(Arguments given) throws UsageException {
    int seeds = given.integer("seeds", 1, MAX_SEEDS, 1);
    // One training takes all cores, several share them.
    int workers = given.integer("workers", 1, MAX_SEEDS, Math.min(seeds, Devices.cores()));
    Arguments arguments =
        given.withDefaults(
            Map.of(
                "epochs",
                String.valueOf(DEFAULT_EPOCHS),
                "threads_per_worker",
                String.valueOf(Math.max(1, Devices.cores() / workers))));
    double emaDecay = arguments.rate("ema", DEFAULT_AVERAGE_DECAY);
    if (emaDecay == 1) {
      throw new UsageException("--ema 1: would keep the first weights for ever; 0.999 is usual");
    }
    double mixup = arguments.within("mixup", 0, MAX_MIXUP, 0);
    return new FinalTrainingOptions(
        CandidateOptions.of(arguments),
        seeds,
        arguments.rate("dropout_share", 1),
        new Augmentation(arguments.integer("cutout", 0, ImageSet.SIDE, 0), mixup),
        emaDecay,
        arguments.has("tta"),
        arguments.has("validate"));
  }

  /** Trainings side by side on the CPU. */
  int cpuWorkers() {
    return Math.min(seeds, training.cpuWorkers());
  }

  /**
   * What a training keeps of them.
   *
   * @param precision that was chosen
   */
  Map<String, String> toStore(Arguments arguments, Object precision) {
    Map<String, String> stored = new LinkedHashMap<>();
    stored.put("epochs", String.valueOf(training.epochs()));
    stored.put("batch_size", String.valueOf(training.batchSize()));
    stored.put("learning_rate", String.valueOf(training.learningRate()));
    stored.put("precision", precision.toString());
    if (training.trainLimit() != Integer.MAX_VALUE) {
      stored.put("train_limit", String.valueOf(training.trainLimit()));
    }
    stored.put("threads_per_worker", String.valueOf(training.threadsPerWorker()));
    stored.put("seed", String.valueOf(training.seed()));
    stored.put("dropout_share", String.valueOf(dropoutFraction));
    stored.put("cutout", String.valueOf(augmentation.cutout()));
    stored.put("mixup", String.valueOf(augmentation.mixup()));
    stored.put("ema", String.valueOf(emaDecay));
    for (String flag : List.of("tta", "validate", "tf32", "deterministic", "cuda_graphs")) {
      if (arguments.has(flag)) {
        stored.put(flag, "");
      }
    }
    stored.put("seeds", String.valueOf(seeds));
    stored.putAll(free(arguments));
    return stored;
  }

  /** Of the options that may be others when a training goes on, those that are given. */
  static Map<String, String> free(Arguments arguments) {
    return RunOptions.given(arguments, FREE);
  }
}
