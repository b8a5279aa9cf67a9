package io.github.cnnevolution.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.Graph;
import io.github.cnnevolution.space.Layer;
import io.github.cnnevolution.space.Node;
import io.github.cnnevolution.space.PlainNetworks;
import io.github.cnnevolution.space.ResidualTestSpace;
import io.github.cnnevolution.space.TensorShape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PageLayersTest {
  @Test
  void aChainHasNoLinks() {
    for (Architecture network : PlainNetworks.all()) {
      assertEquals(List.of(), PageLayers.links(network));
    }
  }

  @Test
  void aLinkSaysWhatANodeReadsThatIsNotTheOneBefore() {
    Graph graph = new Graph(TensorShape.of(3, 4, 4));
    int first = graph.add(Layer.Convolution.of("a", graph.shape(), 3, 3, 1));
    int second = graph.add(Layer.Convolution.of("b", graph.shape(), 3, 3, 1));
    int third = graph.add(Layer.Convolution.of("c", graph.shape(first), 3, 3, 1), first);
    graph.add(new Layer.Sum("sum", graph.shape(), 3), third, second, Node.IMAGE);
    graph.add(new Layer.GlobalMeanPool("mean", graph.shape()));
    Architecture network =
        new Architecture("s", "n", 3, TensorShape.of(3, 4, 4), graph.nodes(), Map.of(), Map.of());
    assertEquals(List.of(List.of(2, 0), List.of(3, 2, 1, -1)), PageLayers.links(network));
  }

  @Test
  void aRowHasEachDifferentInputOnce() {
    Architecture network = new ResidualTestSpace().decode(new Chromosome("0011"), 10);
    List<Object> scale = row(network, "stage0.block0.gate.scale");
    assertEquals("scale", scale.get(1));
    assertEquals("×", scale.get(3));
    assertEquals(List.of(List.of(8, 16, 16), List.of(8)), scale.get(5));
    List<Object> sum = row(network, "stage0.block0.sum");
    assertEquals("+", sum.get(3));
    assertEquals(List.of(List.of(8, 16, 16)), sum.get(5));
    assertEquals(List.of(8, 16, 16), sum.get(6));
  }

  private static List<Object> row(Architecture network, String name) {
    return PageLayers.row(
        network.layers().stream().filter(l -> l.name().equals(name)).findFirst().orElseThrow());
  }
}
