package io.github.cnnevolution.training;

import io.github.cnnevolution.data.Batch;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.NativeOwner;
import io.github.cnnevolution.genome.Architecture;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Cross-entropy with label smoothing (Szegedy et al. 2016, arXiv:1512.00567), the mean over a
 * batch: what PyTorch's {@code cross_entropy} computes, in 7 kernels with its backward pass instead
 * of 26.
 *
 * <p>A table has a row for each class with the negative share that each log-probability has in the
 * mean: {@code -(1 - s + s/C) / N} at the class itself, {@code -s / (C N)} elsewhere. The loss is
 * then one product with the rows of the labels, summed up. Not thread-safe.
 */
final class SmoothedCrossEntropy implements AutoCloseable {
  private final NativeOwner owner = new NativeOwner();
  private final Tensor shares;

  /**
   * The loss of batches of one size.
   *
   * @param smoothing s in [0, 1): how much of a label is spread over all classes
   * @param batchSize N
   */
  SmoothedCrossEntropy(ComputeDevice device, double smoothing, int batchSize) {
    int classes = Architecture.CLASSES;
    try (PointerScope scope = new PointerScope()) {
      TensorOptions float32 = device.tensor(ScalarType.Float);
      Tensor own = torch.eye(classes, float32).mul_(new Scalar(-(1 - smoothing) / batchSize));
      this.shares = owner.keep(own.sub(new Scalar(smoothing / classes / batchSize)));
    }
  }

  /**
   * The loss of a batch, or what a part of it contributes: the parts add up to the whole.
   *
   * @param scores [n,100] float32
   * @param batch whose labels count, [n]; where images are mixtures, by the shares of both
   * @return a scalar float32; the caller's scope owns it
   */
  Tensor of(Tensor scores, Batch batch) {
    Tensor own = shares.index_select(0, batch.labels());
    Tensor target =
        batch
            .mixture()
            .map(other -> own.lerp(shares.index_select(0, other.labels()), other.share()))
            .orElse(own);
    return torch.log_softmax(scores, 1).mul(target).sum();
  }

  @Override
  public void close() {
    owner.close();
  }
}
