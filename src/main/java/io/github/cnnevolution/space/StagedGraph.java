package io.github.cnnevolution.space;

import java.util.List;

/**
 * Puts the layers of a {@link StagedNetwork} together: a stem, stages of blocks that halve the side
 * from the second stage on, and a head of one linear layer.
 *
 * <p>Convolutions have no bias, since a normalisation follows or the sum that one reads. Not
 * thread-safe.
 */
final class StagedGraph {
  private static final int SIDE = 32;
  private static final int STEM_KERNEL = 3;

  private final StagedNetwork network;
  private final Graph graph = new Graph(Architecture.INPUT);

  StagedGraph(StagedNetwork network) {
    this.network = network;
  }

  /** The nodes for so many classes; call it once. */
  List<Node> nodes(int classes) {
    stem();
    for (int stage = 0; stage < network.widths().size(); stage++) {
      for (int block = 0; block < network.depths().get(stage); block++) {
        String name = "stage" + (stage + 1) + ".block" + (block + 1);
        block(name, network.widths().get(stage), stage > 0 && block == 0);
      }
    }
    head(classes);
    return graph.nodes();
  }

  private boolean strides() {
    return network.downsampling() == Downsampling.STRIDE;
  }

  private boolean normalizesFirst() {
    return network.block() == BlockKind.RESIDUAL || network.block() == BlockKind.BOTTLENECK;
  }

  private void stem() {
    boolean halves = network.resolution() < SIDE;
    convolution("stem.conv", network.widths().get(0), STEM_KERNEL, halves && strides() ? 2 : 1, 1);
    if (halves && !strides()) {
      pool("stem.pool");
    }
    if (!normalizesFirst()) {
      normalization("stem.norm");
      activation("stem.act");
    }
  }

  private void block(String name, int width, boolean halves) {
    switch (network.block()) {
      case PLAIN -> plain(name, width, halves);
      case RESIDUAL, BOTTLENECK -> residual(name, width, halves);
      case INVERTED -> inverted(name, width, halves);
    }
  }

  private void plain(String name, int width, boolean halves) {
    int kernel = network.kernel();
    convolution(name + ".conv1", width, kernel, halves && strides() ? 2 : 1, 1);
    if (halves && !strides()) {
      pool(name + ".pool");
    }
    normalization(name + ".norm1");
    activation(name + ".act1");
    convolution(name + ".conv2", width, kernel, 1, 1);
    normalization(name + ".norm2");
    activation(name + ".act2");
    gate(name + ".gate");
  }

  /** The pooled input is what the shortcut passes on. */
  private int stride(String name, boolean halves) {
    if (halves && !strides()) {
      pool(name + ".pool");
    }
    return halves && strides() ? 2 : 1;
  }

  private void residual(String name, int width, boolean halves) {
    int stride = stride(name, halves);
    int input = graph.last();
    int channels = graph.shape().channels();
    normalization(name + ".norm1");
    int first = activation(name + ".act1");
    if (network.block() == BlockKind.BOTTLENECK) {
      int inner = width / network.ratio();
      convolution(name + ".conv1", inner, 1, 1, 1);
      normalization(name + ".norm2");
      activation(name + ".act2");
      int groups = inner / network.groupWidth();
      convolution(name + ".conv2", inner, network.kernel(), stride, groups);
      normalization(name + ".norm3");
      activation(name + ".act3");
      convolution(name + ".conv3", width, 1, 1, 1);
    } else {
      convolution(name + ".conv1", width, network.kernel(), stride, 1);
      normalization(name + ".norm2");
      activation(name + ".act2");
      convolution(name + ".conv2", width, network.kernel(), 1, 1);
    }
    int branch = gate(name + ".gate");
    int shortcut = input;
    if (stride > 1 || channels != width) {
      shortcut = projection(name + ".shortcut", first, branch, stride);
    }
    graph.add(new Layer.Sum(name + ".sum", graph.shape(branch), 2), branch, shortcut);
  }

  /** Without padding, as the projections of ResNets are. */
  private int projection(String name, int from, int branch, int stride) {
    return graph.add(
        new Layer.Convolution(
            name,
            graph.shape(from),
            graph.shape(branch),
            1,
            stride,
            Layer.Padding.symmetric(0),
            false),
        from);
  }

  private void inverted(String name, int width, boolean halves) {
    int stride = stride(name, halves);
    int input = graph.last();
    int channels = graph.shape().channels();
    int inner = channels * network.expansion();
    if (network.expansion() > 1) {
      convolution(name + ".conv1", inner, 1, 1, 1);
      normalization(name + ".norm1");
      activation(name + ".act1");
    }
    convolution(name + ".conv2", inner, network.kernel(), stride, inner);
    normalization(name + ".norm2");
    activation(name + ".act2");
    gate(name + ".gate");
    convolution(name + ".conv3", width, 1, 1, 1);
    int branch = normalization(name + ".norm3");
    if (stride == 1 && channels == width) {
      graph.add(new Layer.Sum(name + ".sum", graph.shape(branch), 2), branch, input);
    }
  }

  private void head(int classes) {
    if (network.block() != BlockKind.PLAIN) {
      normalization("head.norm");
      activation("head.act");
    }
    TensorShape plane = graph.shape();
    graph.add(
        network.maxHead()
            ? new Layer.GlobalMaxPool("head.max", plane)
            : new Layer.GlobalMeanPool("head.mean", plane));
    if (network.dropout() > 0) {
      graph.add(new Layer.Dropout("head.dropout", graph.shape(), network.dropout()));
    }
    graph.add(new Layer.Linear("head.scores", graph.shape(), TensorShape.of(classes)));
  }

  private void convolution(String name, int width, int kernel, int stride, int groups) {
    Layer.Convolution layer =
        new Layer.Convolution(
            name,
            graph.shape(),
            side(width, (graph.shape().side() - 1) / stride + 1),
            kernel,
            stride,
            Layer.Padding.symmetric((kernel - 1) / 2),
            false,
            groups);
    graph.add(layer);
  }

  private static TensorShape side(int channels, int side) {
    return TensorShape.of(channels, side, side);
  }

  private void pool(String name) {
    graph.add(Layer.MaxPool.of(name, graph.shape(), network.downsampling().window()));
  }

  private int normalization(String name) {
    return graph.add(new Layer.BatchNormalization(name, graph.shape()));
  }

  private int activation(String name) {
    return graph.add(new Layer.Activation(name, graph.shape(), network.activation()));
  }

  /** Squeeze-and-excitation, if the network has it (Hu et al. 2018, arXiv:1709.01507). */
  private int gate(String name) {
    int branch = graph.last();
    if (network.squeeze() == 0) {
      return branch;
    }
    TensorShape plane = graph.shape();
    graph.add(new Layer.GlobalMeanPool(name + ".mean", plane));
    TensorShape inner = TensorShape.of(plane.channels() / network.squeeze());
    graph.add(new Layer.Linear(name + ".squeeze", graph.shape(), inner));
    graph.add(new Layer.Activation(name + ".act", inner, ActivationFunction.RELU));
    graph.add(new Layer.Linear(name + ".excite", inner, TensorShape.of(plane.channels())));
    graph.add(new Layer.Activation(name + ".sigmoid", graph.shape(), ActivationFunction.SIGMOID));
    return graph.add(new Layer.Scale(name + ".scale", plane, graph.shape()), branch, graph.last());
  }
}
