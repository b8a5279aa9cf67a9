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
}
