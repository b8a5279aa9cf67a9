package io.github.cnnevolution.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.cnnevolution.space.ActivationFunction;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Graph;
import io.github.cnnevolution.space.Layer;
import io.github.cnnevolution.space.TensorShape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which layers are computed together. */
class ForwardPlanTest {
  private final Graph graph = new Graph(Architecture.INPUT);

  /** Each operation as its kind and what it reads. */
  private List<String> plan() {
    graph.add(new Layer.GlobalMeanPool("mean", graph.shape()));
    graph.add(new Layer.Linear("scores", graph.shape(), TensorShape.of(10)));
    Architecture architecture =
        new Architecture("test", "net", 10, Architecture.INPUT, graph.nodes(), Map.of(), Map.of());
    List<String> operations =
        ForwardPlan.of(architecture).operations().stream()
            .map(
                operation ->
                    "%s %s -> %d"
                        .formatted(
                            operation.work().accept(new Kinds()),
                            operation.inputs(),
                            operation.output()))
            .toList();
    return operations.subList(0, operations.size() - 2);
  }

  private static final class Kinds implements ForwardPlan.Cases<String> {
    @Override
    public String single(ForwardPlan.Single work) {
      return work.layer().name();
    }

    @Override
    public String folded(ForwardPlan.Folded work) {
      return work.stem().name() + "*" + work.next().name();
    }

    @Override
    public String pooledFirst(ForwardPlan.PooledFirst work) {
      return work.pool().name() + "," + work.activation().name();
    }
  }

  private int activation(String name, ActivationFunction function) {
    return graph.add(new Layer.Activation(name, graph.shape(), function));
  }

  @Test
  void aPoolComesBeforeItsMonotoneActivation() {
    activation("relu", ActivationFunction.RELU);
    graph.add(Layer.MaxPool.of("pool", graph.shape()));
    assertEquals(List.of("pool,relu [-1] -> 1"), plan());
  }

  @Test
  void anActivationThatIsNotMonotoneComesFirst() {
    activation("gelu", ActivationFunction.GELU);
    graph.add(Layer.MaxPool.of("pool", graph.shape()));
    assertEquals(List.of("gelu [-1] -> 0", "pool [0] -> 1"), plan());
  }

  /** What is overwritten may not be what another layer reads. */
  @Test
  void anActivationThatOthersReadComesFirst() {
    int relu = activation("relu", ActivationFunction.RELU);
    graph.add(Layer.MaxPool.of("pool", graph.shape()));
    int pooled = graph.last();
    int narrowed = graph.add(Layer.Convolution.of("conv", Architecture.INPUT, 3, 3, 2), relu);
    graph.add(new Layer.Sum("sum", graph.shape(), 2), narrowed, pooled);
    assertEquals(
        List.of("relu [-1] -> 0", "pool [0] -> 1", "conv [0] -> 2", "sum [2, 1] -> 3"), plan());
  }

  @Test
  void anActivationThatOthersHaveReadBeforeComesFirst() {
    int relu = activation("relu", ActivationFunction.RELU);
    int narrowed = graph.add(Layer.Convolution.of("conv", Architecture.INPUT, 3, 3, 2), relu);
    int pooled = graph.add(Layer.MaxPool.of("pool", Architecture.INPUT), relu);
    graph.add(new Layer.Sum("sum", graph.shape(), 2), narrowed, pooled);
    assertEquals(
        List.of("relu [-1] -> 0", "conv [0] -> 1", "pool [0] -> 2", "sum [1, 2] -> 3"), plan());
  }

  /** The pooled tensor is made anew: what the activation reads may have other readers. */
  @Test
  void whatTheActivationReadsMayBeReadByOthers() {
    int norm = graph.add(new Layer.BatchNormalization("norm", graph.shape()));
    activation("relu", ActivationFunction.RELU);
    int pooled = graph.add(Layer.MaxPool.of("pool", graph.shape()));
    int narrowed = graph.add(Layer.Convolution.of("conv", Architecture.INPUT, 3, 3, 2), norm);
    graph.add(new Layer.Sum("sum", graph.shape(), 2), narrowed, pooled);
    assertEquals(
        List.of("norm [-1] -> 0", "pool,relu [0] -> 2", "conv [0] -> 3", "sum [3, 2] -> 4"),
        plan());
  }

  @Test
  void aStemAndItsOnlyReaderAreFolded() {
    graph.add(Layer.Convolution.of("a", graph.shape(), 64, 3, 1));
    graph.add(Layer.Convolution.of("b", graph.shape(), 64, 3, 1));
    graph.add(Layer.Convolution.of("c", graph.shape(), 64, 3, 1));
    assertEquals(List.of("a*b [-1] -> 1", "c [1] -> 2"), plan());
  }

  @Test
  void aStemThatOthersReadIsNotFolded() {
    int a = graph.add(Layer.Convolution.of("a", graph.shape(), 64, 3, 1));
    int b = graph.add(Layer.Convolution.of("b", graph.shape(), 64, 3, 1));
    graph.add(new Layer.Sum("sum", graph.shape(), 2), a, b);
    assertEquals(List.of("a [-1] -> 0", "b [0] -> 1", "sum [0, 1] -> 2"), plan());
  }

  @Test
  void convolutionsWithoutBiasAreNotFolded() {
    graph.add(Layer.Convolution.of("a", graph.shape(), 64, 3, 1).withoutBias());
    graph.add(Layer.Convolution.of("b", graph.shape(), 64, 3, 1));
    assertEquals(List.of("a [-1] -> 0", "b [0] -> 1"), plan());
  }
}
