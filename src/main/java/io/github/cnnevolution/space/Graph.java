package io.github.cnnevolution.space;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The nodes of a network while it is put together, from the image to the class scores.
 *
 * <pre>{@code
 * Graph graph = new Graph(Architecture.INPUT);
 * int block = graph.add(Layer.Convolution.of("stem", graph.shape(), 16, 3, 1));
 * graph.add(Layer.Convolution.of("conv", graph.shape(), 16, 3, 1));
 * graph.add(new Layer.Sum("sum", graph.shape(), 2), graph.last(), block);
 * }</pre>
 *
 * <p>Not thread-safe.
 */
public final class Graph {
  private final TensorShape input;
  private final List<Node> nodes = new ArrayList<>();

  /** A graph without nodes, for images of this shape. */
  public Graph(TensorShape input) {
    this.input = input;
  }

  /** Adds a layer that reads the node added last, or the image if it is the first; its index. */
  public int add(Layer layer) {
    return add(layer, last());
  }

  /**
   * Adds a layer.
   *
   * @param inputs the nodes that it reads, or {@link Node#IMAGE}, in the order of {@link
   *     Layer#inputs}
   * @return the index of the new node
   */
  public int add(Layer layer, int... inputs) {
    nodes.add(new Node(layer, Arrays.stream(inputs).boxed().toList()));
    return last();
  }

  /** The index of the node added last; {@link Node#IMAGE} before the first. */
  public int last() {
    return nodes.size() - 1;
  }

  /** The shape that the node added last makes; that of the image before the first. */
  public TensorShape shape() {
    return shape(last());
  }

  /** The shape that a node makes, or that of the image. */
  public TensorShape shape(int node) {
    return node == Node.IMAGE ? input : nodes.get(node).layer().output();
  }

  /** The nodes so far. */
  public List<Node> nodes() {
    return List.copyOf(nodes);
  }
}
