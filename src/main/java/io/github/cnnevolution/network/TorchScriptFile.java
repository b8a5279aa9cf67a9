package io.github.cnnevolution.network;

import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.files.AtomicFile;
import io.github.cnnevolution.space.ActivationFunction;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Layer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
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
   * @throws IOException if the file cannot be written; one that was there is untouched
   */
  public static void write(
      Architecture architecture, Weights weights, Optional<Normalization> normalization, Path file)
      throws IOException {
    // LibTorch writes to names alone, and not in one step.
    Path scratch = Files.createTempFile("torchscript", ".pt");
    try (PointerScope scope = new PointerScope()) {
      new TorchScriptFile(weights).module(architecture, normalization).save(scratch.toString());
      AtomicFile.write(file, out -> Files.copy(scratch, out));
    } finally {
      Files.delete(scratch);
    }
  }

  private JitModule module(Architecture architecture, Optional<Normalization> normalization) {
    source.append("def forward(self, x: Tensor) -> Tensor:\n");
    normalization.ifPresent(this::normalize);
    architecture.layers().forEach(this::add);
    source.append("  return x\n");
    root.define(source.toString());
    return root;
  }

  private void normalize(Normalization normalization) {
    root.register_buffer("mean", perChannel(normalization.mean()));
    root.register_buffer("std", perChannel(normalization.std()));
    // This source knows types by their numbers: 0 is uint8, 6 is float32.
    source.append("  if x.dtype == 0:\n    x = torch.div(torch.to(x, 6), 255.0)\n");
    step("torch.div(torch.sub(x, self.mean), self.std)");
  }

  /** [1, C, 1, 1]. */
  private static Tensor perChannel(List<Double> values) {
    Tensor tensor = torch.empty(1, values.size(), 1, 1);
    for (int channel = 0; channel < values.size(); channel++) {
      tensor.narrow(1, channel, 1).fill_(new Scalar(values.get(channel).floatValue()));
    }
    return tensor;
  }

  private void add(Layer layer) {
    if (layer instanceof Layer.Convolution convolution) {
      addConvolution(convolution);
    } else if (layer instanceof Layer.BatchNormalization) {
      step(
          "torch.batch_norm(x, %s, %s, %s, %s, False, %s, %s, True)"
              .formatted(
                  parameter(layer, "weight"),
                  parameter(layer, "bias"),
                  buffer(layer, "running_mean"),
                  buffer(layer, "running_var"),
                  Network.STATISTICS_MOMENTUM,
                  Network.EPSILON));
      buffer(layer, "num_batches_tracked");
    } else if (layer instanceof Layer.Linear) {
      step(
          "torch.linear(x, %s, %s)"
              .formatted(parameter(layer, "weight"), parameter(layer, "bias")));
    } else if (layer instanceof Layer.Activation activation) {
      step(call(activation.function()));
    } else if (layer instanceof Layer.MaxPool) {
      step("torch.max_pool2d(x, [2, 2], [2, 2], [0, 0], [1, 1], False)");
    } else if (layer instanceof Layer.Flatten) {
      step("torch.flatten(x, 1, -1)");
    } else if (!(layer instanceof Layer.Dropout)) {
      throw new IllegalStateException("no TorchScript for " + layer);
    }
  }

  private void addConvolution(Layer.Convolution layer) {
    int before = layer.padding().before();
    int after = layer.padding().after();
    boolean symmetric = layer.padding().isSymmetric();
    if (!symmetric) {
      step("torch.constant_pad_nd(x, [%d, %d, %d, %d], 0)".formatted(before, after, before, after));
    }
    int zeros = symmetric ? before : 0;
    step(
        "torch.conv2d(x, %s, %s, [%d, %d], [%d, %d], [1, 1], 1)"
            .formatted(
                parameter(layer, "weight"),
                parameter(layer, "bias"),
                layer.stride(),
                layer.stride(),
                zeros,
                zeros));
  }

  private static String call(ActivationFunction function) {
    return switch (function) {
      case RELU -> "torch.relu(x)";
      case ELU -> "torch.elu(x)";
      case LEAKY_RELU -> "torch.leaky_relu(x, 0.01)";
      case GELU -> "torch.gelu(x)";
    };
  }

  private void step(String value) {
    source.append("  x = ").append(value).append('\n');
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
    return "getattr(%s, \"%s\")".formatted(parent, name.substring(dot + 1));
  }
}
