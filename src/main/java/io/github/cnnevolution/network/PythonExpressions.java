package io.github.cnnevolution.network;

import io.github.cnnevolution.space.Layer;
import io.github.cnnevolution.text.Text;
import java.util.List;
import java.util.regex.Pattern;

/** What computes a layer in Python, from the variables that it reads. */
final class PythonExpressions implements Layer.Cases<String> {
  private static final Pattern ATTRIBUTE = Pattern.compile("[A-Za-z_]\\w*");

  private final List<String> inputs;
  private final String x;

  PythonExpressions(List<String> inputs) {
    this.inputs = inputs;
    this.x = inputs.get(0);
  }

  /** The expression for a module of this path, such as {@code self.block1.conv}. */
  static String module(String path) {
    String expression = "self";
    for (String name : path.split("\\.", -1)) {
      expression =
          isAttribute(name)
              ? expression + "." + name
              : Text.format("getattr(%s, \"%s\")", expression, name);
    }
    return expression;
  }

  /** Whether a name can stand behind a dot. */
  static boolean isAttribute(String name) {
    return ATTRIBUTE.matcher(name).matches();
  }

  private String call(Layer layer) {
    return Text.format("%s(%s)", module(layer.name()), x);
  }

  @Override
  public String convolution(Layer.Convolution layer) {
    return call(layer);
  }

  @Override
  public String batchNormalization(Layer.BatchNormalization layer) {
    return call(layer);
  }

  @Override
  public String linear(Layer.Linear layer) {
    return call(layer);
  }

  @Override
  public String activation(Layer.Activation layer) {
    return switch (layer.function()) {
      case RELU -> Text.format("nn.functional.relu(%s)", x);
      case ELU -> Text.format("nn.functional.elu(%s)", x);
      case LEAKY_RELU -> Text.format("nn.functional.leaky_relu(%s, 0.01)", x);
      case GELU -> Text.format("nn.functional.gelu(%s)", x);
      case SILU -> Text.format("nn.functional.silu(%s)", x);
      case SIGMOID -> Text.format("torch.sigmoid(%s)", x);
    };
  }

  @Override
  public String maxPool(Layer.MaxPool layer) {
    return Text.format(
        "nn.functional.max_pool2d(%s, %s)", x, layer.window() == 2 ? "2" : "3, 2, 1");
  }

  @Override
  public String globalMaxPool(Layer.GlobalMaxPool layer) {
    return Text.format("%s.amax((2, 3))", x);
  }

  @Override
  public String globalMeanPool(Layer.GlobalMeanPool layer) {
    return Text.format("%s.mean((2, 3))", x);
  }

  @Override
  public String dropout(Layer.Dropout layer) {
    return Text.format("nn.functional.dropout(%s, %s, self.training)", x, layer.probability());
  }

  @Override
  public String flatten(Layer.Flatten layer) {
    return Text.format("%s.flatten(1)", x);
  }

  @Override
  public String sum(Layer.Sum layer) {
    return String.join(" + ", inputs);
  }

  @Override
  public String scale(Layer.Scale layer) {
    boolean plane = layer.gate().dimensions().size() == 3;
    return Text.format("%s * %s%s", x, inputs.get(1), plane ? "" : "[:, :, None, None]");
  }
}
