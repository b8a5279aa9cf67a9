package io.github.cnnevolution.network;

import io.github.cnnevolution.space.Layer;
import io.github.cnnevolution.space.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * The forward pass in use, written layer by layer from the architecture and the state_dict: slow,
 * plain, separate.
 */
final class ReferenceForward implements Layer.Cases<Tensor> {
  private final Map<String, Tensor> state;
  private final List<Tensor> inputs;
  private final Tensor x;

  private ReferenceForward(Map<String, Tensor> state, List<Tensor> inputs) {
    this.state = state;
    this.inputs = inputs;
    this.x = inputs.get(0);
  }

  static Tensor infer(Network network, Tensor images) {
    return all(network, images).get(network.architecture().nodes().size() - 1);
  }

  /** What each node makes. */
  static Map<Integer, Tensor> all(Network network, Tensor images) {
    Map<String, Tensor> state =
        network.state().stream().collect(Collectors.toMap(NamedTensor::name, NamedTensor::tensor));
    Map<Integer, Tensor> made = new HashMap<>();
    made.put(Node.IMAGE, images.contiguous());
    List<Node> nodes = network.architecture().nodes();
    for (int i = 0; i < nodes.size(); i++) {
      List<Tensor> inputs = nodes.get(i).inputs().stream().map(made::get).toList();
      made.put(i, nodes.get(i).layer().accept(new ReferenceForward(state, inputs)));
    }
    return made;
  }

  private TensorOptional optional(Layer layer, String name) {
    Tensor tensor = state.get(layer.name() + "." + name);
    return tensor == null ? new TensorOptional() : new TensorOptional(tensor);
  }

  @Override
  public Tensor convolution(Layer.Convolution layer) {
    long before = layer.padding().before();
    long after = layer.padding().after();
    Tensor padded = torch.constant_pad_nd(x, before, after, before, after);
    Tensor weight = state.get(layer.name() + ".weight");
    long[] stride = {layer.stride(), layer.stride()};
    long[] none = {0, 0};
    long[] dilation = {1, 1};
    int groups = layer.groups();
    if (layer.kernel() == 1 && layer.stride() > 1) {
      // What the stride leaves is taken first: see CpuConvolutions on narrow ones.
      Tensor rows = padded.slice(2, new LongOptional(0), new LongOptional(), layer.stride());
      Tensor fewer = rows.slice(3, new LongOptional(0), new LongOptional(), layer.stride());
      long[] one = {1, 1};
      return torch.conv2d(fewer, weight, optional(layer, "bias"), one, none, dilation, groups);
    }
    return torch.conv2d(padded, weight, optional(layer, "bias"), stride, none, dilation, groups);
  }

  @Override
  public Tensor batchNormalization(Layer.BatchNormalization layer) {
    return torch.batch_norm(
        x,
        optional(layer, "weight"),
        optional(layer, "bias"),
        optional(layer, "running_mean"),
        optional(layer, "running_var"),
        false,
        0.1,
        1e-5,
        false);
  }

  @Override
  public Tensor activation(Layer.Activation layer) {
    return switch (layer.function()) {
      case RELU -> x.clamp_min(new Scalar(0f));
      case ELU -> torch.where(x.gt(new Scalar(0f)), x, x.exp().sub(new Scalar(1f)));
      case LEAKY_RELU -> torch.where(x.gt(new Scalar(0f)), x, x.mul(new Scalar(0.01f)));
      case GELU ->
          x.mul(x.mul(new Scalar((float) Math.sqrt(0.5))).erf().add(new Scalar(1f)))
              .mul(new Scalar(0.5f));
      case SILU -> x.div(x.neg().exp().add(new Scalar(1f)));
      case SIGMOID -> x.neg().exp().add(new Scalar(1f)).reciprocal();
    };
  }

  @Override
  public Tensor maxPool(Layer.MaxPool layer) {
    long zeros = layer.padding();
    Tensor padded =
        torch.constant_pad_nd(x, new long[] {zeros, zeros, zeros, zeros}, new Scalar(-1e30f));
    long[] window = {layer.window(), layer.window()};
    return torch.max_pool2d(
        padded, window, new long[] {2, 2}, new long[] {0, 0}, new long[] {1, 1}, false);
  }

  @Override
  public Tensor globalMaxPool(Layer.GlobalMaxPool layer) {
    return x.reshape(x.size(0), x.size(1), -1).amax(new long[] {2}, false);
  }

  @Override
  public Tensor globalMeanPool(Layer.GlobalMeanPool layer) {
    float pixels = (float) layer.input().elements() / layer.output().elements();
    return x.reshape(x.size(0), x.size(1), -1).sum(2).div(new Scalar(pixels));
  }

  @Override
  public Tensor dropout(Layer.Dropout layer) {
    return x;
  }

  @Override
  public Tensor flatten(Layer.Flatten layer) {
    return x.reshape(x.size(0), -1);
  }

  @Override
  public Tensor linear(Layer.Linear layer) {
    return torch
        .matmul(x, state.get(layer.name() + ".weight").t())
        .add(state.get(layer.name() + ".bias"));
  }

  @Override
  public Tensor sum(Layer.Sum layer) {
    return inputs.stream().reduce(Tensor::add).orElseThrow();
  }

  @Override
  public Tensor scale(Layer.Scale layer) {
    return x.mul(inputs.get(1).reshape(x.size(0), x.size(1), 1, 1));
  }
}
