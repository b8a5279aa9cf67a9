package io.github.cnnevolution.network;

import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.files.AtomicFile;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Layer;
import io.github.cnnevolution.space.Node;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.ExtraFilesMap;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A trained network as TorchScript, which {@code torch.jit.load} reads in Python and in C++ without
 * a definition of the network.
 *
 * <p>It is the network in use: normalisation by running statistics, no dropout, whatever {@code
 * train()} says. Its state_dict has the names of {@code best_model.pt}.
 */
public final class TorchScriptFile {
  private static final Set<String> RESERVED = Set.of("self", "torch", "getattr", "Tensor");

  private final Map<String, JitModule> modules = new HashMap<>();
  private final StringBuilder source = new StringBuilder();
  private final Weights weights;
  private final JitModule root = new JitModule(new QualifiedName("__torch__.Network"));

  private TorchScriptFile(Weights weights) {
    this.weights = weights;
  }

  /**
   * Writes the file.
   *
   * @param weights of the architecture
   * @param normalization if it is given, the module takes images as they are, uint8 or float32 in
   *     [0, 1], and normalises them itself
   * @param metadata texts by name, which become extra files of the archive
   * @throws IOException if the file cannot be written; one that was there is untouched
   */
  public static void write(
      Architecture architecture,
      Weights weights,
      Optional<Normalization> normalization,
      Map<String, String> metadata,
      Path file)
      throws IOException {
    // LibTorch writes to names alone, not in one step, and puts the name of the file into it.
    Path directory = Files.createTempDirectory("torchscript");
    Path scratch = directory.resolve("network.pt");
    try (PointerScope scope = new PointerScope()) {
      ExtraFilesMap extra = new ExtraFilesMap();
      metadata.forEach(
          (name, value) -> {
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            extra.put(
                new BytePointer(name, StandardCharsets.UTF_8),
                new BytePointer(bytes).limit(bytes.length));
          });
      new TorchScriptFile(weights)
          .module(architecture, normalization)
          .save(scratch.toString(), extra);
      AtomicFile.write(file, out -> Files.copy(scratch, out));
    } finally {
      Files.deleteIfExists(scratch);
      Files.delete(directory);
    }
  }

  private JitModule module(Architecture architecture, Optional<Normalization> normalization) {
    Variables variables = new Variables(architecture, RESERVED);
    source.append("def forward(self, x: Tensor) -> Tensor:\n");
    normalization.ifPresent(values -> normalize(values, architecture));
    assign(variables.image(), "x");
    for (int i = 0; i < architecture.nodes().size(); i++) {
      Node node = architecture.nodes().get(i);
      assign(variables.of(i), node.layer().accept(new Expressions(variables.inputs(node))));
    }
    source.append("  return x\n");
    root.define(source.toString());
    return root;
  }

  private void normalize(Normalization normalization, Architecture architecture) {
    String mean = free("mean", architecture);
    String std = free("std", architecture);
    root.register_buffer(mean, perChannel(normalization.mean()));
    root.register_buffer(std, perChannel(normalization.std()));
    // This source knows types by their numbers: 0 is uint8, 6 is float32.
    source.append("  if x.dtype == 0:\n    x = torch.div(torch.to(x, 6), 255.0)\n");
    assign("x", Text.format("torch.div(torch.sub(x, self.%s), self.%s)", mean, std));
  }

  /** A name that no layer has, nor what stands above one. */
  private static String free(String name, Architecture architecture) {
    boolean taken =
        architecture.layers().stream()
            .anyMatch(layer -> (layer.name() + ".").startsWith(name + "."));
    return taken ? free(name + "_", architecture) : name;
  }

  /** [1, C, 1, 1]. */
  private static Tensor perChannel(List<Double> values) {
    Tensor tensor = torch.empty(1, values.size(), 1, 1);
    for (int channel = 0; channel < values.size(); channel++) {
      tensor.narrow(1, channel, 1).fill_(new Scalar(values.get(channel).floatValue()));
    }
    return tensor;
  }

  private void assign(String variable, String value) {
    if (!variable.equals(value)) {
      source.append("  ").append(variable).append(" = ").append(value).append('\n');
    }
  }

  /** What computes a layer from the variables that it reads. */
  private final class Expressions implements Layer.Cases<String> {
    private final List<String> inputs;
    private final String x;

    Expressions(List<String> inputs) {
      this.inputs = inputs;
      this.x = inputs.get(0);
    }

