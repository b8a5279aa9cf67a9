package io.github.cnnevolution.data;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Images and their classes on a device; the {@code PointerScope} in which it was made owns its
 * tensors.
 *
 * @param images normalised, [N,3,32,32] float32, channels_last
 * @param labels classes, [N] int64
 * @param mixture what else is in the images, if other images were mixed into them
 */
public record Batch(Tensor images, Tensor labels, Optional<Mixture> mixture) {
  /**
   * The other images in a batch.
   *
   * @param labels their classes, [N] int64
   * @param fraction how much of each pixel is theirs, in [0, 1]: [1] float32
   */
  public record Mixture(Tensor labels, Tensor fraction) {}

  /** Images with nothing mixed in. */
  public Batch(Tensor images, Tensor labels) {
    this(images, labels, Optional.empty());
  }

  /** The number of images, N. */
  public long size() {
    return labels.size(0);
  }

  /** Part {@code index} of {@code count} parts of nearly equal size, which share this memory. */
  public Batch part(int index, int count) {
    long from = size() * index / count;
    long length = size() * (index + 1) / count - from;
    return new Batch(
        images.narrow(0, from, length),
        labels.narrow(0, from, length),
        mixture.map(m -> new Mixture(m.labels.narrow(0, from, length), m.fraction)));
  }
}
