package io.github.cnnevolution.network;

import io.github.cnnevolution.space.Layer;
import java.util.Map;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * The forward pass in use, written layer by layer from the architecture and the state_dict: slow,
 * plain, separate.
 */
final class ReferenceForward {
  private ReferenceForward() {}

  static Tensor infer(Network network, Tensor images) {
    Map<String, Tensor> state =
        network.state().stream().collect(Collectors.toMap(NamedTensor::name, NamedTensor::tensor));
    Tensor x = images.contiguous();
    for (Layer layer : network.architecture().layers()) {
      x = apply(layer, x, state);
    }
    return x;
  }

  private static Tensor apply(Layer layer, Tensor x, Map<String, Tensor> state) {
    TensorOptional weight = optional(state.get(layer.name() + ".weight"));
    TensorOptional bias = optional(state.get(layer.name() + ".bias"));
    if (layer instanceof Layer.Convolution c) {
      long before = c.padding().before();
      long after = c.padding().after();
      Tensor padded = torch.constant_pad_nd(x, before, after, before, after);
      long[] stride = {c.stride(), c.stride()};
      return torch.conv2d(
          padded, weight.get(), bias, stride, new long[] {0, 0}, new long[] {1, 1}, 1);
    } else if (layer instanceof Layer.BatchNormalization) {
      TensorOptional mean = optional(state.get(layer.name() + ".running_mean"));
      TensorOptional variance = optional(state.get(layer.name() + ".running_var"));
      return torch.batch_norm(x, weight, bias, mean, variance, false, 0.1, 1e-5, false);
    } else if (layer instanceof Layer.Activation a) {
      return switch (a.function()) {
        case RELU -> x.clamp_min(new Scalar(0f));
        case ELU -> torch.where(x.gt(new Scalar(0f)), x, x.exp().sub(new Scalar(1f)));
        case LEAKY_RELU -> torch.where(x.gt(new Scalar(0f)), x, x.mul(new Scalar(0.01f)));
        case GELU ->
            x.mul(x.mul(new Scalar((float) Math.sqrt(0.5))).erf().add(new Scalar(1f)))
                .mul(new Scalar(0.5f));
      };
    } else if (layer instanceof Layer.MaxPool) {
      return torch.max_pool2d(x, 2, 2);
    } else if (layer instanceof Layer.Linear) {
      return torch.matmul(x, weight.get().t()).add(bias.get());
    } else if (layer instanceof Layer.Flatten) {
      return x.reshape(x.size(0), -1);
    }
    return x;
  }

  private static TensorOptional optional(Tensor tensor) {
    return tensor == null ? new TensorOptional() : new TensorOptional(tensor);
  }
}
