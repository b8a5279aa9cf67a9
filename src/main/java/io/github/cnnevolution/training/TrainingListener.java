package io.github.cnnevolution.training;

/**
 * Is told how far a training is, after every step and after every epoch, on the thread that trains.
 * It must be quick (a step may take a millisecond), must not throw, and must not use a device.
 */
@FunctionalInterface
public interface TrainingListener {
  /** Ignores all events. */
  TrainingListener NONE = progress -> {};

  /** The training has come this far. */
  void onProgress(TrainingProgress progress);
}
