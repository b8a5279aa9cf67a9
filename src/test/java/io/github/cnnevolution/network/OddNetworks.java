package io.github.cnnevolution.network;

import io.github.cnnevolution.space.ActivationFunction;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Graph;
import io.github.cnnevolution.space.Layer;
import io.github.cnnevolution.space.Node;
import io.github.cnnevolution.space.TensorShape;
import java.util.Map;

/** Networks that no space has, for what is easily forgotten. */
final class OddNetworks {
  private static final int CLASSES = 10;

  private OddNetworks() {}

  private static Architecture network(String name, Graph graph) {
    return new Architecture(
        "odd", name, CLASSES, Architecture.INPUT, graph.nodes(), Map.of(), Map.of());
  }

  /**
   * Names that mean something in the files that are written, an image and a dropout that are read
   * several times, a sum of three, a gate of planes, padding on one side, a gate that is used
   * twice.
   */
  static Architecture tangled() {
    Graph graph = new Graph(Architecture.INPUT);
    graph.add(Layer.Convolution.of("images", Architecture.INPUT, 8, 2, 1));
    graph.add(new Layer.BatchNormalization("0.norm", graph.shape()));
    TensorShape plane = graph.shape();
    int dropout = graph.add(new Layer.Dropout("dropout", plane, 0.25));
    int mean = graph.add(Layer.Convolution.of("mean", plane, 8, 1, 1));
    TensorShape gates = TensorShape.of(8, 1, 1);
    graph.add(
        new Layer.Convolution("a.1.x", plane, gates, 32, 1, Layer.Padding.symmetric(0), true),
        dropout);
    int gate = graph.add(new Layer.Activation("std", gates, ActivationFunction.SIGMOID));
    int scaled = graph.add(new Layer.Scale("scaled", plane, gates), dropout, gate);
    int second = graph.add(Layer.Convolution.of("1.x", Architecture.INPUT, 8, 3, 1), Node.IMAGE);
    graph.add(new Layer.Sum("1.sum", plane, 3), scaled, second, mean);
    graph.add(new Layer.Activation("1_sum", plane, ActivationFunction.ELU));
    graph.add(Layer.MaxPool.of("pool", plane));
    graph.add(new Layer.Scale("pixels", graph.shape(), gates), graph.last(), gate);
    graph.add(new Layer.GlobalMeanPool("normalised", graph.shape()));
    graph.add(new Layer.Linear("self", graph.shape(), TensorShape.of(CLASSES)));
    graph.add(new Layer.Dropout("x", graph.shape(), 0.5));
    return network("tangled", graph);
  }

  /** Grouped and depthwise convolutions, a wide pooling, SiLU, a maximum in front of the scores. */
  static Architecture grouped() {
    Graph graph = new Graph(Architecture.INPUT);
    graph.add(Layer.Convolution.of("stem", Architecture.INPUT, 16, 3, 1).withoutBias());
    graph.add(new Layer.BatchNormalization("norm1", graph.shape()));
    graph.add(new Layer.Activation("act1", graph.shape(), ActivationFunction.RELU));
    graph.add(Layer.MaxPool.of("pool", graph.shape(), 3));
    graph.add(Layer.Convolution.of("groups", graph.shape(), 24, 3, 1).grouped(4));
    graph.add(new Layer.Activation("act2", graph.shape(), ActivationFunction.SILU));
    graph.add(Layer.Convolution.of("depthwise", graph.shape(), 24, 5, 2).grouped(24));
    // Smaller than its kernel, so that a part of the kernel is used.
    graph.add(Layer.MaxPool.of("pool2", graph.shape(), 3));
    graph.add(Layer.MaxPool.of("pool3", graph.shape()));
    graph.add(Layer.Convolution.of("last", graph.shape(), 24, 7, 1).grouped(24));
    graph.add(new Layer.GlobalMaxPool("max", graph.shape()));
    graph.add(new Layer.Linear("scores", graph.shape(), TensorShape.of(CLASSES)));
    return network("grouped", graph);
  }

  /** A chain with a mean in front of the last layer, named as in a {@code nn.Sequential}. */
  static Architecture chain() {
    Graph graph = new Graph(Architecture.INPUT);
    graph.add(Layer.Convolution.of("0.0", Architecture.INPUT, 8, 3, 2).withoutBias());
    graph.add(new Layer.BatchNormalization("0.1", graph.shape()));
    graph.add(new Layer.Activation("0.2", graph.shape(), ActivationFunction.SIGMOID));
    graph.add(Layer.MaxPool.of("1", graph.shape()));
    graph.add(new Layer.GlobalMeanPool("2", graph.shape()));
    graph.add(new Layer.Linear("3", graph.shape(), TensorShape.of(CLASSES)));
    return network("chain", graph);
  }
}
