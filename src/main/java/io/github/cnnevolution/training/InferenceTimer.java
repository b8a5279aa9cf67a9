package io.github.cnnevolution.training;

import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.text.Text;
import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;

/**
 * Measures how long a forward pass in use takes: running statistics, no dropout, no gradients.
 *
 * @param precision of matrix products and convolutions
 */
record InferenceTimer(Precision precision) {
  /** Passes before the clock is read: kernels are chosen and memory is allocated in them. */
  private static final int WARM_UP = 3;

  /**
   * Returns the median wall time of a pass, in seconds. Each pass ends when its result is there: on
   * a GPU the device is waited for.
   *
   * @param images are repeated where a batch has more
   * @param batch images of a pass, at least 1
   * @param repetitions how many passes are measured, at least 1
   * @throws InterruptedException if the thread is interrupted
   */
  double seconds(Network network, DeviceDataset images, int batch, int repetitions)
      throws InterruptedException {
    if (batch < 1 || repetitions < 1) {
      throw new IllegalArgumentException(
          Text.format(
              "batch and repetitions must be at least 1, but were %d and %d", batch, repetitions));
    }
    images.await();
    double[] seconds = new double[repetitions];
    try (PointerScope scope = new PointerScope();
        AutoGradMode noGradients = new AutoGradMode(false)) {
      Tensor input = input(images, batch);
      for (int i = -WARM_UP; i < repetitions; i++) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        long start = System.nanoTime();
        run(network, images, input);
        if (i >= 0) {
          seconds[i] = (System.nanoTime() - start) / 1e9;
        }
      }
    }
    Arrays.sort(seconds);
    return (seconds[(repetitions - 1) / 2] + seconds[repetitions / 2]) / 2;
  }

  private static Tensor input(DeviceDataset images, int batch) {
    Tensor some = images.batch(0, Math.min(batch, images.size())).images();
    long copies = (batch + some.size(0) - 1) / some.size(0);
    // Repeated along the first dimension, which leaves each image channels_last.
    return copies == 1
        ? some
        : some.permute(0, 2, 3, 1).repeat(copies, 1, 1, 1).narrow(0, 0, batch).permute(0, 3, 1, 2);
  }

  private void run(Network network, DeviceDataset images, Tensor input) {
    try (PointerScope scope = new PointerScope();
        Autocast autocast = new Autocast(images.device(), precision)) {
      // Reading one number waits for all that this thread has launched.
      network.infer(input).view(-1).select(0, 0).item_double();
    }
  }
}
