package io.github.cnnevolution.network;

import io.github.cnnevolution.space.ActivationFunction;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The nonlinearities as operations. */
final class Activations {
  private Activations() {}

  /**
   * Overwrites its input, for tensors that no earlier operation needs in its backward pass. The
   * step returns the very object it was given: LibTorch's in-place functions return a reference
   * into it, which must not outlive it.
   */
  static Network.Step inPlace(ActivationFunction function) {
    return switch (function) {
      case RELU -> overwrite(torch::relu_);
      case ELU -> overwrite(torch::elu_);
      case LEAKY_RELU -> overwrite(x -> torch.leaky_relu_(x, new Scalar(0.01)));
      case GELU -> throw new IllegalArgumentException("GELU has no in-place form");
    };
  }

  private static Network.Step overwrite(Consumer<Tensor> operation) {
    return (x, dropout) -> {
      operation.accept(x);
      return x;
    };
  }

  static Network.Step outOfPlace(ActivationFunction function) {
    return switch (function) {
      case RELU -> (x, dropout) -> torch.relu(x);
      case ELU -> (x, dropout) -> torch.elu(x);
      case LEAKY_RELU -> (x, dropout) -> torch.leaky_relu(x, new Scalar(0.01));
      case GELU -> (x, dropout) -> torch.gelu(x);
    };
  }
}
