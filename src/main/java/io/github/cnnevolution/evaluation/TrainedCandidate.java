package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.training.Trainer;

/**
 * A candidate that has been trained, as a {@link FitnessFunction} sees it. Can be used during one
 * call of the function, on its thread.
 */
public final class TrainedCandidate implements AutoCloseable {
  private final Trainer trainer;
  private final Network network;
  private final DeviceDataset validation;
  private final double accuracy;
  private boolean closed;

  /**
   * A candidate whose accuracy has been measured.
   *
   * @param network open as long as this
   * @param accuracy on the validation images
   */
  TrainedCandidate(Trainer trainer, Network network, DeviceDataset validation, double accuracy) {
    this.trainer = trainer;
    this.network = network;
    this.validation = validation;
    this.accuracy = accuracy;
  }

  /** Returns what was trained. */
  public Architecture architecture() {
    requireOpen();
    return network.architecture();
  }

  /** Returns the fraction of validation images that are classified correctly, in [0, 1]. */
  public double accuracy() {
    requireOpen();
    return accuracy;
  }

  /**
   * Measures a forward pass in use on the candidate's device, after a warm-up. Other trainings on
   * the device slow it down: for latencies that can be compared, use one worker on each device.
   *
   * @param batch images of a pass, at least 1
   * @param repetitions how many passes are measured, at least 1
   * @return the median wall time of a pass, in seconds; on a GPU each pass is waited for
   * @throws InterruptedException if the thread is interrupted
   */
  public double inferenceSeconds(int batch, int repetitions) throws InterruptedException {
    requireOpen();
    return trainer.inferenceSeconds(network, validation, batch, repetitions);
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the candidate can be used during the call only");
    }
  }

  /** Ends the use of the candidate. The network stays open. */
  @Override
  public void close() {
    closed = true;
  }
}
