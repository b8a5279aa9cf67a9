package io.github.cnnevolution.report;

import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Layer;
import io.github.cnnevolution.space.Node;
import io.github.cnnevolution.space.TensorShape;
import java.util.ArrayList;
import java.util.List;

/** Layers and their inputs, as rows of the page's document. */
final class PageLayers {
  private PageLayers() {}

  /**
   * name, kind, whether a box begins with it, symbol, description, dimensions of each different
   * input, dimensions of the output, parameters, flops.
   */
  static List<Object> row(Layer layer) {
    LayerLook look = LayerLook.of(layer);
    return List.of(
        layer.name(),
        look.kind(),
        look.opens(),
        look.symbol(),
        layer.description(),
        layer.inputs().stream().distinct().map(TensorShape::dimensions).toList(),
        layer.output().dimensions(),
        layer.parameters(),
        layer.flops());
  }

  /**
   * One row for each node whose only input is not the previous node: its index, then the indices of
   * its inputs; {@value Node#IMAGE} is the image. A chain has no rows.
   */
  static List<Object> links(Architecture architecture) {
    List<Object> links = new ArrayList<>();
    List<Node> nodes = architecture.nodes();
    for (int i = 0; i < nodes.size(); i++) {
      List<Integer> inputs = nodes.get(i).inputs();
      if (!inputs.equals(List.of(i - 1))) {
        List<Integer> row = new ArrayList<>(List.of(i));
        row.addAll(inputs);
        links.add(row);
      }
    }
    return links;
  }
}
