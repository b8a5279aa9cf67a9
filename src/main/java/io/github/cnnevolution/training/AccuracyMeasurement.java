package io.github.cnnevolution.training;

import io.github.cnnevolution.data.Batch;
import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.network.Network;
import java.nio.LongBuffer;
import java.util.function.BiConsumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.LongOptional;
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
    try (CorrectCounter correct = new CorrectCounter(images.device(), batchSize)) {
      forEachBatch(network, images, mirrored, correct::add);
      try (PointerScope scope = new PointerScope()) {
        return (double) correct.total().item_long() / images.size();
      }
    }
  }

  /**
   * Returns the counts by class and prediction. Their accuracy is that of {@link #of}.
   *
   * @param mirrored as there
   * @throws InterruptedException if the thread is interrupted
   */
  ConfusionMatrix confusion(Network network, DeviceDataset images, boolean mirrored)
      throws InterruptedException {
    images.await();
    int classes = network.architecture().classes();
    int[] counts = new int[classes * classes];
    forEachBatch(
        network,
        images,
        mirrored,
        (scores, labels) -> {
          // Counted on the host: on the GPU, such sums are not deterministic in every version.
          LongBuffer predicted = scores.argmax(new LongOptional(1), false).cpu().createBuffer();
          LongBuffer actual = labels.cpu().contiguous().createBuffer();
          for (int i = 0; i < labels.size(0); i++) {
            counts[(int) actual.get(i) * classes + (int) predicted.get(i)]++;
          }
        });
    return ConfusionMatrix.of(classes, counts);
  }

  /** Passes the scores and labels of each batch on, within the scope of the batch. */
  private void forEachBatch(
      Network network,
      DeviceDataset images,
      boolean mirrored,
      BiConsumer<Tensor, Tensor> scoresAndLabels)
      throws InterruptedException {
    // Around all batches, so that the weights are cast once.
    try (AutoGradMode noGradients = new AutoGradMode(false);
        Autocast autocast = new Autocast(images.device(), precision)) {
      for (int from = 0; from < images.size(); from += batchSize) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        try (PointerScope scope = new PointerScope()) {
          Batch batch = images.batch(from, Math.min(from + batchSize, images.size()));
          Tensor scores = network.infer(batch.images());
          if (mirrored) {
            scores = scores.to(ScalarType.Float).add(network.infer(batch.images().flip(3)));
          }
          scoresAndLabels.accept(scores, batch.labels());
        }
      }
    }
  }
}
