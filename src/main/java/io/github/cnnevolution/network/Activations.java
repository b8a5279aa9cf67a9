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
  static Step inPlace(ActivationFunction function) {
    return switch (function) {
      case RELU -> overwrite(torch::relu_);
      case ELU -> overwrite(torch::elu_);
      case LEAKY_RELU -> overwrite(x -> torch.leaky_relu_(x, new Scalar(0.01)));
      case SIGMOID -> overwrite(torch::sigmoid_);
      case GELU, SILU ->
          throw new IllegalArgumentException(function.torchName() + " has no in-place form");
    };
  }

  private static Step overwrite(Consumer<Tensor> operation) {
    return (pass, inputs) -> {
      operation.accept(inputs[0]);
      return inputs[0];
    };
  }

  static Step outOfPlace(ActivationFunction function) {
    return switch (function) {
      case RELU -> (pass, inputs) -> torch.relu(inputs[0]);
      case ELU -> (pass, inputs) -> torch.elu(inputs[0]);
      case LEAKY_RELU -> (pass, inputs) -> torch.leaky_relu(inputs[0], new Scalar(0.01));
      case GELU -> (pass, inputs) -> torch.gelu(inputs[0]);
      case SILU -> (pass, inputs) -> torch.silu(inputs[0]);
      case SIGMOID -> (pass, inputs) -> torch.sigmoid(inputs[0]);
    };
  }
}
