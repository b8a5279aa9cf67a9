package io.github.cnnevolution.training;

import io.github.cnnevolution.network.NamedTensor;
import io.github.cnnevolution.network.TensorFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;

/**
 * Everything that the rest of a training depends on, between two epochs: float32 weights, running
 * statistics, the optimizer's state, averages, the scale of the loss, and the states of all random
 * sequences. A training that continues from it gives the same bits as one that was never
 * interrupted.
 */
public final class TrainingState {
  private final TrainedWeights weights;
  private final TrainingInput input;

  TrainingState(TrainedWeights weights, TrainingInput input) {
    this.weights = weights;
    this.input = input;
  }

  /**
   * Writes the state to a file, in one step.
   *
   * @param note ASCII, for {@link TensorFile#note}
   * @throws IOException if it cannot be written; a file that was there is untouched
   */
  public void write(Path file, String note) throws IOException {
    try (PointerScope scope = new PointerScope()) {
      TensorFile.write(file, tensors(input.randomStates()), note);
    }
  }

  /**
   * Replaces the state by what {@link #write} wrote.
   *
   * @throws IOException if the file cannot be read, is damaged or of another training; then nothing
   *     has changed
   */
  public void read(Path file) throws IOException {
    try (PointerScope scope = new PointerScope()) {
      List<NamedTensor> random = input.randomStates();
      TensorFile.read(file, tensors(random));
      input.setRandomStates(random);
      weights.restored();
    }
  }

  private List<NamedTensor> tensors(List<NamedTensor> randomStates) {
    List<NamedTensor> all = new ArrayList<>(weights.state());
    all.addAll(randomStates);
    return all;
  }
}
