package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.training.TrainingListener;
import io.github.cnnevolution.training.TrainingTrace;

/** The trainings of a check. The thread that trains is bound to the device, if that is a GPU. */
interface CheckTrainings extends AutoCloseable {
  /**
   * Trains on the same images in every step, from weights that are the same on all devices; see
   * {@link TrainingTrace#ofSameImages}.
   */
  TrainingTrace sameImages(
      Architecture architecture, ComputeDevice device, Precision precision, int steps)
      throws InterruptedException;

  /**
   * Trains for ten steps as a search does, with dropout in the first six: crops, flips and dropout
   * are drawn from one seed.
   *
   * @param recorded whether steps are recorded and replayed; then a step that cannot be recorded
   *     fails the training
   * @param listener told of each step
   */
  TrainingTrace train(
      Architecture architecture,
      ComputeDevice device,
      Precision precision,
      boolean recorded,
      TrainingListener listener)
      throws InterruptedException;

  /** Frees what belongs to the trainings. */
  @Override
  default void close() {}
}
