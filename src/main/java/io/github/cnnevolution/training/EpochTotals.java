package io.github.cnnevolution.training;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.NativeOwner;
import java.nio.DoubleBuffer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Loss and correct classifications of an epoch, summed on the device and read once, in one copy, so
 * that no step waits for its result. Reading waits for the stream of the calling worker alone.
 */
final class EpochTotals implements AutoCloseable {
  private final NativeOwner owner = new NativeOwner();
  private final Tensor sums;
  private final Tensor lossSum;
  private final Tensor correctSum;
  private final CorrectCounter correct;
  private final int batches;
  private final long images;

  /**
   * Creates empty totals.
   *
   * @param batches of an epoch
   * @param batchSize images in each of them
   */
  EpochTotals(ComputeDevice device, int batches, int batchSize) {
    this.batches = batches;
    this.images = (long) batches * batchSize;
    this.correct = new CorrectCounter(device, batchSize);
    try (PointerScope scope = new PointerScope()) {
      this.sums = owner.keep(torch.zeros(new long[] {2}, device.tensor(ScalarType.Double)));
      this.lossSum = owner.keep(sums.select(0, 0));
      this.correctSum = owner.keep(sums.select(0, 1));
    }
  }

  /**
   * Counts one batch, or a part of it.
   *
   * @param loss what these images contribute to the mean over the batch, a scalar
   * @param scores [N,classes]
   * @param labels [N] int64
   */
  void add(Tensor loss, Tensor scores, Tensor labels) {
    try (AutoGradMode noGradients = new AutoGradMode(false)) {
      lossSum.add_(loss);
      correct.add(scores, labels);
    }
  }

  /**
   * Returns the means over the epoch, all of whose batches have been counted, and clears the
   * totals.
   *
   * @throws DivergedException if the loss is not finite
   */
  EpochMetrics read(int epoch) {
    double loss;
    double accuracy;
    try (PointerScope scope = new PointerScope();
        AutoGradMode noGradients = new AutoGradMode(false)) {
      correctSum.copy_(correct.total());
      DoubleBuffer values = sums.cpu().createBuffer();
      loss = values.get(0) / batches;
      accuracy = values.get(1) / images;
      sums.zero_();
      correct.clear();
    }
    if (!Double.isFinite(loss)) {
      throw new DivergedException(loss, epoch);
    }
    return new EpochMetrics(loss, accuracy);
  }

  @Override
  public void close() {
    correct.close();
    owner.close();
  }
}
