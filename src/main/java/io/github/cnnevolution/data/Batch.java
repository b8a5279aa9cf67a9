package io.github.cnnevolution.data;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Images and labels on a device. The {@code PointerScope} in which the batch was created owns its
 * tensors.
 *
 * @param images the normalised images, [N,3,32,32] float32, channels_last
 * @param labels the classes of the images, [N] int64
 * @param mixture the other images that mixup has mixed into these; empty without mixup
 */
public record Batch(Tensor images, Tensor labels, Optional<Mixture> mixture) {
  /**
   * The images that mixup has mixed into a batch.
   *
   * @param labels the classes of the mixed-in images, [N] int64
   * @param fraction the weight of the mixed-in images in each pixel, in [0, 1]: [1] float32
   */
  public record Mixture(Tensor labels, Tensor fraction) {}

  /** Creates a batch without mixup. */
  public Batch(Tensor images, Tensor labels) {
    this(images, labels, Optional.empty());
  }

  /** Returns the number of images, N. */
  public long size() {
    return labels.size(0);
  }

  /**
   * Returns part {@code index} of {@code count} parts of nearly equal size. The parts share the
   * memory of this batch.
   */
  public Batch part(int index, int count) {
    long from = size() * index / count;
    long length = size() * (index + 1) / count - from;
    return new Batch(
        images.narrow(0, from, length),
        labels.narrow(0, from, length),
        mixture.map(m -> new Mixture(m.labels.narrow(0, from, length), m.fraction)));
  }
}
