package io.github.cnnevolution.benchmarks;

import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.device.ComputeDevice;
import java.util.Random;

/** Images of noise: speed does not depend on what they show. */
public final class RandomImages {
  private RandomImages() {}

  /** So many images, of each class as many. */
  public static ImageSet of(int count) {
    byte[] pixels = new byte[Math.multiplyExact(count, ImageSet.PIXELS)];
    new Random(1).nextBytes(pixels);
    byte[] labels = new byte[count];
    for (int i = 0; i < count; i++) {
      labels[i] = (byte) (i % ImageSet.CLASSES);
    }
    return new ImageSet(pixels, labels);
  }

  /** The same on a device. */
  public static DeviceDataset on(ComputeDevice device, int count) {
    ImageSet images = of(count);
    return DeviceDataset.of(images, Normalization.of(images), device);
  }
}
