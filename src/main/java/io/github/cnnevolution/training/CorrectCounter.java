package io.github.cnnevolution.training;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.NativeOwner;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Counts correct classifications on the device, so that no batch waits for its result. Each place
 * in the batch has a count: adding to all of them is one launch, summing a batch would be two more.
 * Not thread-safe.
 */
final class CorrectCounter implements AutoCloseable {
  private final NativeOwner owner = new NativeOwner();
  private final Tensor counts;

  /**
   * Creates an empty counter.
   *
   * @param largestBatch images that one {@link #add} may bring
   */
  CorrectCounter(ComputeDevice device, long largestBatch) {
    try (PointerScope scope = new PointerScope()) {
      long[] places = {largestBatch};
      this.counts = owner.keep(torch.zeros(places, device.tensor(ScalarType.Long)));
    }
  }

  /**
   * Counts one batch. Call it without gradient mode.
   *
   * @param scores [N,classes]
   * @param labels [N] int64
   */
  void add(Tensor scores, Tensor labels) {
    Tensor correct = scores.argmax(new LongOptional(1), false).eq(labels);
    counts.narrow(0, 0, labels.size(0)).add_(correct);
  }

  /** Returns the count so far, a scalar int64 on the device. The caller's scope owns it. */
  Tensor total() {
    return counts.sum();
  }

  /** Sets the count to 0. */
  void clear() {
    counts.zero_();
  }

  @Override
  public void close() {
    owner.close();
  }
}
