package io.github.cnnevolution.training;

import io.github.cnnevolution.data.DeviceDataset;
import java.util.Optional;

/**
 * Who looks after a training while it runs. None of it changes what the training results in.
 *
 * @param deadline until when it must be done
 * @param listener hears of every step
 * @param checkpoints keep it between epochs
 * @param validation images on which it is measured after each epoch; the caller keeps them open
 */
public record TrainingControls(
    Deadline deadline,
    TrainingListener listener,
    Checkpoints checkpoints,
    Optional<DeviceDataset> validation) {
  /** Nobody. */
  public static final TrainingControls NONE =
      new TrainingControls(
          Deadline.NONE, TrainingListener.NONE, Checkpoints.NONE, Optional.empty());

  /** Of a candidate in a search, which is short and measured once. */
  public static TrainingControls of(Deadline deadline, TrainingListener listener) {
    return new TrainingControls(deadline, listener, Checkpoints.NONE, Optional.empty());
  }
}
