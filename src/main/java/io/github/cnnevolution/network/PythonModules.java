package io.github.cnnevolution.network;

import io.github.cnnevolution.space.ActivationFunction;
import io.github.cnnevolution.space.Layer;
import io.github.cnnevolution.text.Text;

/** Layers as modules of PyTorch, in Python; they fit into an {@code nn.Sequential}. */
final class PythonModules implements Layer.Cases<String> {
  @Override
  public String convolution(Layer.Convolution layer) {
    String padding =
        layer.stride() == 1 && layer.padding().equals(Layer.Padding.same(layer.kernel()))
            ? "padding=\"same\""
            : Text.format("stride=%d, padding=%d", layer.stride(), layer.padding().before());
    return Text.format(
        "nn.Conv2d(%d, %d, %d, %s%s%s)",
        layer.input().channels(),
        layer.output().channels(),
        layer.kernel(),
        padding,
        layer.groups() == 1 ? "" : ", groups=" + layer.groups(),
        layer.bias() ? "" : ", bias=False");
  }

  @Override
  public String batchNormalization(Layer.BatchNormalization layer) {
    return Text.format("nn.BatchNorm2d(%d)", layer.input().channels());
  }

  @Override
  public String linear(Layer.Linear layer) {
    return Text.format("nn.Linear(%d, %d)", layer.input().channels(), layer.output().channels());
  }

  @Override
  public String activation(Layer.Activation layer) {
    // The values that are not PyTorch's defaults everywhere are spelled out.
    return layer.function() == ActivationFunction.LEAKY_RELU
        ? "nn.LeakyReLU(0.01)"
        : Text.format("nn.%s()", layer.function().torchName());
  }

  @Override
  public String maxPool(Layer.MaxPool layer) {
    return layer.window() == 2 ? "nn.MaxPool2d(2)" : "nn.MaxPool2d(3, 2, 1)";
  }

  @Override
  public String globalMaxPool(Layer.GlobalMaxPool layer) {
    return "nn.Sequential(nn.AdaptiveMaxPool2d(1), nn.Flatten())";
  }

  @Override
  public String globalMeanPool(Layer.GlobalMeanPool layer) {
    return "nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())";
  }

  @Override
  public String dropout(Layer.Dropout layer) {
    return Text.format("nn.Dropout(%s)", layer.probability());
  }

  @Override
  public String flatten(Layer.Flatten layer) {
    return "nn.Flatten()";
  }

  @Override
  public String sum(Layer.Sum layer) {
    throw new IllegalArgumentException("a sum is no module");
  }

  @Override
  public String scale(Layer.Scale layer) {
    throw new IllegalArgumentException("a product is no module");
  }
}
