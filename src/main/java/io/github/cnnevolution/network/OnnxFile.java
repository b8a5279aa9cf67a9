package io.github.cnnevolution.network;

import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.files.AtomicFile;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Layer;
import io.github.cnnevolution.space.Node;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
  private static final int INT64 = 7;

  // AttributeProto.AttributeType
  private static final int ATTRIBUTE_FLOAT = 1;
  private static final int ATTRIBUTE_INT = 2;
  private static final int ATTRIBUTE_INTS = 7;

  private static final String INPUT = "images";
  private static final String OUTPUT = "scores";
  private static final Set<String> RESERVED =
      Set.of(INPUT, OUTPUT, "mean", "std", "pixels", "centred", "normalised");
  private static final double MAX_VALUE = 255;

  private final ProtobufMessage graph = new ProtobufMessage();
  private final Weights weights;

  private OnnxFile(Weights weights) {
    this.weights = weights;
  }

  /**
   * Writes the file.
   *
   * @param weights of the architecture
   * @param normalization if it is given, the input is uint8 pixels, normalised inside; else float32
   *     that is normalised already
   * @param metadata texts by name, for {@code metadata_props}
   * @throws IOException if the file cannot be written; one that was there is untouched
   */
  public static void write(
      Architecture architecture,
      Weights weights,
      Optional<Normalization> normalization,
      Map<String, String> metadata,
      Path file)
      throws IOException {
    ProtobufMessage model = new OnnxFile(weights).model(architecture, normalization);
    metadata.forEach(
        (name, value) -> model.message(14, new ProtobufMessage().text(1, name).text(2, value)));
    AtomicFile.write(file, model::writeTo);
  }

  private ProtobufMessage model(Architecture architecture, Optional<Normalization> normalization) {
    Map<Integer, String> tensors = new HashMap<>();
    tensors.put(Node.IMAGE, normalization.map(this::normalize).orElse(INPUT));
    int last = architecture.nodes().size() - 1;
    for (int i = 0; i <= last; i++) {
      Node node = architecture.nodes().get(i);
      List<String> inputs = node.inputs().stream().map(tensors::get).toList();
      String output = i == last ? OUTPUT : name(node.layer());
      tensors.put(i, node.layer().accept(new Operators(inputs, output)));
    }
    graph.text(2, architecture.phenotype());
    graph.message(
        11,
        value(INPUT, normalization.isPresent() ? UINT8 : FLOAT, architecture.input().dimensions()));
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

  /** The tensor of a layer: its name, unless that means something else here. */
  private static String name(Layer layer) {
    return RESERVED.contains(layer.name()) ? layer.name() + "_" : layer.name();
  }

  /** Adds the normalisation; returns what it makes. */
  private String normalize(Normalization normalization) {
    // In units of the pixels' 0 to 255.
    constant("mean", perChannel(normalization.mean()));
    constant("std", perChannel(normalization.std()));
    String pixels = node("Cast", "pixels", List.of(INPUT), integer("to", FLOAT));
    String centred = node("Sub", "centred", List.of(pixels, "mean"));
    return node("Div", "normalised", List.of(centred, "std"));
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

  /** Adds what computes a layer; each returns the tensor that holds the result. */
  private final class Operators implements Layer.Cases<String> {
    private final List<String> inputs;
    private final String output;

    Operators(List<String> inputs, String output) {
      this.inputs = inputs;
      this.output = output;
    }

    @Override
    public String convolution(Layer.Convolution layer) {
      long before = layer.padding().before();
      long after = layer.padding().after();
      return node(
          "Conv",
          output,
          layer.bias() ? with(layer, "weight", "bias") : with(layer, "weight"),
          integers("kernel_shape", layer.kernel(), layer.kernel()),
          integers("strides", layer.stride(), layer.stride()),
          integers("pads", before, before, after, after),
          integer("group", layer.groups()));
    }

    @Override
    public String batchNormalization(Layer.BatchNormalization layer) {
      return node(
          "BatchNormalization",
          output,
          with(layer, "weight", "bias", "running_mean", "running_var"),
          real("epsilon", LayerSteps.EPSILON));
    }

    @Override
    public String linear(Layer.Linear layer) {
      return node("Gemm", output, with(layer, "weight", "bias"), integer("transB", 1));
    }

    @Override
    public String activation(Layer.Activation layer) {
      return switch (layer.function()) {
        case RELU -> node("Relu", output, inputs);
        case ELU -> node("Elu", output, inputs, real("alpha", 1));
        case LEAKY_RELU -> node("LeakyRelu", output, inputs, real("alpha", 0.01));
        // Without an attribute it computes with erf.
        case GELU -> node("Gelu", output, inputs);
        case SILU -> {
          String gate = node("Sigmoid", layer.name() + ".gate", inputs);
          yield node("Mul", output, List.of(inputs.get(0), gate));
        }
        case SIGMOID -> node("Sigmoid", output, inputs);
      };
    }

    @Override
    public String maxPool(Layer.MaxPool layer) {
      return node(
          "MaxPool",
          output,
          inputs,
          integers("kernel_shape", layer.window(), layer.window()),
          integers("strides", 2, 2),
          integers("pads", layer.padding(), layer.padding(), layer.padding(), layer.padding()));
    }

    @Override
    public String globalMaxPool(Layer.GlobalMaxPool layer) {
      String plane = node("GlobalMaxPool", layer.name() + ".plane", inputs);
      return node("Flatten", output, List.of(plane), integer("axis", 1));
    }

    @Override
    public String globalMeanPool(Layer.GlobalMeanPool layer) {
      String plane = node("GlobalAveragePool", layer.name() + ".plane", inputs);
      return node("Flatten", output, List.of(plane), integer("axis", 1));
    }

    @Override
    public String flatten(Layer.Flatten layer) {
      return node("Flatten", output, inputs, integer("axis", 1));
    }

    @Override
    public String dropout(Layer.Dropout layer) {
      return output.equals(OUTPUT) ? node("Identity", output, inputs) : inputs.get(0);
    }

    @Override
    public String sum(Layer.Sum layer) {
      return node("Sum", output, inputs);
    }

    @Override
    public String scale(Layer.Scale layer) {
      String factors = layer.name() + ".factors";
      String shape = layer.name() + ".shape";
      longs(shape, -1, layer.input().channels(), 1, 1);
      node("Reshape", factors, List.of(inputs.get(1), shape));
      return node("Mul", output, List.of(inputs.get(0), factors));
    }

    /** The inputs and the layer's own tensors, which become initializers. */
    private List<String> with(Layer layer, String... names) {
      List<String> all = new ArrayList<>(inputs);
      for (String name : names) {
        all.add(initializer(layer.name() + "." + name));
      }
      return all;
    }
  }

  /** Adds a tensor of the state_dict under its name. */
  private String initializer(String name) {
    Tensor tensor = weights.tensor(name);
    float[] values = new float[Math.toIntExact(tensor.numel())];
    tensor.data_ptr_float().get(values);
    List<Long> shape = new ArrayList<>();
    for (int i = 0; i < tensor.dim(); i++) {
      shape.add(tensor.size(i));
    }
    initializer(name, shape, values);
    return name;
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

  /** A TensorProto of whole numbers, [n]. */
  private void longs(String name, long... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    ProtobufMessage tensor = new ProtobufMessage().integer(1, values.length);
    graph.message(5, tensor.integer(2, INT64).text(8, name).bytes(9, bytes.array()));
  }

  /** A NodeProto; returns its output. */
  private String node(
      String operator, String output, List<String> inputs, ProtobufMessage... attributes) {
    ProtobufMessage node = new ProtobufMessage();
    inputs.forEach(input -> node.text(1, input));
    node.text(2, output).text(3, output).text(4, operator);
    for (ProtobufMessage attribute : attributes) {
      node.message(5, attribute);
    }
    graph.message(1, node);
    return output;
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
