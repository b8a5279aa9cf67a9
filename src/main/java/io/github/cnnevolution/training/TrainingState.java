package io.github.cnnevolution.training;

import io.github.cnnevolution.data.AugmentedBatches;
import io.github.cnnevolution.network.Dropout;
import io.github.cnnevolution.network.NamedTensor;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.network.TensorFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Everything that the rest of a training depends on, between two epochs: float32 weights, running
 * statistics, velocities, averages, the scale of the loss, and the states of all random sequences.
 * A training that goes on from it gives the same bits as one that was never interrupted.
 */
public final class TrainingState {
  private final Network network;
  private final MasterWeights weights;
  private final NesterovSgd optimizer;
  private final LossScaler scaler;
  private final WeightAverage average;
  private final AugmentedBatches batches;
  private final Dropout dropout;
  private final Mixup mixup;

  TrainingState(
      Network network,
      MasterWeights weights,
      NesterovSgd optimizer,
      LossScaler scaler,
      WeightAverage average,
      AugmentedBatches batches,
      Dropout dropout,
      Mixup mixup) {
    this.network = network;
    this.weights = weights;
    this.optimizer = optimizer;
    this.scaler = scaler;
    this.average = average;
    this.batches = batches;
    this.dropout = dropout;
    this.mixup = mixup;
  }

  /**
   * Writes it to a file, in one step.
   *
   * @param note ASCII, for {@link TensorFile#note}
   * @throws IOException if it cannot be written; a file that was there is untouched
   */
  public void write(Path file, String note) throws IOException {
    try (PointerScope scope = new PointerScope()) {
      TensorFile.write(file, tensors(randomStates()), note);
    }
  }

  /**
   * Becomes what {@link #write} wrote.
   *
   * @throws IOException if the file cannot be read, is damaged or of another training; then nothing
   *     has changed
   */
  public void read(Path file) throws IOException {
    try (PointerScope scope = new PointerScope()) {
      List<NamedTensor> random = randomStates();
      TensorFile.read(file, tensors(random));
      batches.setRandomState(random.get(0).tensor());
      dropout.setRandomState(random.get(1).tensor());
      mixup.setRandomState(random.get(2).tensor());
      weights.copyToModel();
    }
  }

  /** Copies: {@link #read} gives them back. */
  private List<NamedTensor> randomStates() {
    return List.of(
        new NamedTensor("random.order", batches.randomState()),
        new NamedTensor("random.dropout", dropout.randomState()),
        new NamedTensor("random.mixup", mixup.randomState()));
  }

  private List<NamedTensor> tensors(List<NamedTensor> randomStates) {
    List<NamedTensor> all = new ArrayList<>();
    // Not as the network has them, which may be 16-bit copies.
    add(all, "parameter", weights.parameters());
    all.addAll(network.buffers());
    add(all, "velocity", optimizer.velocities());
    add(all, "average", average.averages());
    add(all, "loss_scale", scaler.state());
    all.addAll(randomStates);
    return all;
  }

  private static void add(List<NamedTensor> all, String name, List<Tensor> tensors) {
    for (int i = 0; i < tensors.size(); i++) {
      all.add(new NamedTensor(name + "." + i, tensors.get(i)));
    }
  }
}
