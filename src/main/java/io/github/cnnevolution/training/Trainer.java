package io.github.cnnevolution.training;

import io.github.cnnevolution.data.AugmentedBatches;
import io.github.cnnevolution.data.Batch;
import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.CudaGraphs;
import io.github.cnnevolution.device.ProfilerRanges;
import io.github.cnnevolution.network.Dropout;
import io.github.cnnevolution.network.NamedTensor;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.space.Architecture;
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
    return train(network, seed, microBatches, TrainingControls.NONE);
  }

  /**
   * Trains a network in place. The result is a function of the network, the images, the recipe and
   * the seed.
   *
   * @param seed determines order, augmentation and dropout
   * @param microBatches into how many parts each batch is split, whose gradients are added up: the
   *     same batch in less memory, but normalised by the statistics of each part (Ioffe and Szegedy
   *     2015, arXiv:1502.03167), so not the same result
   * @param supervision who looks after it
   * @throws DivergedException if the loss of an epoch is not finite
   * @throws TimeLimitException if it is not done in time; noticed within a step
   * @throws InterruptedException if the thread is interrupted; noticed within a step
   */
  public TrainingResult train(
      Network network, long seed, int microBatches, TrainingControls supervision)
      throws InterruptedException {
    ComputeDevice device = images.device();
    SeedSequence seeds = new SeedSequence(seed);
    // A part of one image would have no variance to be normalised by.
    int batchSize = Math.min(recipe.batchSize(), images.size());
    int parts = Math.max(1, Math.min(microBatches, batchSize / 2));
    try (AugmentedBatches batches =
            new AugmentedBatches(
                images, recipe.batchSize(), seeds.next(), recipe.augmentation().cutout());
        Dropout dropout = new Dropout(device, seeds.next());
        Mixup mixup = new Mixup(device, recipe.augmentation().mixup(), seeds.next());
        MasterWeights weights = new MasterWeights(network, recipe.precision());
        NesterovSgd optimizer =
            new NesterovSgd(weights.parameters(), recipe.momentum(), recipe.weightDecay());
        SmoothedCrossEntropy entropy =
            new SmoothedCrossEntropy(
                device,
                recipe.labelSmoothing(),
                batches.batchSize(),
                network.architecture().classes());
        WeightAverage average = average(network, weights);
        LossScaler scaler = new LossScaler(device, recipe.precision());
        WeightUpdate update = WeightUpdate.of(device, weights, optimizer, scaler, parts);
        EpochTotals totals = new EpochTotals(device, batches.count(), batches.batchSize())) {
      int steps = recipe.epochs() * batches.count();
      OneCycle schedule = new OneCycle(recipe.learningRate(), recipe.warmup(), steps);
      Optional<Dropout> dropouts = Optional.of(dropout);
      TrainingStep work =
          (batch, rate, drops, range) -> {
            Batch whole = mixup.apply(batch);
            for (int part = 0; part < parts; part++) {
              try (PointerScope partScope = new PointerScope()) {
                range.phase("forward");
                Batch micro = whole.part(part, parts);
                Tensor scores = scores(network, micro, drops);
                Tensor loss = entropy.of(scores, micro);
                range.phase("backward");
                scaler.backward(loss);
                update.collect(part == 0);
                range.endPhase();
                totals.add(loss, scores, micro.labels());
              }
            }
            range.phase("optimizer");
            update.apply(rate);
            network.clearGradients();
          };
      TrainingState state =
          new TrainingState(network, weights, optimizer, scaler, average, batches, dropout, mixup);
      List<EpochMetrics> epochs = new ArrayList<>(supervision.checkpoints().restore(state));
      Progress progress = new Progress(supervision.listener(), steps, batches, epochs);
      int step = epochs.size() * batches.count();
      try (StepReplay replay =
          new StepReplay(graphs, device, network, batches, dropout, schedule)) {
        for (int epoch = epochs.size() + 1; epoch <= recipe.epochs(); epoch++) {
          try (ProfilerRanges.Range epochRange = ranges.open("epoch", epoch)) {
            batches.shuffle();
            for (int i = 0; i < batches.count(); i++) {
              if (Thread.interrupted()) {
                throw new InterruptedException();
              }
              supervision.deadline().check();
              boolean dropping = step < recipe.dropoutFraction() * steps;
              try (PointerScope scope = new PointerScope();
                  ProfilerRanges.Range range = ranges.open("step")) {
                mixup.draw();
                if (!replay.run(step, dropping, work, range)) {
                  range.phase("augmentation");
                  Batch batch = batches.get(i);
                  // In float32 on a GPU, as a recording reads it there: both give the same weights.
                  IValue rate =
                      new IValue(device.isGpu() ? (float) schedule.at(step) : schedule.at(step));
                  work.run(batch, rate, dropping ? dropouts : Optional.empty(), range);
                }
                network.countBatches(parts);
                average.add(step);
              }
              step++;
              progress.report(epoch, step);
            }
            EpochMetrics shown = totals.read(epoch);
            if (supervision.validation().isPresent()) {
              DeviceDataset validation = supervision.validation().get();
              average.exchange();
              weights.copyToModel();
              shown = shown.validated(accuracy(network, validation));
              average.exchange();
              weights.copyToModel();
            }
            epochs.add(shown);
            supervision.checkpoints().save(epochs, state);
            progress.report(epoch, step);
          }
        }
      }
      average.exchange();
      supervision.deadline().check();
      return progress.result(step);
    }
  }

  /** Of all that is learned: weights and running statistics, but not the counts of batches. */
  private WeightAverage average(Network network, MasterWeights weights) {
    List<Tensor> values = new ArrayList<>(weights.parameters());
    network.buffers().stream()
        .map(NamedTensor::tensor)
        .filter(Tensor::is_floating_point)
        .forEach(values::add);
    return new WeightAverage(values, recipe.emaDecay());
  }

  /** How far a training is, and how fast this process has come there. */
  private final class Progress {
    private final TrainingListener listener;
    private final int steps;
    private final int batchSize;
    private final List<EpochMetrics> epochs;
    private final int firstStep;
    private final long start = System.nanoTime();

    /** Begins now, after the epochs that are done. */
    Progress(
        TrainingListener listener, int steps, AugmentedBatches batches, List<EpochMetrics> epochs) {
      this.listener = listener;
      this.steps = steps;
      this.batchSize = batches.batchSize();
      this.epochs = epochs;
      this.firstStep = epochs.size() * batches.count();
    }

    void report(int epoch, int step) {
      Optional<EpochMetrics> last =
          epochs.isEmpty() ? Optional.empty() : Optional.of(epochs.get(epochs.size() - 1));
      listener.onProgress(
          new TrainingProgress(epoch, recipe.epochs(), step, steps, images(step), seconds(), last));
    }

    TrainingResult result(int step) {
      return new TrainingResult(epochs, images(step), seconds());
    }

    private long images(int step) {
      return (long) (step - firstStep) * batchSize;
    }

    private double seconds() {
      return (System.nanoTime() - start) / 1e9;
    }
  }

  /**
   * The share of images that the network classifies correctly, without augmentation or dropout.
   *
   * @throws InterruptedException if the thread is interrupted
   */
  public double accuracy(Network network, DeviceDataset evaluated) throws InterruptedException {
    return accuracy(network, evaluated, false);
  }

  /**
   * The same, where each image may be judged by the sum of its scores and those of its mirror
   * image: test-time augmentation, as Krizhevsky et al. 2012 (NIPS) average over reflections.
   *
   * @throws InterruptedException if the thread is interrupted
   */
  public double accuracy(Network network, DeviceDataset evaluated, boolean mirrored)
      throws InterruptedException {
    evaluated.await();
    try (CorrectCounter hits = new CorrectCounter(evaluated.device(), EVALUATION_BATCH);
        AutoGradMode noGradients = new AutoGradMode(false)) {
      for (int from = 0; from < evaluated.size(); from += EVALUATION_BATCH) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        try (PointerScope scope = new PointerScope();
            Autocast autocast = new Autocast(evaluated.device(), recipe.precision())) {
          Batch batch = evaluated.batch(from, Math.min(from + EVALUATION_BATCH, evaluated.size()));
          Tensor scores = network.infer(batch.images());
          if (mirrored) {
            scores = scores.to(ScalarType.Float).add(network.infer(batch.images().flip(3)));
          }
          hits.add(scores, batch.labels());
        }
      }
      try (PointerScope scope = new PointerScope()) {
        return (double) hits.total().item_long() / evaluated.size();
      }
    }
  }

  /** The forward pass in the recipe's precision; float32 scores, [N,classes]. */
  private Tensor scores(Network network, Batch batch, Optional<Dropout> dropout) {
    try (Autocast autocast = new Autocast(images.device(), recipe.precision())) {
      return network.forward(batch.images(), dropout).to(ScalarType.Float);
    }
  }
}
