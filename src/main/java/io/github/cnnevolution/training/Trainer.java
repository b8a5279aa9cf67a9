package io.github.cnnevolution.training;

import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.CudaGraphs;
import io.github.cnnevolution.device.ProfilerRanges;
import io.github.cnnevolution.device.WorkRecorders;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.space.Architecture;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Trains networks by one recipe on one set of images. Immutable and safe to share between the
 * workers of a device.
 */
public final class Trainer {
  /** Images of a forward pass without training. */
  static final int EVALUATION_BATCH = 256;

  private final TrainingRecipe recipe;
  private final DeviceDataset images;
  private final ProfilerRanges ranges;
  private final WorkRecorders graphs;
  private final MemoryEstimates estimates;

  /**
   * A trainer that launches steps kernel by kernel.
   *
   * @param images to train on; the caller keeps them open
   */
  public Trainer(TrainingRecipe recipe, DeviceDataset images) {
    this(recipe, images, ProfilerRanges.OFF, CudaGraphs.OFF);
  }

  /**
   * A trainer that may mark its steps for a profiler and record them.
   *
   * @param images to train on; the caller keeps them open
   * @param ranges mark epochs and steps for a profiler
   * @param graphs whether steps on a GPU are recorded once and replayed
   */
  public Trainer(
      TrainingRecipe recipe, DeviceDataset images, ProfilerRanges ranges, WorkRecorders graphs) {
    this(recipe, images, ranges, graphs, new MemoryEstimates(recipe, images.size()));
  }

  /**
   * A trainer that shares its estimates of memory with those of other devices.
   *
   * @param images to train on; the caller keeps them open
   * @param ranges mark epochs and steps for a profiler
   * @param graphs whether steps on a GPU are recorded once and replayed
   * @param estimates of this recipe and number of images
   */
  public Trainer(
      TrainingRecipe recipe,
      DeviceDataset images,
      ProfilerRanges ranges,
      WorkRecorders graphs,
      MemoryEstimates estimates) {
    this.recipe = recipe;
    this.images = images;
    this.ranges = ranges;
    this.graphs = graphs;
    this.estimates = estimates;
  }

  /** Returns the device on which it trains. */
  public ComputeDevice device() {
    return images.device();
  }

  /** Returns the epochs of a whole training. */
  public int epochs() {
    return recipe.epochs();
  }

  /** Returns the images of a step: those of the recipe, or all if there are fewer. */
  public int batchSize() {
    return Math.min(recipe.batchSize(), images.size());
  }

  /**
   * Returns into how many parts a batch can be split at most, a power of 2. A part has two images
   * at least: one image has no variance to be normalised by.
   */
  public int maxMicroBatches() {
    return Math.max(1, Integer.highestOneBit(batchSize() / 2));
  }

  /**
   * Estimates the device memory that training and validating a network takes at its peak, in bytes;
   * 0 on the CPU, where memory is not limited.
   */
  public long memoryBytes(Architecture architecture, int microBatches) {
    return images.device().isGpu() ? estimates.bytes(architecture, microBatches) : 0;
  }

  /** Returns the device memory that each worker holds as long as it lives; 0 on the CPU. */
  public long workerBytes() {
    return images.device().isGpu() ? MemoryEstimate.WORKER_BYTES : 0;
  }

  /**
   * Frees the device memory that earlier trainings have left for later ones, on any thread. Does
   * nothing where steps are not recorded.
   */
  public void releaseIdleMemory() {
    graphs.releaseIdleMemory(images.device());
  }

  /**
   * Trains a network in place without limits, each batch as a whole. See {@link #train(Network,
   * long, int, TrainingControls)}.
   */
  public TrainingResult train(Network network, long seed) throws InterruptedException {
    return train(network, seed, 1);
  }

  /**
   * Trains a network in place without limits. See {@link #train(Network, long, int,
   * TrainingControls)}.
   */
  public TrainingResult train(Network network, long seed, int microBatches)
      throws InterruptedException {
    return train(network, seed, microBatches, TrainingControls.NONE);
  }

  /**
   * Trains a network in place. The result is a function of the network, the images, the recipe, the
   * seed and the number of micro-batches.
   *
   * @param seed determines order, augmentation and dropout
   * @param microBatches into how many parts each batch is split. The gradients of the parts are
   *     added up. It saves memory, but each part is normalised by its own statistics (Ioffe and
   *     Szegedy 2015, arXiv:1502.03167), so the result is another one
   * @param controls limits, callbacks and checkpoints
   * @throws DivergedException if the loss of an epoch is not finite
   * @throws TimeLimitException if the deadline passes; checked in each step
   * @throws InterruptedException if the thread is interrupted; checked in each step
   */
  public TrainingResult train(
      Network network, long seed, int microBatches, TrainingControls controls)
      throws InterruptedException {
    return train(network, seed, microBatches, controls, recipe.epochs());
  }

