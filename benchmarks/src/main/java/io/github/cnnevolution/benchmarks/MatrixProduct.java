package io.github.cnnevolution.benchmarks;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.NativeOwner;
import io.github.cnnevolution.device.Precision;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The product of two square matrices, whose speed is the ceiling of every training. */
final class MatrixProduct implements AutoCloseable {
  private static final int REPETITIONS = 12;

  private final NativeOwner owner = new NativeOwner();
  private final int side;
  private final Tensor left;
  private final Tensor right;
  private final Tensor product;

  MatrixProduct(ComputeDevice device, Precision precision, int side) {
    this.side = side;
    long[] shape = {side, side};
    try (PointerScope scope = new PointerScope()) {
      this.left = owner.keep(torch.rand(shape, device.tensor(precision.scalarType())));
      this.right = owner.keep(torch.rand(shape, device.tensor(precision.scalarType())));
      this.product = owner.keep(torch.rand(shape, device.tensor(precision.scalarType())));
    }
  }

  /**
   * The highest of a few measurements, in flop/s: what the device can do when nobody disturbs it.
   */
  static double peak(ComputeDevice device, Precision precision) {
    double best = 0;
    try (MatrixProduct product =
        new MatrixProduct(device, precision, device.isGpu() ? 8192 : 2048)) {
      for (int i = 0; i < REPETITIONS; i++) {
        long start = System.nanoTime();
        product.multiply();
        best = Math.max(best, product.flops() / ((System.nanoTime() - start) / 1e9));
      }
    }
    return best;
  }

  /** Floating-point operations of one product. */
  double flops() {
    return 2.0 * side * side * side;
  }

  /** Computes it and waits for it. */
  void multiply() {
    try (PointerScope scope = new PointerScope();
        AutoGradMode noGradients = new AutoGradMode(false)) {
      torch.mm_out(product, left, right);
      product.select(0, 0).select(0, 0).item_double();
    }
  }

  @Override
  public void close() {
    owner.close();
  }
}
