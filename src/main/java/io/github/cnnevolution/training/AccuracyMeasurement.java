package io.github.cnnevolution.training;

import io.github.cnnevolution.data.Batch;
import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.network.Network;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Measures how many images a network classifies correctly, without augmentation or dropout.
 *
 * @param precision of matrix products and convolutions
 * @param batchSize images a forward pass
 */
record AccuracyMeasurement(Precision precision, int batchSize) {
  /**
   * Returns the fraction of images that are classified correctly.
   *
   * @param mirrored whether each image is judged by the sum of its scores and those of its mirror
   *     image
   * @throws InterruptedException if the thread is interrupted
   */
  double of(Network network, DeviceDataset images, boolean mirrored) throws InterruptedException {
    images.await();
    try (CorrectCounter correct = new CorrectCounter(images.device(), batchSize);
        AutoGradMode noGradients = new AutoGradMode(false)) {
      for (int from = 0; from < images.size(); from += batchSize) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        try (PointerScope scope = new PointerScope();
            Autocast autocast = new Autocast(images.device(), precision)) {
          Batch batch = images.batch(from, Math.min(from + batchSize, images.size()));
          Tensor scores = network.infer(batch.images());
          if (mirrored) {
            scores = scores.to(ScalarType.Float).add(network.infer(batch.images().flip(3)));
          }
          correct.add(scores, batch.labels());
        }
      }
      try (PointerScope scope = new PointerScope()) {
        return (double) correct.total().item_long() / images.size();
      }
    }
  }
}
