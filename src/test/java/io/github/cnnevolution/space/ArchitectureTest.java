package io.github.cnnevolution.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a graph of layers must be to make a network. */
class ArchitectureTest {
  private static final TensorShape IMAGE = TensorShape.of(3, 4, 4);
  private static final TensorShape SCORES = TensorShape.of(3);

  private final Graph graph = new Graph(IMAGE);

  private static Layer activation(String name, TensorShape shape) {
    return new Layer.Activation(name, shape, ActivationFunction.RELU);
  }

  private Architecture network(String phenotype, int classes) {
    return new Architecture("test", phenotype, classes, IMAGE, graph.nodes(), Map.of(), Map.of());
  }

  private void assertRefused(String message) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> network("net", 3));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  @Test
  void aGraphOfAllThatChainsCannotExpressIsANetwork() {
    int stem = graph.add(Layer.Convolution.of("stem", IMAGE, 3, 3, 1));
    int gate = graph.add(new Layer.GlobalMeanPool("gate", graph.shape()));
    int scaled = graph.add(new Layer.Scale("scaled", IMAGE, SCORES), stem, gate);
    graph.add(new Layer.Sum("sum", IMAGE, 3), scaled, stem, Node.IMAGE);
    graph.add(new Layer.GlobalMeanPool("mean", graph.shape()));
    Architecture network = network("net", 3);
    assertEquals(3 * 28, network.parameters());
    assertEquals(2L * 9 * 3 * 48, network.flops());
    assertEquals(List.of(gate, scaled, 3), network.readers(stem));
    assertEquals(List.of(stem, 3), network.readers(Node.IMAGE));
    assertEquals(List.of(), network.readers(4));
    assertFalse(network.isChain());
  }

  @Test
  void aLayerThatReadsANodeTwiceIsListedTwice() {
    int stem = graph.add(activation("stem", IMAGE));
    graph.add(new Layer.Sum("twice", IMAGE, 2), stem, stem);
    graph.add(new Layer.GlobalMeanPool("mean", graph.shape()));
    assertEquals(List.of(1, 1), network("net", 3).readers(stem));
  }

  @Test
  void namesOfLayersAreUniquePaths() {
    graph.add(activation("a.b", IMAGE));
    graph.add(activation("a.b", IMAGE));
    assertRefused("two layers have the name a.b");
    assertNameRefused("", "'' is no name of a layer");
    assertNameRefused("a..b", "'a..b' is no name of a layer");
    assertNameRefused("a b", "'a b' is no name of a layer");
    assertNameRefused("a.class", "'a.class' is no name of a layer");
    assertNameRefused("forward", "'forward' is no name of a layer");
    assertNameRefused("mean.b", "the layer mean has other layers below it");
  }

  private static void assertNameRefused(String name, String message) {
    ArchitectureTest other = new ArchitectureTest();
    other.graph.add(activation(name, IMAGE));
    other.graph.add(new Layer.GlobalMeanPool("mean", IMAGE));
    other.assertRefused(message);
  }

  @Test
  void inputsComeBefore() {
    graph.add(activation("a", IMAGE), 0);
    assertRefused("layer a reads node 0, which is not before it");
  }

  @Test
  void asManyInputsAsTheLayerReads() {
    graph.add(new Layer.Sum("sum", IMAGE, 2), Node.IMAGE);
    assertRefused("layer sum reads 2 tensors, not 1");
  }

  @Test
  void shapesFit() {
    graph.add(activation("a", TensorShape.of(3, 5, 5)));
    assertRefused("layer a reads 3x5x5, but gets 3x4x4");
  }

  @Test
  void aSumHasEqualBranches() {
    int stem = graph.add(Layer.Convolution.of("stem", IMAGE, 3, 3, 2));
    graph.add(new Layer.Sum("sum", graph.shape(), 2), stem, Node.IMAGE);
    assertRefused("layer sum reads 3x2x2, but gets 3x4x4");
    assertThrows(IllegalArgumentException.class, () -> new Layer.Sum("sum", IMAGE, 1));
  }

  @Test
  void aGateHasAFactorForEachChannel() {
    assertEquals(IMAGE, new Layer.Scale("s", IMAGE, TensorShape.of(3)).output());
    assertEquals(IMAGE, new Layer.Scale("s", IMAGE, TensorShape.of(3, 1, 1)).output());
    for (TensorShape gate :
        List.of(TensorShape.of(4), TensorShape.of(3, 4, 4), TensorShape.of(1, 3, 1))) {
      assertThrows(IllegalArgumentException.class, () -> new Layer.Scale("s", IMAGE, gate));
    }
    assertThrows(IllegalArgumentException.class, () -> new Layer.Scale("s", SCORES, SCORES));
  }

  @Test
  void everyLayerIsRead() {
    graph.add(new Layer.GlobalMeanPool("unread", IMAGE));
    graph.add(new Layer.GlobalMeanPool("mean", IMAGE), Node.IMAGE);
    assertRefused("nothing reads layer unread");
  }

  @Test
  void theLastLayerMakesAScoreForEachClass() {
    assertRefused("the last layer makes 3x4x4, not 3 scores");
    graph.add(new Layer.GlobalMeanPool("mean", IMAGE));
    assertEquals(3, network("net", 3).classes());
    assertThrows(IllegalArgumentException.class, () -> network("net", 4));
    assertThrows(IllegalArgumentException.class, () -> network("net", 1));
  }

  @Test
  void aConvolutionPadsAsPyTorchCan() {
    Layer.Padding odd = new Layer.Padding(0, 2);
    graph.add(new Layer.Convolution("c", IMAGE, IMAGE, 3, 1, odd, true));
    graph.add(new Layer.GlobalMeanPool("mean", IMAGE));
    assertRefused("layer c has a padding that PyTorch's Conv2d does not know");
    assertThrows(
        IllegalArgumentException.class,
        () -> new Layer.Convolution("c", IMAGE, IMAGE, 3, 1, Layer.Padding.symmetric(0), true));
  }

  /** The name becomes a file name. */
  @Test
  void namesOfNetworksAreFileNames() {
    graph.add(new Layer.GlobalMeanPool("mean", IMAGE));
    for (String name : List.of("", "a/b", "..", "A", "a b", "-a", "ä", "a\n")) {
      assertThrows(IllegalArgumentException.class, () -> network(name, 3), name);
    }
    assertEquals("w1.5_a-b", network("w1.5_a-b", 3).phenotype());
  }

  @Test
  void spacePhenotypeAndClassesAreTheIdentity() {
    graph.add(new Layer.GlobalMeanPool("mean", IMAGE));
    Architecture one = network("net", 3);
    assertEquals(one, network("net", 3));
    assertEquals(one.hashCode(), network("net", 3).hashCode());
    assertNotEquals(one, network("other", 3));
    assertNotEquals(
        one, new Architecture("test2", "net", 3, IMAGE, graph.nodes(), Map.of(), Map.of()));
  }

  @Test
  void theResidualSpaceHas16Networks() {
    List<Architecture> all = new ResidualTestSpace().all(10);
    assertEquals(16, new HashSet<>(all).size());
    assertEquals(
        Set.of(false),
        all.stream().map(Architecture::isChain).collect(java.util.stream.Collectors.toSet()));
    // conv 216, norm 16; 3x3: 576 and 16 twice; the second stage 16 x (72, 2, 144, 2) and its
    // projection 16 x (8 + 1 + 2), then 10 x 17.
    assertEquals(232 + 2 * 592 + 16 * (72 + 2 + 144 + 2) + 16 * 11 + 170, all.get(0).parameters());
  }
}
