package io.github.cnnevolution.network;

import io.github.cnnevolution.space.Layer;
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
              : "getattr(%s, \"%s\")".formatted(expression, name);
    }
    return expression;
  }

  /** Whether a name can stand behind a dot. */
  static boolean isAttribute(String name) {
    return ATTRIBUTE.matcher(name).matches();
  }

  private String call(Layer layer) {
    return "%s(%s)".formatted(module(layer.name()), x);
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
      case RELU -> "nn.functional.relu(%s)".formatted(x);
      case ELU -> "nn.functional.elu(%s)".formatted(x);
      case LEAKY_RELU -> "nn.functional.leaky_relu(%s, 0.01)".formatted(x);
      case GELU -> "nn.functional.gelu(%s)".formatted(x);
      case SIGMOID -> "torch.sigmoid(%s)".formatted(x);
    };
  }

  @Override
  public String maxPool(Layer.MaxPool layer) {
    return "nn.functional.max_pool2d(%s, 2)".formatted(x);
  }

  @Override
  public String globalMeanPool(Layer.GlobalMeanPool layer) {
    return "%s.mean((2, 3))".formatted(x);
  }

  @Override
  public String dropout(Layer.Dropout layer) {
    return "nn.functional.dropout(%s, %s, self.training)".formatted(x, layer.probability());
  }

  @Override
  public String flatten(Layer.Flatten layer) {
    return "%s.flatten(1)".formatted(x);
  }

  @Override
  public String sum(Layer.Sum layer) {
    return String.join(" + ", inputs);
  }

  @Override
  public String scale(Layer.Scale layer) {
    boolean plane = layer.gate().dimensions().size() == 3;
    return "%s * %s%s".formatted(x, inputs.get(1), plane ? "" : "[:, :, None, None]");
  }
}
