package io.github.cnnevolution.training;

import io.github.cnnevolution.data.Batch;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.device.ProfilerRanges;
import io.github.cnnevolution.network.Dropout;
import io.github.cnnevolution.network.Network;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Forward pass, backward pass and update of the weights for one batch, which may be split into
 * parts to save memory. Owns the loss function. Not thread-safe.
 */
final class GradientStep implements TrainingStep, AutoCloseable {
  private final Network network;
  private final TrainedWeights weights;
  private final EpochTotals totals;
  private final ComputeDevice device;
  private final Precision precision;
  private final int parts;
  private final SmoothedCrossEntropy entropy;

  /**
   * A step of this network.
   *
   * @param totals counts each part of a batch
   * @param batchSize images a batch
   * @param parts into how many parts each batch is split
   */
  GradientStep(
      Network network,
      ComputeDevice device,
      TrainedWeights weights,
      EpochTotals totals,
      TrainingRecipe recipe,
      int batchSize,
      int parts) {
    this.network = network;
    this.weights = weights;
    this.totals = totals;
    this.device = device;
    this.precision = recipe.precision();
    this.parts = parts;
    this.entropy =
        new SmoothedCrossEntropy(
            device, recipe.labelSmoothing(), batchSize, network.architecture().classes());
  }

  @Override
  public void run(Batch batch, IValue rate, Optional<Dropout> dropout, ProfilerRanges.Range range) {
    for (int part = 0; part < parts; part++) {
      try (PointerScope scope = new PointerScope()) {
        range.phase("forward");
        Batch micro = batch.part(part, parts);
        Tensor scores = scores(micro, dropout);
        Tensor loss = entropy.of(scores, micro);
        range.phase("backward");
        weights.backward(loss, part == 0);
        range.endPhase();
        totals.add(loss, scores, micro.labels());
      }
    }
    range.phase("optimizer");
    weights.update(rate);
  }

  /** Runs the forward pass in the recipe's precision; float32 scores, [N,classes]. */
  private Tensor scores(Batch batch, Optional<Dropout> dropout) {
    try (Autocast autocast = new Autocast(device, precision)) {
      return network.forward(batch.images(), dropout).to(ScalarType.Float);
    }
  }

  /** Returns into how many parts each batch is split. */
  int parts() {
    return parts;
  }

  @Override
  public void close() {
    entropy.close();
  }
}
