package io.github.cnnevolution.network;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.NativeOwner;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Layer;
import io.github.cnnevolution.space.Node;
import io.github.cnnevolution.space.TensorShape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/**
 * How long each operation of a network takes by itself, forward and backward, as in a training step
 * in the precision that the device prefers. What a step does besides is not in it: batches, casts,
 * loss and the optimizer.
 */
public final class OperationTimes {
  private static final int ROUNDS = 5;
  private static final int REPETITIONS = 5;
  private static final Step.Pass TRAINING = new Step.Pass(true, Optional.empty());

  private final ComputeDevice device;
  private final int batch;

  private OperationTimes(ComputeDevice device, int batch) {
    this.device = device;
    this.batch = batch;
  }

  /**
   * Measures the operations of the plan, in its order.
   *
   * @return medians in seconds; 0 for those that compute nothing
   */
  public static List<Double> seconds(Architecture architecture, ComputeDevice device, int batch) {
    OperationTimes times = new OperationTimes(device, batch);
    try (NativeOwner owner = new NativeOwner();
        PointerScope scope = new PointerScope()) {
      PlanSteps steps;
      try (AutoGradMode noGradients = new AutoGradMode(false)) {
        ModuleTree modules = new ModuleTree(device, 1, owner);
        steps = new PlanSteps(architecture, modules, device, owner);
        for (Tensor parameter : modules.parameters()) {
          if (modules.isFactor(parameter)) {
            parameter.set_data(parameter.to(device.preferred().scalarType()));
          }
        }
      }
      return ForwardPlan.of(architecture).operations().stream()
          .map(operation -> times.seconds(architecture, operation, steps))
          .toList();
    }
  }

  private double seconds(
      Architecture architecture, ForwardPlan.Operation operation, PlanSteps steps) {
    if (operation.work() instanceof ForwardPlan.Single single
        && (single.layer() instanceof Layer.Flatten || single.layer() instanceof Layer.Dropout)) {
      return 0;
    }
    Step step = operation.work().accept(steps);
    try (PointerScope scope = new PointerScope()) {
      Tensor[] inputs =
          operation.inputs().stream().map(node -> input(architecture, node)).toArray(Tensor[]::new);
      Tensor gradient;
      try (AutoGradMode noGradients = new AutoGradMode(false)) {
        gradient = torch.ones_like(step.apply(TRAINING, inputs));
      }
      double[] rounds = new double[ROUNDS];
      once(step, inputs, gradient);
      for (int i = 0; i < ROUNDS; i++) {
        long start = System.nanoTime();
        for (int j = 0; j < REPETITIONS; j++) {
          once(step, inputs, gradient);
        }
        rounds[i] = (System.nanoTime() - start) / 1e9 / REPETITIONS;
      }
      Arrays.sort(rounds);
      return rounds[ROUNDS / 2];
    }
  }

  private static void once(Step step, Tensor[] inputs, Tensor gradient) {
    try (PointerScope scope = new PointerScope()) {
      step.apply(TRAINING, inputs)
          .backward(gradient, new BoolOptional(), false, new TensorArrayRefOptional());
      for (Tensor input : inputs) {
        input.mutable_grad().reset();
      }
    }
  }

  private Tensor input(Architecture architecture, int node) {
    boolean image = node == Node.IMAGE;
    TensorShape shape =
        image
            ? architecture.layers().get(0).inputs().get(0)
            : architecture.nodes().get(node).layer().output();
    long[] sizes =
        LongStream.concat(
                LongStream.of(batch), shape.dimensions().stream().mapToLong(Integer::longValue))
            .toArray();
    try (AutoGradMode noGradients = new AutoGradMode(false)) {
      Tensor values = torch.randn(sizes).to(device.preferred().scalarType());
      Tensor ordered = sizes.length == 4 ? values.contiguous(MemoryFormat.ChannelsLast) : values;
      // Images have no gradient.
      ordered.set_requires_grad(!image);
      return ordered;
    }
  }
}
