package io.github.cnnevolution.network;

import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Layer;
import io.github.cnnevolution.text.Text;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * An architecture as a Python module for people to read and change: a class whose state_dict has
 * the names of {@code best_model.pt}, and a function that loads that. The class is an {@code
 * nn.Sequential} if the network is a chain of layers that are named so.
 */
public final class PythonSource {
  private static final String INDENT = "    ";

  private final StringBuilder text = new StringBuilder();

  private PythonSource() {}

  /**
   * The text of a module that needs nothing but PyTorch.
   *
   * @param normalization of the images that the network was trained on
   * @param normalizes whether its networks normalise by themselves unless told otherwise
   * @param classes the names of the classes as a JSON array, which is a list in Python too
   */
  public static String of(
      Architecture architecture, Normalization normalization, boolean normalizes, String classes) {
    PythonSource source = new PythonSource();
    source.head(architecture, normalization, normalizes);
    source.line(0, "");
    source.line(0, "# By label: CLASSES[scores.argmax(1)[0]] is the class of the first image.");
    source.line(0, "CLASSES = " + classes);
    source.network(architecture, normalizes);
    source.functions(normalizes);
    return source.text.toString();
  }

  private void head(Architecture architecture, Normalization normalization, boolean normalizes) {
    line(
        0,
        Text.format("\"\"\"The network %s, exported by CNN Evolution.", architecture.phenotype()));
    line(0, "");
    line(0, "model = load(\"best_model.pt\")");
    line(
        0,
        Text.format(
            "scores = model(%s)  # images: [N, 3, 32, 32], uint8 or in [0, 1]",
            normalizes ? "images" : "normalize(images)"));
    line(0, "probabilities = scores.softmax(1)");
    line(0, "\"\"\"");
    line(0, "import torch");
    line(0, "from torch import nn");
    line(0, "");
    line(0, "# Of the training images: red, green, blue, for pixels scaled to [0, 1].");
    line(0, Text.format("MEAN = %s", tuple(normalization.mean())));
    line(0, Text.format("STD = %s", tuple(normalization.std())));
  }

  private void network(Architecture architecture, boolean normalizes) {
    line(0, "");
    line(0, "");
    boolean sequential = PythonGraph.isSequential(architecture);
    line(0, Text.format("class Network(nn.%s):", sequential ? "Sequential" : "Module"));
    line(
        1,
        Text.format(
            "\"\"\"%,d parameters; %,d floating-point operations an image.",
            architecture.parameters(), architecture.flops()));
    line(0, "");
    line(1, "Behind each layer: its output without the batch dimension.");
    line(1, "\"\"\"");
    line(0, "");
    line(1, Text.format("def __init__(self, normalizes=%s):", bool(normalizes)));
    if (sequential) {
      line(2, "super().__init__(");
      layers(architecture.layers());
      line(2, ")");
    } else {
      line(2, "super().__init__()");
      PythonGraph.modules(architecture).forEach(statement -> line(2, statement));
    }
    line(2, "self.normalizes = normalizes");
    line(0, "");
    line(1, "def forward(self, images):");
    line(2, Text.format("\"\"\"Class scores before the softmax, [N, %d].", architecture.classes()));
    line(0, "");
    line(2, "images: [N, 3, 32, 32], normalised; what `normalize` takes if self.normalizes");
    line(2, "\"\"\"");
    if (sequential) {
      line(2, "return super().forward(normalize(images) if self.normalizes else images)");
    } else {
      PythonGraph.forward(architecture).forEach(statement -> line(2, statement));
    }
  }

  private void layers(List<Layer> layers) {
    PythonModules modules = new PythonModules();
    Optional<String> open = Optional.empty();
    for (Layer layer : layers) {
      int dot = layer.name().indexOf('.');
      Optional<String> block =
          dot < 0 ? Optional.empty() : Optional.of(layer.name().substring(0, dot));
      if (!block.equals(open)) {
        open.ifPresent(name -> line(3, "),"));
        block.ifPresent(name -> line(3, "nn.Sequential("));
        open = block;
      }
      line(
          block.isPresent() ? 4 : 3,
          Text.format("%s,  # %s", layer.accept(modules), layer.output()));
    }
  }

  private void functions(boolean normalizes) {
    line(0, "");
    line(0, "");
    line(0, "def normalize(images):");
    line(1, "\"\"\"What the network was trained on, from uint8 pixels or floats in [0, 1].\"\"\"");
    line(1, "pixels = images / 255 if images.dtype == torch.uint8 else images");
    line(1, "mean = torch.tensor(MEAN, device=pixels.device).view(3, 1, 1)");
    line(1, "std = torch.tensor(STD, device=pixels.device).view(3, 1, 1)");
    line(1, "return (pixels - mean) / std");
    line(0, "");
    line(0, "");
    line(0, Text.format("def load(path, normalizes=%s):", bool(normalizes)));
    line(1, "\"\"\"The trained network, ready for use; for more training call its train().\"\"\"");
    line(1, "model = Network(normalizes)");
    line(1, "model.load_state_dict(torch.load(path, map_location=\"cpu\", weights_only=True))");
    line(1, "return model.eval()");
  }

  private static String tuple(List<Double> values) {
    return values.stream().map(String::valueOf).collect(Collectors.joining(", ", "(", ")"));
  }

  private static String bool(boolean value) {
    return value ? "True" : "False";
  }

  private void line(int depth, String content) {
    text.append(content.isEmpty() ? "" : INDENT.repeat(depth)).append(content).append('\n');
  }
}
