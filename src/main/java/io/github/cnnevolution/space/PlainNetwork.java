package io.github.cnnevolution.space;

import io.github.cnnevolution.text.Text;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The fields of a network of {@link PlainSpace}, and the layers that follow from them.
 *
 * @param stemIndex index o into {@link PlainSpace#WIDTHS}
 * @param kernel the side of every convolution's kernel
 * @param activation the nonlinearity of the blocks
 * @param blocks the o + 1 block types, from input to output
 */
record PlainNetwork(
    int stemIndex, int kernel, ActivationFunction activation, List<BlockType> blocks) {
  private static final int HIDDEN_1 = 2048;
  private static final int HIDDEN_2 = 1024;
  private static final double BLOCK_DROPOUT = 0.25;
  private static final double HEAD_DROPOUT = 0.5;

  /** The network for so many classes. */
  Architecture architecture(int classes) {
    List<Node> nodes = nodes(classes);
    return new Architecture(
        PlainSpace.NAME,
        phenotype(),
        classes,
        Architecture.INPUT,
        nodes,
        genes(),
        traits(features(nodes)));
  }

  private int depth() {
    return blocks.size();
  }

  /** The channels that block {@code index} produces. */
  private int blockWidth(int index) {
    return PlainSpace.WIDTHS.get(Math.min(stemIndex + index, PlainSpace.WIDTHS.size() - 1));
  }

  private int stemWidth() {
    return PlainSpace.WIDTHS.get(stemIndex);
  }

  private String blockSymbols() {
    return blocks.stream()
        .map(block -> String.valueOf(block.symbol()))
        .collect(Collectors.joining());
  }

  /** Such as {@code w64-k3-relu-dsd}. */
  String phenotype() {
    return Text.format(
        "w%d-k%d-%s-%s",
        stemWidth(), kernel, activation.torchName().toLowerCase(Locale.ROOT), blockSymbols());
  }

  private Map<String, String> genes() {
    Map<String, String> genes = new LinkedHashMap<>();
    genes.put(PlainSpace.STEM_WIDTH.name(), String.valueOf(stemWidth()));
    // No gene of its own: the stem's width decides it, but people look for it.
    genes.put("depth", String.valueOf(depth()));
    genes.put(PlainSpace.KERNEL.name(), String.valueOf(kernel));
    genes.put(PlainSpace.ACTIVATION.name(), activation.torchName());
    genes.put(PlainSpace.BLOCKS.name(), blockSymbols());
    return genes;
  }

  private Map<String, Object> traits(int features) {
    Map<String, Object> traits = new LinkedHashMap<>();
    traits.put("depth", depth());
    traits.put("stem_width", stemWidth());
    traits.put("kernel", kernel);
    traits.put("activation", activation.torchName());
    traits.put("blocks", blocks.stream().map(b -> b.name().toLowerCase(Locale.ROOT)).toList());
    traits.put("features", features);
    return traits;
  }

  /** What the convolutions hand to the head. */
  private static int features(List<Node> nodes) {
    return nodes.stream()
        .map(Node::layer)
        .filter(Layer.Flatten.class::isInstance)
        .mapToInt(layer -> layer.output().channels())
        .findFirst()
        .orElseThrow();
  }

  /**
   * Layers named by their path in a nested {@code nn.Sequential}: the stem is {@code 0}, block i is
   * {@code 1 + 2i} with its layers below it, its dropout {@code 2 + 2i}, then the head.
   */
  private List<Node> nodes(int classes) {
    Graph graph = new Graph(Architecture.INPUT);
    graph.add(Layer.Convolution.of("0", graph.shape(), stemWidth(), kernel, 1));
    for (int i = 0; i < depth(); i++) {
      addBlock(graph, 1 + 2 * i, blocks.get(i), blockWidth(i));
      graph.add(new Layer.Dropout(String.valueOf(2 + 2 * i), graph.shape(), BLOCK_DROPOUT));
    }
    addHead(graph, 1 + 2 * depth(), classes);
    return graph.nodes();
  }

  private void addBlock(Graph graph, int index, BlockType type, int width) {
    int next = 0;
    if (type == BlockType.DOUBLE) {
      // At side 1 there is nothing left to halve: the convolution keeps the size.
      int stride = graph.shape().side() > 1 ? 2 : 1;
      graph.add(Layer.Convolution.of(index + "." + next++, graph.shape(), width, kernel, stride));
    }
    graph.add(Layer.Convolution.of(index + "." + next++, graph.shape(), width, kernel, 1));
    graph.add(new Layer.BatchNormalization(index + "." + next++, graph.shape()));
    graph.add(new Layer.Activation(index + "." + next++, graph.shape(), activation));
    if (graph.shape().side() > 1) {
      graph.add(Layer.MaxPool.of(index + "." + next, graph.shape()));
    }
  }

  private static void addHead(Graph graph, int index, int classes) {
    graph.add(new Layer.Flatten(String.valueOf(index), graph.shape()));
    int next = index + 1;
    for (int width : new int[] {HIDDEN_1, HIDDEN_2}) {
      TensorShape hidden = TensorShape.of(width);
      graph.add(new Layer.Linear(String.valueOf(next++), graph.shape(), hidden));
      graph.add(new Layer.Activation(String.valueOf(next++), hidden, ActivationFunction.RELU));
      graph.add(new Layer.Dropout(String.valueOf(next++), hidden, HEAD_DROPOUT));
    }
    graph.add(new Layer.Linear(String.valueOf(next), graph.shape(), TensorShape.of(classes)));
  }
}
