package io.github.cnnevolution.network;

import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.files.AtomicFile;
import io.github.cnnevolution.space.ActivationFunction;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Layer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * A trained network as ONNX, for ONNX Runtime and whatever else reads that: the network in use,
 * with running statistics and without dropout. Input {@code images}, output {@code scores}, any
 * number of images.
 *
 * <p>Field numbers are those of onnx/onnx.proto3 in github.com/onnx/onnx; operators those of its
 * docs/Operators.md, version {@value #OPSET}, the first with Gelu, and the file format that came
 * with it.
 */
public final class OnnxFile {
  private static final int IR_VERSION = 9;
  private static final int OPSET = 20;

  // TensorProto.DataType
  private static final int FLOAT = 1;
  private static final int UINT8 = 2;

  // AttributeProto.AttributeType
  private static final int ATTRIBUTE_FLOAT = 1;
  private static final int ATTRIBUTE_INT = 2;
  private static final int ATTRIBUTE_INTS = 7;

  private static final String INPUT = "images";
  private static final String OUTPUT = "scores";
  private static final double MAX_VALUE = 255;

  private final ProtobufMessage graph = new ProtobufMessage();
  private final Weights weights;
  private String current = INPUT;

  private OnnxFile(Weights weights) {
    this.weights = weights;
  }

  /**
   * Writes the file.
   *
   * @param weights of the architecture
   * @param normalization if it is given, the input is uint8 pixels, normalised inside; else float32
   *     that is normalised already
   * @throws IOException if the file cannot be written; one that was there is untouched
   */
  public static void write(
      Architecture architecture, Weights weights, Optional<Normalization> normalization, Path file)
      throws IOException {
    ProtobufMessage model = new OnnxFile(weights).model(architecture, normalization);
    AtomicFile.write(file, model::writeTo);
  }

  private ProtobufMessage model(Architecture architecture, Optional<Normalization> normalization) {
    normalization.ifPresent(this::normalize);
    List<Layer> layers =
        architecture.layers().stream().filter(layer -> !(layer instanceof Layer.Dropout)).toList();
    for (int i = 0; i < layers.size(); i++) {
      add(layers.get(i), i + 1 < layers.size() ? layers.get(i).name() : OUTPUT);
    }
    graph.text(2, architecture.phenotype());
    graph.message(
        11,
        value(INPUT, normalization.isPresent() ? UINT8 : FLOAT, Architecture.INPUT.dimensions()));
    graph.message(12, value(OUTPUT, FLOAT, List.of(architecture.classes())));
    return new ProtobufMessage()
        .integer(1, IR_VERSION)
        .text(2, "cnn-evolution")
        .message(7, graph)
        .message(8, new ProtobufMessage().text(1, "").integer(2, OPSET));
  }

  /** A ValueInfoProto; the batch dimension has a name in place of a size. */
  private static ProtobufMessage value(String name, int type, List<Integer> shape) {
    ProtobufMessage dimensions = new ProtobufMessage();
    dimensions.message(1, new ProtobufMessage().text(2, "N"));
    shape.forEach(size -> dimensions.message(1, new ProtobufMessage().integer(1, size)));
    ProtobufMessage tensor = new ProtobufMessage().integer(1, type).message(2, dimensions);
    return new ProtobufMessage().text(1, name).message(2, new ProtobufMessage().message(1, tensor));
  }

  private void normalize(Normalization normalization) {
    // In units of the pixels' 0 to 255.
    constant("mean", perChannel(normalization.mean()));
    constant("std", perChannel(normalization.std()));
    node("Cast", "pixels", List.of(current), integer("to", FLOAT));
    node("Sub", "centred", List.of(current, "mean"));
    node("Div", "normalised", List.of(current, "std"));
  }

  private static float[] perChannel(List<Double> values) {
    float[] scaled = new float[values.size()];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) (values.get(i) * MAX_VALUE);
    }
    return scaled;
  }

  private void constant(String name, float[] values) {
    initializer(name, List.of((long) values.length, 1L, 1L), values);
  }

  private void add(Layer layer, String output) {
    if (layer instanceof Layer.Convolution convolution) {
      long before = convolution.padding().before();
      long after = convolution.padding().after();
      node(
          "Conv",
          output,
          inputs(layer, "weight", "bias"),
          integers("kernel_shape", convolution.kernel(), convolution.kernel()),
          integers("strides", convolution.stride(), convolution.stride()),
          integers("pads", before, before, after, after));
    } else if (layer instanceof Layer.BatchNormalization) {
      node(
          "BatchNormalization",
          output,
          inputs(layer, "weight", "bias", "running_mean", "running_var"),
          real("epsilon", Network.EPSILON));
    } else if (layer instanceof Layer.Linear) {
      node("Gemm", output, inputs(layer, "weight", "bias"), integer("transB", 1));
    } else if (layer instanceof Layer.Activation activation) {
      add(activation.function(), output);
    } else if (layer instanceof Layer.MaxPool) {
      node(
          "MaxPool",
          output,
          List.of(current),
          integers("kernel_shape", 2, 2),
          integers("strides", 2, 2));
    } else if (layer instanceof Layer.Flatten) {
      node("Flatten", output, List.of(current), integer("axis", 1));
    } else {
      throw new IllegalStateException("no ONNX operator for " + layer);
    }
  }

  private void add(ActivationFunction function, String output) {
    List<String> inputs = List.of(current);
    switch (function) {
      case RELU -> node("Relu", output, inputs);
      case ELU -> node("Elu", output, inputs, real("alpha", 1));
      case LEAKY_RELU -> node("LeakyRelu", output, inputs, real("alpha", 0.01));
      // Without an attribute it computes with erf.
      case GELU -> node("Gelu", output, inputs);
    }
  }

  /** The current tensor and the layer's own, which become initializers. */
  private List<String> inputs(Layer layer, String... names) {
    List<String> inputs = new ArrayList<>(List.of(current));
    for (String name : names) {
      String full = layer.name() + "." + name;
      Tensor tensor = weights.tensor(full);
      float[] values = new float[Math.toIntExact(tensor.numel())];
      tensor.data_ptr_float().get(values);
      List<Long> shape = new ArrayList<>();
      for (int i = 0; i < tensor.dim(); i++) {
        shape.add(tensor.size(i));
      }
      initializer(full, shape, values);
      inputs.add(full);
    }
    return inputs;
  }

  /** A TensorProto. */
  private void initializer(String name, List<Long> shape, float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    ProtobufMessage tensor = new ProtobufMessage();
    shape.forEach(size -> tensor.integer(1, size));
    graph.message(5, tensor.integer(2, FLOAT).text(8, name).bytes(9, bytes.array()));
  }

  /** A NodeProto whose output becomes the current tensor. */
  private void node(
      String operator, String output, List<String> inputs, ProtobufMessage... attributes) {
    ProtobufMessage node = new ProtobufMessage();
    inputs.forEach(input -> node.text(1, input));
    node.text(2, output).text(3, output).text(4, operator);
    for (ProtobufMessage attribute : attributes) {
      node.message(5, attribute);
    }
    graph.message(1, node);
    current = output;
  }

  private static ProtobufMessage integer(String name, long value) {
    return new ProtobufMessage().text(1, name).integer(3, value).integer(20, ATTRIBUTE_INT);
  }

  private static ProtobufMessage integers(String name, long... values) {
    ProtobufMessage attribute = new ProtobufMessage().text(1, name);
    for (long value : values) {
      attribute.integer(8, value);
    }
    return attribute.integer(20, ATTRIBUTE_INTS);
  }

  private static ProtobufMessage real(String name, double value) {
    return new ProtobufMessage().text(1, name).real(2, (float) value).integer(20, ATTRIBUTE_FLOAT);
  }
}
