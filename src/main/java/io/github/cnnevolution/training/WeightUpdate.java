package io.github.cnnevolution.training;

import io.github.cnnevolution.device.ComputeDevice;
import org.bytedeco.pytorch.IValue;

/** The way from the gradients of a network to its new weights. */
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
   * @param rate the learning rate, as {@link NesterovSgd#step(IValue, LossScaler)} takes it
   */
  void apply(IValue rate);

  @Override
  void close();

  /**
   * The way that suits a training.
   *
   * @param device the network's
   * @param weights what the optimizer updates; open as long as the update
   * @param parts backward passes a step
   */
  static WeightUpdate of(
      ComputeDevice device,
      MasterWeights weights,
      NesterovSgd optimizer,
      LossScaler scaler,
      int parts) {
    // On a GPU few launches count; what is added up or inspected must be there as a whole.
    return !device.isGpu() && weights.isActive() && !scaler.isEnabled() && parts == 1
        ? new PiecewiseUpdate(weights, optimizer, scaler)
        : new WholeUpdate(weights, optimizer, scaler);
  }

  /** All gradients to their masters, one step of the optimizer, all weights to the network. */
  record WholeUpdate(MasterWeights weights, NesterovSgd optimizer, LossScaler scaler)
      implements WeightUpdate {
    /** Makes the gradients of the masters, which last as long as the training. */
    public WholeUpdate {
      weights.makeGradients();
    }

    @Override
    public void collect(boolean first) {
      weights.collectGradients(first);
    }

    @Override
    public void apply(IValue rate) {
      optimizer.step(rate, scaler);
      weights.copyToModel();
    }

    @Override
    public void close() {
      // It owns nothing.
    }
  }
}
