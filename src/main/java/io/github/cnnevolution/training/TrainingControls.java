package io.github.cnnevolution.training;

import io.github.cnnevolution.data.DeviceDataset;
import java.util.Optional;

/**
 * Limits and callbacks of a training. None of them changes its result.
 *
 * @param deadline when the training must be done, and the clock that measures it
 * @param listener receives the progress after every step
 * @param checkpoints keep the training between epochs
 * @param validation images on which the network is measured after each epoch; the caller keeps them
 *     open
 */
public record TrainingControls(
    Deadline deadline,
    TrainingListener listener,
    Checkpoints checkpoints,
    Optional<DeviceDataset> validation) {
  /** No limits, no callbacks. */
  public static final TrainingControls NONE =
      new TrainingControls(
          Deadline.NONE, TrainingListener.NONE, Checkpoints.NONE, Optional.empty());

  /** The controls of a candidate in a search: no checkpoints, and measured only at the end. */
  public static TrainingControls of(Deadline deadline, TrainingListener listener) {
    return new TrainingControls(deadline, listener, Checkpoints.NONE, Optional.empty());
  }

  /**
   * Does nothing if the training may continue.
   *
   * @throws InterruptedException if the thread is interrupted
   * @throws TimeLimitException if the deadline has passed
   */
  void checkStop() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    deadline.check();
  }
}
