package io.github.cnnevolution.data;

import org.bytedeco.pytorch.Tensor;

/**
 * Images and their classes on a device; the {@code PointerScope} in which it was made owns both
 * tensors.
 *
 * @param images normalised, [N,3,32,32] float32, channels_last
 * @param labels classes, [N] int64
 */
public record Batch(Tensor images, Tensor labels) {
  /** The number of images, N. */
  public long size() {
    return labels.size(0);
  }

  /** Part {@code index} of {@code count} parts of nearly equal size, which share this memory. */
  public Batch part(int index, int count) {
    long from = size() * index / count;
    long length = size() * (index + 1) / count - from;
    return new Batch(images.narrow(0, from, length), labels.narrow(0, from, length));
  }
}
