package io.github.cnnevolution.training;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.NativeOwner;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Loss and hits of an epoch, summed on the device and read once, so that no step waits for its
 * result.
 */
final class EpochTotals implements AutoCloseable {
  private final NativeOwner owner = new NativeOwner();
  private final Tensor lossSum;
  private final Tensor hits;
  private int batches;
  private long images;

  EpochTotals(ComputeDevice device) {
    try (PointerScope scope = new PointerScope()) {
      this.lossSum = owner.keep(torch.zeros(new long[] {}, device.tensor(ScalarType.Float)));
      this.hits = owner.keep(torch.zeros(new long[] {}, device.tensor(ScalarType.Long)));
    }
  }

  /**
   * Counts one batch.
   *
   * @param loss the mean over the batch, a scalar
   * @param scores [N,100]
   * @param labels [N] int64
   */
  void add(Tensor loss, Tensor scores, Tensor labels) {
    try (AutoGradMode noGradients = new AutoGradMode(false)) {
      lossSum.add_(loss);
      hits.add_(scores.argmax(new LongOptional(1), false).eq(labels).sum());
    }
    batches++;
    images += labels.size(0);
  }

  /**
   * The means since the last call, which start anew.
   *
   * @throws DivergedException if the loss is not finite
   */
  EpochMetrics read(int epoch) {
    double loss = lossSum.item_float() / batches;
    double accuracy = (double) hits.item_long() / images;
    if (!Double.isFinite(loss)) {
      throw new DivergedException(loss, epoch);
    }
    lossSum.zero_();
    hits.zero_();
    batches = 0;
    images = 0;
    return new EpochMetrics(loss, accuracy);
  }

  @Override
  public void close() {
    owner.close();
  }
}
