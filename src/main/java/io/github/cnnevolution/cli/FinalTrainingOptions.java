package io.github.cnnevolution.cli;

import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.engine.FinalTrainingSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.commons.cli.Option;

/** The options of {@code train}. */
final class FinalTrainingOptions {
  /** A candidate's, but not a final training's. */
  private static final Set<String> OF_SEARCHES = Set.of("epochs", "seed", "candidate_timeout");

  private FinalTrainingOptions() {}

  /** The options themselves. */
  static List<Option> options() {
    List<Option> options = new ArrayList<>();
    options.add(
        Arguments.valued(
            "epochs", "N", "epochs (default: %d)".formatted(FinalTrainingSettings.DEFAULT_EPOCHS)));
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
                .formatted(FinalTrainingSettings.DEFAULT_EMA_DECAY)));
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

  /** Sets what was typed. */
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
    return settings;
  }
}
