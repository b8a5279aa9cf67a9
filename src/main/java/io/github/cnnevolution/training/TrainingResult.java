package io.github.cnnevolution.training;

import java.util.List;

/**
 * A finished training.
 *
 * @param epochs what each epoch showed, in order
 * @param images the number of images that were trained on, all epochs of this process together
 * @param seconds wall time of the training loop alone
 */
public record TrainingResult(List<EpochMetrics> epochs, long images, double seconds) {
  /** Copies the list. */
  public TrainingResult {
    epochs = List.copyOf(epochs);
  }

  /** Returns the images trained on per second of the training loop. */
  public double imagesPerSecond() {
    return images / seconds;
  }
}
