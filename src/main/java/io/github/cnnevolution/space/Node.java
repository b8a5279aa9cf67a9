package io.github.cnnevolution.space;

import java.util.List;

/**
 * A layer and what it reads.
 *
 * @param layer what is computed
 * @param inputs the nodes that it reads, by their index in {@link Architecture#nodes}, each before
 *     this one; or {@link #IMAGE}
 */
public record Node(Layer layer, List<Integer> inputs) {
  /** Stands for the image among the inputs of a node. */
  public static final int IMAGE = -1;

  /** Copies the list. */
  public Node {
    inputs = List.copyOf(inputs);
  }
}