    @Override
    public String convolution(Layer.Convolution layer) {
      int before = layer.padding().before();
      int after = layer.padding().after();
      boolean symmetric = layer.padding().isSymmetric();
      int zeros = symmetric ? before : 0;
      return Text.format(
          "torch.conv2d(%s, %s, %s, [%d, %d], [%d, %d], [1, 1], %d)",
          symmetric
              ? x
              : Text.format(
                  "torch.constant_pad_nd(%s, [%d, %d, %d, %d], 0)",
                  x, before, after, before, after),
          parameter(layer, "weight"),
          layer.bias() ? parameter(layer, "bias") : "None",
          layer.stride(),
          layer.stride(),
          zeros,
          zeros,
          layer.groups());
    }

    @Override
    public String batchNormalization(Layer.BatchNormalization layer) {
      String call =
          Text.format(
              "torch.batch_norm(%s, %s, %s, %s, %s, False, %s, %s, True)",
              x,
              parameter(layer, "weight"),
              parameter(layer, "bias"),
              buffer(layer, "running_mean"),
              buffer(layer, "running_var"),
              LayerSteps.STATISTICS_MOMENTUM,
              LayerSteps.EPSILON);
      buffer(layer, "num_batches_tracked");
      return call;
    }

    @Override
    public String linear(Layer.Linear layer) {
      return Text.format(
          "torch.linear(%s, %s, %s)", x, parameter(layer, "weight"), parameter(layer, "bias"));
    }

    @Override
    public String activation(Layer.Activation layer) {
      return switch (layer.function()) {
        case RELU -> Text.format("torch.relu(%s)", x);
        case ELU -> Text.format("torch.elu(%s)", x);
        case LEAKY_RELU -> Text.format("torch.leaky_relu(%s, 0.01)", x);
        case GELU -> Text.format("torch.gelu(%s)", x);
        case SILU -> Text.format("torch.silu(%s)", x);
        case SIGMOID -> Text.format("torch.sigmoid(%s)", x);
      };
    }

    @Override
    public String maxPool(Layer.MaxPool layer) {
      return Text.format(
          "torch.max_pool2d(%s, [%d, %d], [2, 2], [%d, %d], [1, 1], False)",
          x, layer.window(), layer.window(), layer.padding(), layer.padding());
    }

    @Override
    public String globalMaxPool(Layer.GlobalMaxPool layer) {
      return Text.format("torch.amax(%s, [2, 3], False)", x);
    }

    @Override
    public String globalMeanPool(Layer.GlobalMeanPool layer) {
      return Text.format("torch.mean(%s, [2, 3])", x);
    }

    @Override
    public String flatten(Layer.Flatten layer) {
      return Text.format("torch.flatten(%s, 1, -1)", x);
    }

    @Override
    public String dropout(Layer.Dropout layer) {
      return x;
    }

    @Override
    public String sum(Layer.Sum layer) {
      return inputs.stream().reduce((a, b) -> Text.format("torch.add(%s, %s)", a, b)).orElseThrow();
    }

    @Override
    public String scale(Layer.Scale layer) {
      return Text.format(
          "torch.mul(%s, torch.reshape(%s, [-1, %d, 1, 1]))",
          x, inputs.get(1), layer.input().channels());
    }
  }

  /** Registers a parameter; returns the expression for it. */
  private String parameter(Layer layer, String name) {
    Tensor values = weights.tensor(layer.name() + "." + name);
    module(layer.name()).register_parameter(name, values, false);
    return expression(layer.name()) + "." + name;
  }

  private String buffer(Layer layer, String name) {
    Tensor values = weights.tensor(layer.name() + "." + name);
    module(layer.name()).register_buffer(name, values);
    return expression(layer.name()) + "." + name;
  }

  /** The module of this name, such as {@code 1.0}, put into its place if it is new. */
  private JitModule module(String name) {
    JitModule known = modules.get(name);
    if (known != null) {
      return known;
    }
    int dot = name.lastIndexOf('.');
    JitModule parent = dot < 0 ? root : module(name.substring(0, dot));
    JitModule module =
        new JitModule(new QualifiedName("__torch__.Layer_" + name.replace('.', '_')));
    parent.register_module(name.substring(dot + 1), module);
    modules.put(name, module);
    return module;
  }

  /** Names of digits are no identifiers, so that each has to be looked up. */
  private static String expression(String name) {
    int dot = name.lastIndexOf('.');
    String parent = dot < 0 ? "self" : expression(name.substring(0, dot));
    return Text.format("getattr(%s, \"%s\")", parent, name.substring(dot + 1));
  }
}
