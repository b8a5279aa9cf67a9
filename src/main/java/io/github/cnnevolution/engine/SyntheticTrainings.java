package io.github.cnnevolution.engine;

import io.github.cnnevolution.data.Augmentation;
import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.data.SyntheticImages;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.CudaGraphs;
import io.github.cnnevolution.device.DeviceBinding;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.device.ProfilerRanges;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.network.Weights;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.training.Trainer;
import io.github.cnnevolution.training.TrainingListener;
import io.github.cnnevolution.training.TrainingRecipe;
import io.github.cnnevolution.training.TrainingTrace;

/**
 * The trainings of a check on one device, on the program's own images. Owns them there, and binds
 * the thread that opens and closes it. Other threads that are bound may train at the same time.
 */
final class SyntheticTrainings implements CheckTrainings {
  private static final int BATCH = 32;
  private static final int BATCHES = 5;
  private static final int EPOCHS = 2;

  /** Three steps before a recording and two replays of it; then a second recording. */
  private static final double DROPPING = 0.6;

  /**
   * Low, so that trainings do not become chaotic within these steps: rounding then stays rounding.
   */
  private static final double RATE = 0.002;

  private static final long SEED = 1;

  private final ComputeDevice device;
  private final DeviceBinding binding;
  private final DeviceDataset images;
  private final DeviceDataset batch;
  private final CudaGraphs graphs = CudaGraphs.required();

  /** Binds the calling thread, and starts to copy the images to the device. */
  SyntheticTrainings(ComputeDevice device) {
    ImageSet all = SyntheticImages.generate(SEED, 2, 1).train().first(BATCH * BATCHES);
    Normalization normalization = Normalization.of(all);
    this.device = device;
    this.binding = device.bind();
    try {
      this.images = DeviceDataset.of(all, normalization, device);
      this.batch = DeviceDataset.of(all.first(BATCH), normalization, device);
    } catch (RuntimeException e) {
      binding.close();
      throw e;
    }
  }

  @Override
  public TrainingTrace sameImages(
      Architecture architecture, ComputeDevice on, Precision precision, int steps)
      throws InterruptedException {
    try (Network network = new Network(architecture, on, SEED)) {
      if (on.isGpu()) {
        // Each kind of device draws other numbers.
        try (Network drawn = new Network(architecture, Devices.cpu(), SEED);
            Weights weights = new Weights(drawn)) {
          weights.copyTo(network);
        }
      }
      return TrainingTrace.ofSameImages(network, batch, TrainingRecipe.sgd(precision), steps, RATE);
    }
  }

  @Override
  public TrainingTrace train(
      Architecture architecture,
      ComputeDevice on,
      Precision precision,
      boolean recorded,
      TrainingListener listener)
      throws InterruptedException {
    TrainingRecipe recipe =
        TrainingRecipe.sgd(precision)
            .with(EPOCHS, BATCH, RATE)
            .with(DROPPING, Augmentation.NONE, 0);
    Trainer trainer =
        new Trainer(recipe, images, ProfilerRanges.OFF, recorded ? graphs : CudaGraphs.OFF);
    try (Network network = new Network(architecture, on, SEED)) {
      return TrainingTrace.of(trainer, network, SEED, listener);
    }
  }

  @Override
  public void close() {
    batch.close();
    images.close();
    device.releaseCachedMemory();
    binding.close();
  }
}