  /**
   * Trains a network in place by the first epochs of the recipe, whose learning rates are those of
   * the whole training. See {@link #train(Network, long, int, TrainingControls)}.
   *
   * @param lastEpoch after which it ends, from 1 to the epochs of the recipe
   */
  public TrainingResult train(
      Network network, long seed, int microBatches, TrainingControls controls, int lastEpoch)
      throws InterruptedException {
    ComputeDevice device = images.device();
    int parts = recipe.parts(images.size(), microBatches);
    try (TrainingInput input = new TrainingInput(images, recipe, new SeedSequence(seed));
        TrainedWeights weights = new TrainedWeights(network, device, recipe, parts);
        EpochTotals totals = new EpochTotals(device, input.batchCount(), input.batchSize());
        GradientStep work =
            new GradientStep(network, device, weights, totals, recipe, input.batchSize(), parts)) {
      TrainingState state = new TrainingState(weights, input);
      List<EpochMetrics> epochs = new ArrayList<>(controls.checkpoints().restore(state));
      ProgressReporter progress =
          new ProgressReporter(
              controls.listener(), epochs, recipe.epochs(), input, controls.deadline()::nanos);
      try (StepRunner runner =
          new StepRunner(
              device,
              network,
              input,
              weights,
              work,
              recipe,
              ranges,
              graphs,
              memoryBytes(network.architecture(), microBatches))) {
        for (int epoch = epochs.size() + 1; epoch <= lastEpoch; epoch++) {
          try (ProfilerRanges.Range range = ranges.open("epoch", epoch)) {
            input.shuffle();
            for (int i = 0; i < input.batchCount(); i++) {
              controls.checkStop();
              runner.run(progress.steps());
              progress.stepDone();
            }
            EpochMetrics trained = totals.read(epoch);
            epochs.add(validated(trained, network, weights, controls.validation()));
            controls.checkpoints().save(epochs, state);
            progress.epochDone();
          }
        }
      }
      weights.swapAverage();
      controls.deadline().check();
      return progress.result();
    }
  }

  /** Adds the accuracy on the validation images, if there are any, with the averaged weights. */
  private EpochMetrics validated(
      EpochMetrics epoch,
      Network network,
      TrainedWeights weights,
      Optional<DeviceDataset> validation)
      throws InterruptedException {
    if (validation.isEmpty()) {
      return epoch;
    }
    weights.swapAverage();
    double accuracy = accuracy(network, validation.get());
    weights.swapAverage();
    return epoch.validated(accuracy);
  }

  /**
   * Returns the fraction of images that the network classifies correctly, without augmentation or
   * dropout.
   *
   * @throws InterruptedException if the thread is interrupted
   */
  public double accuracy(Network network, DeviceDataset evaluated) throws InterruptedException {
    return accuracy(network, evaluated, false);
  }

  /**
   * Returns the fraction of images that the network classifies correctly, with or without test-time
   * augmentation.
   *
   * @param mirrored whether each image is judged by the sum of its scores and those of its mirror
   *     image, as Krizhevsky et al. 2012 (NIPS) average over reflections
   * @throws InterruptedException if the thread is interrupted
   */
  public double accuracy(Network network, DeviceDataset evaluated, boolean mirrored)
      throws InterruptedException {
    return new AccuracyMeasurement(recipe.precision(), EVALUATION_BATCH)
        .of(network, evaluated, mirrored);
  }

  /**
   * Returns how many images of each class the network takes for which class, without augmentation
   * or dropout. Their accuracy is that of {@link #accuracy(Network, DeviceDataset, boolean)}.
   *
   * @param mirrored whether test-time augmentation is used, as there
   * @throws InterruptedException if the thread is interrupted
   */
  public ConfusionMatrix confusion(Network network, DeviceDataset evaluated, boolean mirrored)
      throws InterruptedException {
    return new AccuracyMeasurement(recipe.precision(), EVALUATION_BATCH)
        .confusion(network, evaluated, mirrored);
  }

  /**
   * Returns the median wall time of a forward pass in use, after a warm-up, in seconds. On a GPU
   * each pass is waited for.
   *
   * @param images the input; repeated where a batch has more
   * @param batch images of a pass, at least 1
   * @param repetitions how many passes are measured, at least 1
   * @throws InterruptedException if the thread is interrupted
   */
  public double inferenceSeconds(Network network, DeviceDataset images, int batch, int repetitions)
      throws InterruptedException {
    return new InferenceTimer(recipe.precision()).seconds(network, images, batch, repetitions);
  }
}
