package io.github.cnnevolution.training;

import io.github.cnnevolution.data.AugmentedBatches;
import io.github.cnnevolution.data.Batch;
import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.CudaGraphs;
import io.github.cnnevolution.device.ProfilerRanges;
import io.github.cnnevolution.genome.Architecture;
import io.github.cnnevolution.network.Dropout;
import io.github.cnnevolution.network.Network;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Trains networks by one recipe on one set of images. Immutable and safe to share between the
 * workers of a device.
 */
public final class Trainer {
  /** Images a forward pass where nothing is trained. */
  static final int EVALUATION_BATCH = 256;

  private final TrainingRecipe recipe;
  private final DeviceDataset images;
  private final ProfilerRanges ranges;
  private final CudaGraphs graphs;

  /** A trainer on these images, which the caller keeps open, that launches kernel by kernel. */
  public Trainer(TrainingRecipe recipe, DeviceDataset images) {
    this(recipe, images, ProfilerRanges.OFF, CudaGraphs.OFF);
  }

  /**
   * A trainer on these images, which the caller keeps open.
   *
   * @param ranges mark epochs and steps for a profiler
   * @param graphs whether steps on a GPU are recorded once and replayed
   */
  public Trainer(
      TrainingRecipe recipe, DeviceDataset images, ProfilerRanges ranges, CudaGraphs graphs) {
    this.recipe = recipe;
    this.images = images;
    this.ranges = ranges;
    this.graphs = graphs;
  }

  /** Images a step: those of the recipe, or all if there are fewer. */
  public int batchSize() {
    return Math.min(recipe.batchSize(), images.size());
  }

  /**
   * About the device memory that training and validating a network takes at its peak, in bytes; 0
   * on the CPU, where it is not watched.
   */
  public long memoryBytes(Architecture architecture, int microBatches) {
    return images.device().isGpu()
        ? MemoryEstimate.bytes(architecture, recipe, images.size(), microBatches)
        : 0;
  }

  /** Device memory that each worker holds besides, as long as it lives; 0 on the CPU. */
  public long workerBytes() {
    return images.device().isGpu() ? MemoryEstimate.WORKER_BYTES : 0;
  }

  /** Trains a network in place, each batch in one piece. See {@link #train(Network, long, int)}. */
  public TrainingResult train(Network network, long seed) throws InterruptedException {
    return train(network, seed, 1);
  }

  /** Trains a network in place, however long it takes. */
  public TrainingResult train(Network network, long seed, int microBatches)
      throws InterruptedException {
    return train(network, seed, microBatches, Deadline.NONE, TrainingListener.NONE);
  }

