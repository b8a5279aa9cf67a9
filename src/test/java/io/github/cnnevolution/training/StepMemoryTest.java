package io.github.cnnevolution.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.network.ForwardPlan;
import io.github.cnnevolution.space.ActivationFunction;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Graph;
import io.github.cnnevolution.space.Layer;
import io.github.cnnevolution.space.TensorShape;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is there at the same time, in float32. */
class StepMemoryTest {
  private static final long NARROW = 3 * 32 * 32 * 4;
  private static final long WIDE = 64 * 32 * 32 * 4;

  /** A branch of wide convolutions, and beside it, if {@code around}, what it began with. */
  private static StepMemory branch(boolean around) {
    Graph graph = new Graph(Architecture.INPUT);
    int start = graph.add(new Layer.Activation("start", graph.shape(), ActivationFunction.GELU));
    graph.add(Layer.Convolution.of("widen", graph.shape(), 64, 3, 1));
    graph.add(Layer.Convolution.of("wide", graph.shape(), 64, 3, 1));
    int end = graph.add(Layer.Convolution.of("narrow", graph.shape(), 3, 3, 1));
    if (around) {
      graph.add(new Layer.Sum("sum", graph.shape(), 2), end, start);
    }
    graph.add(new Layer.GlobalMeanPool("mean", graph.shape()));
    graph.add(new Layer.Linear("scores", graph.shape(), TensorShape.of(10)));
    Architecture architecture =
        new Architecture("test", "net", 10, Architecture.INPUT, graph.nodes(), Map.of(), Map.of());
    return new StepMemory(architecture, ForwardPlan.of(architecture), Float.BYTES);
  }

  @Test
  void whatALaterLayerReadsWaits() {
    assertEquals(2 * WIDE, branch(false).inferencePeak(1));
    assertEquals(2 * WIDE + NARROW, branch(true).inferencePeak(1));
    assertEquals(5 * (2 * WIDE + NARROW), branch(true).inferencePeak(5));
  }

  /** On the way back the gradient of the start waits for its other reader. */
  @Test
  void gradientsWaitOnTheWayBack() {
    long chain = branch(false).trainingPeak(1, false);
    long residual = branch(true).trainingPeak(1, false);
    assertTrue(residual >= chain + NARROW, residual + " and " + chain);
  }
}
