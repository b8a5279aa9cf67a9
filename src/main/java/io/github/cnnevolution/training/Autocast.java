package io.github.cnnevolution.training;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Precision;
import org.bytedeco.pytorch.global.torch;

/**
 * Mixed precision around a forward pass: while open, matrix products and convolutions of this
 * thread compute in the given precision, and casts of weights are kept until it closes (PyTorch's
 * {@code torch.autocast}). The backward pass needs no autocast: it computes each gradient in the
 * type of its forward operation.
 */
final class Autocast implements AutoCloseable {
  private final ComputeDevice device;
  private final boolean enabled;

  Autocast(ComputeDevice device, Precision precision) {
    this.device = device;
    this.enabled = precision != Precision.FP32;
    if (enabled) {
      torch.set_autocast_enabled(device.type(), true);
      torch.set_autocast_dtype(device.type(), precision.scalarType());
      torch.increment_nesting();
    }
  }

  @Override
  public void close() {
    if (enabled) {
      if (torch.decrement_nesting() == 0) {
        torch.clear_cache();
      }
      torch.set_autocast_enabled(device.type(), false);
    }
  }
}