  /**
   * Trains a network in place. The result is a function of the network, the images, the recipe and
   * the seed.
   *
   * @param seed determines order, augmentation and dropout
   * @param microBatches into how many parts each batch is split, whose gradients are added up: the
   *     same batch in less memory, but normalised by the statistics of each part (Ioffe and Szegedy
   *     2015, arXiv:1502.03167), so not the same result
   * @param deadline until when it must be done
   * @param listener hears of every step; it changes nothing
   * @throws DivergedException if the loss of an epoch is not finite
   * @throws TimeLimitException if it is not done in time; noticed within a step
   * @throws InterruptedException if the thread is interrupted; noticed within a step
   */
  public TrainingResult train(
      Network network, long seed, int microBatches, Deadline deadline, TrainingListener listener)
      throws InterruptedException {
    ComputeDevice device = images.device();
    SeedSequence seeds = new SeedSequence(seed);
    try (AugmentedBatches batches = new AugmentedBatches(images, recipe.batchSize(), seeds.next());
        Dropout dropout = new Dropout(device, seeds.next());
        MasterWeights weights = new MasterWeights(network, recipe.precision());
        NesterovSgd optimizer =
            new NesterovSgd(weights.parameters(), recipe.momentum(), recipe.weightDecay());
        SmoothedCrossEntropy entropy =
            new SmoothedCrossEntropy(device, recipe.labelSmoothing(), batches.batchSize());
        LossScaler scaler = new LossScaler(device, recipe.precision());
        EpochTotals totals = new EpochTotals(device, batches.count(), batches.batchSize())) {
      // A part of one image would have no variance to be normalised by.
      int parts = Math.max(1, Math.min(microBatches, batches.batchSize() / 2));
      int steps = recipe.epochs() * batches.count();
      OneCycle schedule = new OneCycle(recipe.learningRate(), recipe.warmup(), steps);
      Optional<Dropout> dropouts = Optional.of(dropout);
      TrainingStep work =
          (batch, rate, drops, range) -> {
            for (int part = 0; part < parts; part++) {
              try (PointerScope partScope = new PointerScope()) {
                range.phase("forward");
                Batch micro = batch.part(part, parts);
                Tensor scores = scores(network, micro, drops);
                Tensor loss = entropy.of(scores, micro.labels());
                range.phase("backward");
                scaler.backward(loss);
                weights.collectGradients(part == 0);
                range.endPhase();
                totals.add(loss, scores, micro.labels());
              }
            }
            range.phase("optimizer");
            optimizer.step(rate, scaler);
            weights.publish();
            network.clearGradients();
          };
      List<EpochMetrics> epochs = new ArrayList<>();
      long start = System.nanoTime();
      int step = 0;
      try (StepReplay replay =
          new StepReplay(graphs, device, network, batches, dropout, schedule)) {
        for (int epoch = 1; epoch <= recipe.epochs(); epoch++) {
          try (ProfilerRanges.Range epochRange = ranges.open("epoch", epoch)) {
            batches.shuffle();
            for (int i = 0; i < batches.count(); i++) {
              if (Thread.interrupted()) {
                throw new InterruptedException();
              }
              deadline.check();
              boolean dropping = step < recipe.dropoutShare() * steps;
              try (PointerScope scope = new PointerScope();
                  ProfilerRanges.Range range = ranges.open("step")) {
                if (!replay.run(step, dropping, work, range)) {
                  range.phase("augmentation");
                  Batch batch = batches.get(i);
                  // In float32 on a GPU, as a recording reads it there: both give the same weights.
                  IValue rate =
                      new IValue(device.isGpu() ? (float) schedule.at(step) : schedule.at(step));
                  work.run(batch, rate, dropping ? dropouts : Optional.empty(), range);
                }
                network.countBatches(parts);
              }
              step++;
              listener.onProgress(progress(epoch, step, steps, batches.batchSize(), start, epochs));
            }
            epochs.add(totals.read(epoch));
            listener.onProgress(progress(epoch, step, steps, batches.batchSize(), start, epochs));
          }
        }
      }
      deadline.check();
      long trained = (long) step * batches.batchSize();
      return new TrainingResult(epochs, trained, (System.nanoTime() - start) / 1e9);
    }
  }

  private TrainingProgress progress(
      int epoch, int step, int steps, int batchSize, long start, List<EpochMetrics> epochs) {
    return new TrainingProgress(
        epoch,
        recipe.epochs(),
        step,
        steps,
        (long) step * batchSize,
        (System.nanoTime() - start) / 1e9,
        epochs.isEmpty() ? Optional.empty() : Optional.of(epochs.get(epochs.size() - 1)));
  }

  /**
   * The share of images that the network classifies correctly, without augmentation or dropout.
   *
   * @throws InterruptedException if the thread is interrupted
   */
  public double accuracy(Network network, DeviceDataset evaluated) throws InterruptedException {
    evaluated.await();
    try (HitCounter hits = new HitCounter(evaluated.device(), EVALUATION_BATCH);
        AutoGradMode noGradients = new AutoGradMode(false)) {
      for (int from = 0; from < evaluated.size(); from += EVALUATION_BATCH) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        try (PointerScope scope = new PointerScope();
            Autocast autocast = new Autocast(evaluated.device(), recipe.precision())) {
          Batch batch = evaluated.batch(from, Math.min(from + EVALUATION_BATCH, evaluated.size()));
          hits.add(network.infer(batch.images()), batch.labels());
        }
      }
      try (PointerScope scope = new PointerScope()) {
        return (double) hits.total().item_long() / evaluated.size();
      }
    }
  }

  /** The forward pass in the recipe's precision; float32 scores, [N,100]. */
  private Tensor scores(Network network, Batch batch, Optional<Dropout> dropout) {
    try (Autocast autocast = new Autocast(images.device(), recipe.precision())) {
      return network.forward(batch.images(), dropout).to(ScalarType.Float);
    }
  }
}
