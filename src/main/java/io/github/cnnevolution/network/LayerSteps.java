package io.github.cnnevolution.network;

import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeOwner;
import io.github.cnnevolution.space.Layer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Translates layers, each once and in the order of the network: adds what they learn to a tree of
 * modules, and makes the steps that compute them.
 */
final class LayerSteps implements Layer.Cases<Step> {
  // PyTorch's defaults for BatchNorm2d.
  static final double STATISTICS_MOMENTUM = 0.1;
  static final double EPSILON = 1e-5;

  /** Height and width. */
  private static final long[] PLANE = {2, 3};

  private static final long[] POOL_STRIDE = {2, 2};
  private static final long[] POOL_DILATION = {1, 1};

  private final ModuleTree tree;
  private final NativeOwner owner;
  private final Map<String, ConvolutionStep> convolutions = new HashMap<>();
  private final List<Tensor> batchCounts = new ArrayList<>();

  LayerSteps(ModuleTree tree, NativeOwner owner) {
    this.tree = tree;
    this.owner = owner;
  }

  /** The step of a convolution that was translated before. */
  ConvolutionStep convolutionStep(Layer.Convolution layer) {
    return convolutions.get(layer.name());
  }

  /** PyTorch's {@code num_batches_tracked} of each normalisation. */
  List<Tensor> batchCounts() {
    return batchCounts;
  }

  @Override
  public Step convolution(Layer.Convolution layer) {
    int inputs = layer.channelsPerGroup();
    int outputs = layer.output().channels();
    int kernel = layer.kernel();
    long fanIn = (long) inputs * kernel * kernel;
    Tensor weight = tree.addFactor(layer, "weight", fanIn, outputs, inputs, kernel, kernel);
    TensorOptional bias =
        layer.bias()
            ? optional(tree.addFactor(layer, "bias", fanIn, outputs))
            : owner.keep(new TensorOptional());
    ConvolutionStep step = new ConvolutionStep(layer, weight, bias);
    convolutions.put(layer.name(), step);
    return tree.isOnCpu()
        ? CpuConvolutions.training(step, Devices.cpuMultipliesTiles()).orElse(step)
        : step;
  }

  @Override
  public Step batchNormalization(Layer.BatchNormalization layer) {
    int channels = layer.input().channels();
    TensorOptional weight = optional(tree.addParameter(layer, "weight", tree.ones(channels)));
    TensorOptional bias = optional(tree.addParameter(layer, "bias", tree.zeros(channels)));
    TensorOptional mean = optional(tree.addBuffer(layer, "running_mean", tree.zeros(channels)));
    TensorOptional variance = optional(tree.addBuffer(layer, "running_var", tree.ones(channels)));
    batchCounts.add(tree.addBuffer(layer, "num_batches_tracked", tree.zero()));
    return (pass, inputs) ->
        torch.batch_norm(
            inputs[0],
            weight,
            bias,
            mean,
            variance,
            pass.training(),
            STATISTICS_MOMENTUM,
            EPSILON,
            true);
  }

  @Override
  public Step linear(Layer.Linear layer) {
    int inputs = layer.input().channels();
    int outputs = layer.output().channels();
    Tensor weight = tree.addFactor(layer, "weight", inputs, outputs, inputs);
    TensorOptional bias = optional(tree.addFactor(layer, "bias", inputs, outputs));
    return (pass, x) -> torch.linear(x[0], weight, bias);
  }

  @Override
  public Step activation(Layer.Activation layer) {
    return Activations.outOfPlace(layer.function());
  }

  @Override
  public Step maxPool(Layer.MaxPool layer) {
    if (layer.window() == 2) {
      return (pass, inputs) -> torch.max_pool2d(inputs[0], 2, 2);
    }
    long[] window = {layer.window(), layer.window()};
    long[] padding = {layer.padding(), layer.padding()};
    return (pass, inputs) ->
        torch.max_pool2d(inputs[0], window, POOL_STRIDE, padding, POOL_DILATION, false);
  }

  @Override
  public Step globalMaxPool(Layer.GlobalMaxPool layer) {
    return (pass, inputs) -> inputs[0].amax(PLANE, false);
  }

  @Override
  public Step globalMeanPool(Layer.GlobalMeanPool layer) {
    if (!tree.isOnCpu()) {
      return (pass, inputs) -> inputs[0].mean(PLANE);
    }
    // On the CPU sums of channels_last planes take a fifth of the time of means.
    double share = 1.0 / (layer.input().side() * layer.input().side());
    Scalar factor = owner.keep(new Scalar(share));
    return (pass, inputs) -> inputs[0].sum(PLANE).mul_(factor);
  }

  @Override
  public Step dropout(Layer.Dropout layer) {
    return (pass, inputs) ->
        pass.dropout()
            .map(dropout -> dropout.apply(inputs[0], layer.probability()))
            .orElse(inputs[0]);
  }

  @Override
  public Step flatten(Layer.Flatten layer) {
    return (pass, inputs) -> inputs[0].flatten(1, -1);
  }

  @Override
  public Step sum(Layer.Sum layer) {
    return (pass, inputs) -> {
      Tensor sum = inputs[0].add(inputs[1]);
      for (int i = 2; i < inputs.length; i++) {
        sum.add_(inputs[i]);
      }
      return sum;
    };
  }

  @Override
  public Step scale(Layer.Scale layer) {
    long channels = layer.input().channels();
    return (pass, inputs) -> {
      try (Tensor gate = inputs[1].view(inputs[1].size(0), channels, 1, 1)) {
        return inputs[0].mul(gate);
      }
    };
  }

  private TensorOptional optional(Tensor tensor) {
    return owner.keep(new TensorOptional(tensor));
  }
}
