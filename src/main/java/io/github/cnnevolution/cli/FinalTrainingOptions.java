package io.github.cnnevolution.cli;

import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.engine.FinalTrainingSettings;
import io.github.cnnevolution.engine.GpuSettings;
import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.commons.cli.Option;

/** The options of {@code train}. */
final class FinalTrainingOptions {
  /** Options of candidates that a final training replaces or does not take. */
  private static final Set<String> OF_SEARCHES =
      Set.of(
          "epochs",
          "seed",
          "candidate_timeout",
          "workers",
          "threads_per_worker",
          "workers_per_gpu");

  private FinalTrainingOptions() {}

  /** Returns the options of the command line. */
  static List<Option> options() {
    List<Option> options = new ArrayList<>();
    options.add(
        Arguments.valued(
            "epochs",
            "N",
            Text.format("epochs (default: %d)", FinalTrainingSettings.DEFAULT_EPOCHS)));
    options.add(
        Arguments.valued(
            "seed", "N", "random seed of initial weights, order and augmentation (default: 1)"));
    options.add(
        Arguments.valued(
            "seeds",
            "N",
            "train N times in parallel, with consecutive seeds from --seed (default: 1)"));
    options.add(
        Arguments.valued(
            "dropout_share",
            "P",
            "fraction of the training, from its start, in which dropout is on (default: 1)"));
    options.add(
        Arguments.valued(
            "cutout",
            "PIXELS",
            "erase a square of this side length from each image (default: 0, off)"));
    options.add(
        Arguments.valued(
            "mixup",
            "ALPHA",
            "mixup with coefficients drawn from Beta(ALPHA, ALPHA) (default: 0, off)"));
    options.add(
        Arguments.valued(
            "ema",
            "DECAY",
            Text.format(
                "use the exponential moving average of the weights (default: %s; 0: off)",
                FinalTrainingSettings.DEFAULT_EMA_DECAY)));
    options.add(
        Arguments.flag("tta", "average the scores of each test image and its mirror image"));
    options.add(
        Arguments.flag(
            "validate",
            "hold out the validation images and measure the accuracy on them after each epoch; the test images are not measured"));
    options.add(
        Arguments.valued(
            "workers",
            "N",
            "trainings in parallel on the CPU (default: one per seed, at most one per core)"));
    options.add(
        Arguments.valued(
            "threads_per_worker",
            "N",
            "threads per operation (default: all cores, divided among the workers)"));
    options.add(
        Arguments.valued(
            "workers_per_gpu",
            "N",
            "trainings in parallel on each GPU, or auto (default: auto, one per seed and core, at most "
                + GpuSettings.MAX_AUTO_WORKERS
                + ")"));
    CandidateOptions.options().stream()
        .filter(option -> !OF_SEARCHES.contains(option.getLongOpt()))
        .forEach(options::add);
    return options;
  }

  /** Applies the options that were given. */
  static FinalTrainingSettings.Builder apply(
      Arguments arguments, FinalTrainingSettings.Builder settings) throws UsageException {
    arguments.integer("seeds", 1, FinalTrainingSettings.MAX_SEEDS).ifPresent(settings::seeds);
    arguments.rate("dropout_share").ifPresent(settings::dropoutFraction);
    arguments.integer("cutout", 0, ImageSet.SIDE).ifPresent(settings::cutout);
    arguments.within("mixup", 0, FinalTrainingSettings.MAX_MIXUP).ifPresent(settings::mixup);
    arguments.rate("ema").ifPresent(settings::emaDecay);
    if (arguments.has("tta")) {
      settings.testTimeAugmentation(true);
    }
    if (arguments.has("validate")) {
      settings.validate(true);
    }
    CandidateOptions.apply(arguments, settings);
    SpaceOptions.apply(arguments, settings);
    return settings;
  }
}
