package io.github.cnnevolution.training;

import io.github.cnnevolution.data.AugmentedBatches;
import io.github.cnnevolution.data.Batch;
import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.ProfilerRanges;
import io.github.cnnevolution.network.Dropout;
import io.github.cnnevolution.network.Network;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Trains networks by one recipe on one set of images. Immutable and safe to share between the
 * workers of a device.
 */
public final class Trainer {
  private static final int EVALUATION_BATCH = 256;
  private static final int MEAN = 1;
  private static final long NO_IGNORED_CLASS = -100;

  private final TrainingRecipe recipe;
  private final DeviceDataset images;
  private final ProfilerRanges ranges;

  /** A trainer on these images, which the caller keeps open, without marks for a profiler. */
  public Trainer(TrainingRecipe recipe, DeviceDataset images) {
    this(recipe, images, ProfilerRanges.OFF);
  }

  /** A trainer on these images, which the caller keeps open. */
  public Trainer(TrainingRecipe recipe, DeviceDataset images, ProfilerRanges ranges) {
    this.recipe = recipe;
    this.images = images;
    this.ranges = ranges;
  }

  /**
   * Trains a network in place. The result is a function of the network, the images, the recipe and
   * the seed.
   *
   * @param seed determines order, augmentation and dropout
   * @throws DivergedException if the loss of an epoch is not finite
   * @throws InterruptedException if the thread is interrupted; noticed within a step
   */
  public TrainingResult train(Network network, long seed) throws InterruptedException {
    ComputeDevice device = images.device();
    SeedSequence seeds = new SeedSequence(seed);
    try (AugmentedBatches batches = new AugmentedBatches(images, recipe.batchSize(), seeds.next());
        Dropout dropout = new Dropout(device, seeds.next());
        NesterovSgd optimizer =
            new NesterovSgd(network.parameters(), recipe.momentum(), recipe.weightDecay());
        LossScaler scaler = new LossScaler(device, recipe.precision());
        EpochTotals totals = new EpochTotals(device)) {
      int steps = recipe.epochs() * batches.count();
      OneCycle schedule = new OneCycle(recipe.learningRate(), recipe.warmup(), steps);
      List<EpochMetrics> epochs = new ArrayList<>();
      long start = System.nanoTime();
      int step = 0;
      for (int epoch = 1; epoch <= recipe.epochs(); epoch++) {
        try (ProfilerRanges.Range epochRange = ranges.open("epoch", epoch)) {
          batches.shuffle();
          for (int i = 0; i < batches.count(); i++) {
            if (Thread.interrupted()) {
              throw new InterruptedException();
            }
            try (PointerScope scope = new PointerScope();
                ProfilerRanges.Range range = ranges.open("step")) {
              range.phase("augmentation");
              Batch batch = batches.get(i);
              boolean dropping = step < recipe.dropoutShare() * steps;
              range.phase("forward");
              Tensor scores =
                  scores(network, batch, dropping ? Optional.of(dropout) : Optional.empty());
              Tensor loss = loss(scores, batch.labels());
              range.phase("backward");
              scaler.scale(loss).backward();
              range.phase("optimizer");
              optimizer.step(schedule.at(step++), scaler);
              network.clearGradients();
              range.endPhase();
              totals.add(loss, scores, batch.labels());
            }
          }
          epochs.add(totals.read(epoch));
        }
      }
      long trained = (long) step * batches.batchSize();
      return new TrainingResult(epochs, trained, (System.nanoTime() - start) / 1e9);
    }
  }

  /**
   * The share of images that the network classifies correctly, without augmentation or dropout.
   *
   * @throws InterruptedException if the thread is interrupted
   */
  public double accuracy(Network network, DeviceDataset evaluated) throws InterruptedException {
    long hits = 0;
    for (int from = 0; from < evaluated.size(); from += EVALUATION_BATCH) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      try (PointerScope scope = new PointerScope();
          AutoGradMode noGradients = new AutoGradMode(false);
          Autocast autocast = new Autocast(evaluated.device(), recipe.precision())) {
        Batch batch = evaluated.batch(from, Math.min(from + EVALUATION_BATCH, evaluated.size()));
        Tensor classes = network.infer(batch.images()).argmax(new LongOptional(1), false);
        hits += classes.eq(batch.labels()).sum().item_long();
      }
    }
    return (double) hits / evaluated.size();
  }

  /** The forward pass in the recipe's precision; float32 scores, [N,100]. */
  private Tensor scores(Network network, Batch batch, Optional<Dropout> dropout) {
    try (Autocast autocast = new Autocast(images.device(), recipe.precision())) {
      return network.forward(batch.images(), dropout).to(ScalarType.Float);
    }
  }

  /** Cross-entropy with label smoothing, the mean over the batch. */
  private Tensor loss(Tensor scores, Tensor labels) {
    return torch.cross_entropy_loss(
        scores, labels, new TensorOptional(), MEAN, NO_IGNORED_CLASS, recipe.labelSmoothing());
  }
}
