package io.github.cnnevolution.training;

import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.ProfilerRanges;
import io.github.cnnevolution.network.NamedTensor;
import io.github.cnnevolution.network.Network;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;

/**
 * What a short training has left: its losses, its float32 weights, and how far they have moved. Two
 * of them tell whether two ways to compute a training agree. Immutable.
 */
public final class TrainingTrace {
  private final List<Double> losses;
  private final float[] weights;
  private final float[] statistics;
  private final double movement;

  private TrainingTrace(List<Double> losses, float[] before, Network network) {
    this(losses, weights(network), statistics(network), before);
  }

  private TrainingTrace(List<Double> losses, float[] weights, float[] statistics, float[] before) {
    this.losses = List.copyOf(losses);
    this.weights = weights;
    this.statistics = statistics;
    this.movement = norm(weights, before);
  }

  /**
   * Trains a network by a trainer, with all that is random in a training.
   *
   * @param seed determines order, augmentation and dropout
   * @throws InterruptedException if the thread is interrupted
   */
  public static TrainingTrace of(
      Trainer trainer, Network network, long seed, TrainingListener listener)
      throws InterruptedException {
    float[] before = weights(network);
    TrainingResult result =
        trainer.train(network, seed, 1, TrainingControls.of(Deadline.NONE, listener));
    return new TrainingTrace(
        result.epochs().stream().map(EpochMetrics::loss).toList(), before, network);
  }

  /**
   * Trains a network on the same images in every step, in their order, with nothing that is random:
   * whatever device computes it, the result is the same but for rounding.
   *
   * @param images all of them are one batch
   * @param steps how many
   * @param rate the learning rate, the same in each step
   * @throws DivergedException if a loss is not finite
   * @throws InterruptedException if the thread is interrupted
   */
  public static TrainingTrace ofSameImages(
      Network network, DeviceDataset images, TrainingRecipe recipe, int steps, double rate)
      throws InterruptedException {
    ComputeDevice device = images.device();
    float[] before = weights(network);
    List<Double> losses = new ArrayList<>();
    images.await();
    try (TrainedWeights weights = new TrainedWeights(network, device, recipe, 1);
        EpochTotals totals = new EpochTotals(device, 1, images.size());
        GradientStep work =
            new GradientStep(network, device, weights, totals, recipe, images.size(), 1);
        ProfilerRanges.Range range = ProfilerRanges.OFF.open("same images")) {
      for (int step = 0; step < steps; step++) {
        TrainingControls.NONE.checkStop();
        try (PointerScope scope = new PointerScope()) {
          IValue value = new IValue(device.isGpu() ? (float) rate : rate);
          work.run(images.batch(0, images.size()), value, Optional.empty(), range);
        }
        network.countBatches(1);
        losses.add(totals.read(step + 1).loss());
      }
    }
    return new TrainingTrace(losses, before, network);
  }

  private static float[] weights(Network network) {
    return floats(network.parameters());
  }

  private static float[] statistics(Network network) {
    return floats(
        network.buffers().stream()
            .map(NamedTensor::tensor)
            .filter(Tensor::is_floating_point)
            .toList());
  }

  private static float[] floats(List<Tensor> tensors) {
    try (PointerScope scope = new PointerScope();
        AutoGradMode noGradients = new AutoGradMode(false)) {
      long count = tensors.stream().mapToLong(Tensor::numel).sum();
      FloatBuffer all = FloatBuffer.allocate(Math.toIntExact(count));
      for (Tensor tensor : tensors) {
        all.put(tensor.detach().cpu().contiguous().<FloatBuffer>createBuffer());
      }
      return all.array();
    }
  }

  /** Returns the losses in their order, of each epoch or step. */
  public List<Double> losses() {
    return losses;
  }

  /** Returns whether all losses and weights are finite. */
  public boolean isFinite() {
    return Double.isFinite(movement)
        && losses.stream().allMatch(Double::isFinite)
        && Double.isFinite(norm(statistics, new float[statistics.length]));
  }

  /** Returns whether the training has changed any weight. */
  public boolean hasMoved() {
    return movement != 0;
  }

  /** Returns whether two trainings left the same bits: losses, weights and running statistics. */
  public boolean equalsToTheBit(TrainingTrace other) {
    return losses.equals(other.losses)
        && Arrays.equals(weights, other.weights)
        && Arrays.equals(statistics, other.statistics);
  }

  /**
   * Returns how far the weights of two trainings are apart, as a fraction of the way that this one
   * has moved them (both Euclidean): 0 if they are equal, about 1.4 if both went as far in
   * directions that have nothing to do with each other.
   *
   * @throws IllegalArgumentException if they are of different networks
   */
  public double distance(TrainingTrace other) {
    return norm(weights, other.weights) / movement;
  }

  /** Returns the largest difference from losses of the same number, as a fraction of those. */
  public double lossDifference(List<Double> expected) {
    double largest = 0;
    for (int i = 0; i < losses.size(); i++) {
      double other = expected.get(i);
      largest = Math.max(largest, Math.abs(losses.get(i) - other) / Math.abs(other));
    }
    return largest;
  }

  private static double norm(float[] some, float[] others) {
    if (some.length != others.length) {
      throw new IllegalArgumentException(
          "weights of different networks: " + some.length + " and " + others.length);
    }
    double sum = 0;
    for (int i = 0; i < some.length; i++) {
      double difference = (double) some[i] - others[i];
      sum += difference * difference;
    }
    return Math.sqrt(sum);
  }
}
