package io.github.cnnevolution.engine;

import io.github.cnnevolution.data.Augmentation;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.TrainingRecipe;
import java.util.Optional;

/**
 * How one network is trained to the end. Made by a {@link #builder()}, which knows a default for
 * everything.
 *
 * @param training what a search has too; the candidate's time limit is not read
 * @param seeds how many trainings there are, each with the next seed, from 1 to {@value #MAX_SEEDS}
 * @param dropoutFraction the fraction of the steps, from the first, in which dropout layers drop
 * @param augmentation of the images, beside crops and flips
 * @param emaDecay of the exponential moving average of the weights, in [0, 1); 0: none
 * @param testTimeAugmentation whether test images are classified together with their mirror images
 * @param validate whether the validation images are kept out, to measure on them after each epoch;
 *     the test images are not measured then
 * @param cluster whose executors train; empty: this machine does
 */
public record FinalTrainingSettings(
    CandidateSettings training,
    int seeds,
    double dropoutFraction,
    Augmentation augmentation,
    double emaDecay,
    boolean testTimeAugmentation,
    boolean validate,
    Optional<Cluster> cluster) {
  /** The epochs unless told otherwise. */
  public static final int DEFAULT_EPOCHS = 100;

  /** The decay of the average unless told otherwise. */
  public static final double DEFAULT_EMA_DECAY = 0.999;

  /** The most seeds. */
  public static final int MAX_SEEDS = 1000;

  /** The largest parameter of mixup's Beta distribution. */
  public static final int MAX_MIXUP = 100;

  /**
   * Checks the values.
   *
   * @throws SettingException if one is outside its range
   */
  public FinalTrainingSettings {
    SettingChecks.within("seeds", seeds, 1, MAX_SEEDS);
    if (training.seed() > Long.MAX_VALUE - (seeds - 1)) {
      throw new SettingException(
          "seeds",
          seeds,
          Text.format(
              "from {seed} %d on there is room for %s only; choose a smaller {seed}",
              training.seed(), Text.count(Long.MAX_VALUE - training.seed() + 1, "seed")));
    }
    SettingChecks.within("dropout_share", dropoutFraction, 0.0, 1.0);
    SettingChecks.within("cutout", augmentation.cutout(), 0, ImageSet.SIDE);
    SettingChecks.within("mixup", augmentation.mixup(), 0.0, (double) MAX_MIXUP);
    SettingChecks.within("ema", emaDecay, 0.0, 1.0);
    if (emaDecay == 1) {
      throw new SettingException("ema", 1, "would keep the first weights for ever; 0.999 is usual");
    }
  }

  /**
   * How the network is trained.
   *
   * @param space of the network
   * @param chosen the precision
   */
  TrainingRecipe recipe(SearchSpace space, Precision chosen) {
    return training.recipe(space, chosen).with(dropoutFraction, augmentation, emaDecay);
  }

  /** Trainings in parallel on the CPU. */
  int cpuWorkers() {
    return Math.min(seeds, training.cpuWorkers());
  }

  /** A builder that holds the default of every setting. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects settings in any order. Not safe to share between threads. */
  public static final class Builder extends TrainingSettingsBuilder<Builder> {
    private int seeds = 1;
    private double dropoutFraction = 1;
    private int cutout;
    private double mixup;
    private double emaDecay = DEFAULT_EMA_DECAY;
    private boolean testTimeAugmentation;
    private boolean validate;
    private Optional<Cluster> cluster = Optional.empty();

    private Builder() {
      super(DEFAULT_EPOCHS);
    }

    @Override
    Builder self() {
      return this;
    }

    /** How many trainings there are, with the seeds from {@link #seed} on; 1 if not set. */
    public Builder seeds(int count) {
      seeds = count;
      return this;
    }

    /** The fraction of the steps, from the first, in which dropout layers drop; 1 if not set. */
    public Builder dropoutFraction(double fraction) {
      dropoutFraction = fraction;
      return this;
    }

    /** The side of a square that is erased from each image, in pixels; 0: none. */
    public Builder cutout(int side) {
      cutout = side;
      return this;
    }

    /** Mixes images by fractions from Beta(alpha, alpha); 0: none. */
    public Builder mixup(double alpha) {
      mixup = alpha;
      return this;
    }

    /** The decay of the moving average of the weights; 0: the last weights are the result. */
    public Builder emaDecay(double decay) {
      emaDecay = decay;
      return this;
    }

    /** Classifies each test image together with its mirror image. */
    public Builder testTimeAugmentation(boolean on) {
      testTimeAugmentation = on;
      return this;
    }

    /** Keeps the validation images out, and measures on them after each epoch. */
    public Builder validate(boolean on) {
      validate = on;
      return this;
    }

    /**
     * Whose executors train; this machine does if not set. The cluster then says how many seeds are
     * trained at a time, and on what. The caller closes it after the training.
     */
    public Builder cluster(Cluster executors) {
      cluster = Optional.of(executors);
      return this;
    }

    /**
     * The checked settings.
     *
     * @throws SettingException if one is outside its range
     */
    public FinalTrainingSettings build() {
      SettingChecks.within("seeds", seeds, 1, MAX_SEEDS);
      // One training takes all cores, several share them.
      int workers = workers().orElse(Math.min(seeds, Devices.cores()));
      SettingChecks.within("workers", workers, 1, MAX_SEEDS);
      // How many cores an executor has for a training is not known here.
      defaultThreadsPerWorker(cluster.isPresent() ? 1 : Math.max(1, Devices.cores() / workers));
      return new FinalTrainingSettings(
          candidates(),
          seeds,
          dropoutFraction,
          new Augmentation(cutout, mixup),
          emaDecay,
          testTimeAugmentation,
          validate,
          cluster);
    }
  }
}
