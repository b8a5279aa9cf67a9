package io.github.cnnevolution.training;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.network.NamedTensor;
import io.github.cnnevolution.network.Network;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;

/**
 * The weights of a network while it is trained: float32 masters, the optimizer, loss scaling and
 * the moving average. Owns all of them. Closing leaves the network with its float32 weights. Not
 * thread-safe.
 */
final class TrainedWeights implements AutoCloseable {
  private final ResourceStack resources = new ResourceStack();
  private final Network network;
  private final MasterWeights masters;
  private final Optimizer optimizer;
  private final WeightAverage average;
  private final LossScaler scaler;
  private final WeightUpdate update;

  /**
   * Prepares the weights of a network for training.
   *
   * @param network open as long as this
   * @param parts backward passes a step
   */
  TrainedWeights(Network network, ComputeDevice device, TrainingRecipe recipe, int parts) {
    this.network = network;
    try {
      this.masters =
          resources.push(new MasterWeights(network, recipe.precision()), MasterWeights::close);
      this.optimizer =
          resources.push(
              recipe.optimizer().create(masters.groups(), recipe.precision()), Optimizer::close);
      this.average =
          resources.push(new WeightAverage(averaged(), recipe.emaDecay()), WeightAverage::close);
      this.scaler = resources.push(new LossScaler(device, recipe.precision()), LossScaler::close);
      this.update =
          resources.push(
              WeightUpdate.of(device, masters, optimizer, scaler, parts), WeightUpdate::close);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Returns all that is learned: weights and running statistics, but not the counts of batches. */
  private List<Tensor> averaged() {
    List<Tensor> values = new ArrayList<>(masters.parameters());
    network.buffers().stream()
        .map(NamedTensor::tensor)
        .filter(Tensor::is_floating_point)
        .forEach(values::add);
    return values;
  }

  /**
   * Runs the backward pass of a loss and takes its gradients.
   *
   * @param first whether the gradients replace those of earlier passes or are added to them
   */
  void backward(Tensor loss, boolean first) {
    scaler.backward(loss);
    update.collect(first);
  }

  /**
   * Gives the network new weights and drops its gradients.
   *
   * @param rate the learning rate; see {@link StepScalars#learningRate}
   */
  void update(IValue rate) {
    update.apply(rate);
    network.clearGradients();
  }

  /** Adds the weights after step {@code step}, counted from 0, to their average. */
  void addToAverage(int step) {
    average.add(step);
  }

  /** Swaps the weights and their average, if there is one; a second call swaps them back. */
  void swapAverage() {
    if (average.isActive()) {
      average.swap();
      masters.copyToModel();
    }
  }

  /** Returns what the next step depends on, for checkpoints. References. */
  List<NamedTensor> state() {
    List<NamedTensor> state = new ArrayList<>();
    // Not as the network has them, which may be 16-bit copies.
    addAll(state, "parameter", masters.parameters());
    state.addAll(network.buffers());
    state.addAll(optimizer.state());
    addAll(state, "average", average.averages());
    addAll(state, "loss_scale", scaler.state());
    return state;
  }

  private static void addAll(List<NamedTensor> state, String name, List<Tensor> tensors) {
    for (int i = 0; i < tensors.size(); i++) {
      state.add(new NamedTensor(name + "." + i, tensors.get(i)));
    }
  }

  /** Gives the network the weights that were written into {@link #state}. */
  void restored() {
    masters.copyToModel();
  }

  @Override
  public void close() {
    resources.close();
  }
}
