package io.github.cnnevolution.training;

import io.github.cnnevolution.device.ComputeDevice;
import org.bytedeco.pytorch.IValue;

/** Turns the gradients of a network into new weights. */
interface WeightUpdate extends AutoCloseable {
  /**
   * Takes the gradients of a backward pass over from the network.
   *
   * @param first whether they replace those of earlier passes or are added to them
   */
  void collect(boolean first);

  /**
   * Gives the network new weights.
   *
   * @param rate the learning rate; see {@link StepScalars#learningRate}
   */
  void apply(IValue rate);

  @Override
  void close();

  /**
   * Chooses the faster way of those that a training allows.
   *
   * @param device the network's
   * @param weights what the optimizer updates; open as long as the update
   * @param parts backward passes a step
   */
  static WeightUpdate of(
      ComputeDevice device,
      MasterWeights weights,
      Optimizer optimizer,
      LossScaler scaler,
      int parts) {
    // On a GPU, few launches matter; summed or inspected gradients must be complete.
    boolean inPieces =
        !device.isGpu()
            && weights.isActive()
            && !scaler.isEnabled()
            && parts == 1
            && optimizer.isElementwise();
    return inPieces
        ? new PiecewiseUpdate(weights, optimizer, scaler)
        : new WholeUpdate(weights, optimizer, scaler);
  }
}
