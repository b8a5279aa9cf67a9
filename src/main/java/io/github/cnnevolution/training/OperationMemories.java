package io.github.cnnevolution.training;

import io.github.cnnevolution.network.ForwardPlan;
import io.github.cnnevolution.space.Layer;
import io.github.cnnevolution.space.TensorShape;
import io.github.cnnevolution.training.OperationMemory.WeightMemory;
import java.util.List;

/** Finds what each operation of a plan takes. Each tensor counts as what an operation reads. */
final class OperationMemories {
  private static final int DIVIDED_PLANE = 1024;

  private final int element;

  /**
   * For tensors of one type.
   *
   * @param element the bytes of an element in the forward pass: 4 or 2
   */
  OperationMemories(int element) {
    this.element = element;
  }

  /** The operations in order; one that works in place is there beside what it overwrites. */
  List<OperationMemory> of(ForwardPlan plan) {
    return plan.operations().stream()
        .flatMap(operation -> operation.work().accept(new OfWork(operation)).stream())
        .toList();
  }

  private long bytes(TensorShape shape) {
    return (long) shape.elements() * element;
  }

  private WeightMemory weights(long parameters, int gradientCopies) {
    return new WeightMemory(
        parameters, element == Float.BYTES ? 0 : parameters * element, gradientCopies);
  }

  private final class OfWork implements ForwardPlan.Cases<List<OperationMemory>> {
    private final ForwardPlan.Operation operation;

    OfWork(ForwardPlan.Operation operation) {
      this.operation = operation;
    }

    @Override
    public List<OperationMemory> single(ForwardPlan.Single work) {
      return List.of(work.layer().accept(new OfLayer(operation.inputs(), operation.output())));
    }

    @Override
    public List<OperationMemory> folded(ForwardPlan.Folded work) {
      Layer.Convolution product = work.product();
      OperationMemory memory = work.product().accept(new OfLayer(List.of(), operation.output()));
      long parameters = work.stem().parameters() + work.next().parameters();
      // What it reads is made on the way, so that it is nobody else's.
      long read = product.padding().isSymmetric() ? bytes(product.input()) : memory.savedBytes();
      return List.of(
          new OperationMemory(
              operation.inputs(),
              operation.output(),
              memory.liveBytes(),
              List.of(),
              read,
              memory.transientBytes(),
              memory.gradientBytes(),
              weights(parameters, Math.toIntExact(memory.weights().gradientCopies()))));
    }

    @Override
    public List<OperationMemory> pooledFirst(ForwardPlan.PooledFirst work) {
      OperationMemory pool =
          work.pool().accept(new OfLayer(operation.inputs(), operation.output()));
      long pooled = bytes(work.pool().output());
      List<Integer> inPlace = List.of(operation.output());
      return List.of(
          pool,
          new OperationMemory(
              inPlace,
              operation.output(),
              2 * pooled,
              inPlace,
              0,
              0,
              2 * pooled,
              WeightMemory.NONE));
    }
  }

  private final class OfLayer implements Layer.Cases<OperationMemory> {
    private final List<Integer> inputs;
    private final int output;

    OfLayer(List<Integer> inputs, int output) {
      this.inputs = inputs;
      this.output = output;
    }

    /** An operation whose gradients are no larger than its inputs and its output. */
    private OperationMemory memory(
        Layer layer,
        List<Integer> saved,
        long savedBytes,
        long transientBytes,
        WeightMemory weights) {
      long live = live(layer);
      return new OperationMemory(
          inputs, output, live, saved, savedBytes, transientBytes, live, weights);
    }

    private long live(Layer layer) {
      return layer.inputs().stream().mapToLong(OperationMemories.this::bytes).sum()
          + bytes(layer.output());
    }

    @Override
    public OperationMemory convolution(Layer.Convolution layer) {
      Layer.Padding padding = layer.padding();
      int side = layer.input().side() + padding.before() + padding.after();
      long input = bytes(layer.input());
      long output = bytes(layer.output());
      long padded =
          padding.isSymmetric() ? input : (long) layer.input().channels() * side * side * element;
      // A strided convolution was seen to take up to three outputs more than its gradients. Of a
      // kernel that is used in part the gradient is set among zeros, row-wise, then column-wise.
      long more = layer.stride() > 1 ? 3 * output : 0;
      int copies = layer.effectiveKernel().count() == layer.kernel() ? 1 : 3;
      return new OperationMemory(
          inputs,
          this.output,
          padded + output,
          padding.isSymmetric() ? inputs : List.of(),
          padding.isSymmetric() ? 0 : padded,
          input + output,
          padded + output + more,
          weights(layer.parameters(), copies));
    }

    @Override
    public OperationMemory batchNormalization(Layer.BatchNormalization layer) {
      // Its weights are float32 in any precision.
      WeightMemory weights = new WeightMemory(layer.parameters(), 0, 1);
      return memory(layer, inputs, 0, bytes(layer.output()), weights);
    }

    @Override
    public OperationMemory activation(Layer.Activation layer) {
      List<Integer> saved =
          switch (layer.function()) {
            case RELU, SIGMOID -> List.of(output);
            case ELU, LEAKY_RELU, GELU, SILU -> inputs;
          };
      return memory(layer, saved, 0, bytes(layer.output()), WeightMemory.NONE);
    }

    @Override
    public OperationMemory maxPool(Layer.MaxPool layer) {
      // The places of the maxima are int64, and the gradient of the input is written from them.
      long places = (long) layer.output().elements() * Long.BYTES;
      return memory(layer, inputs, places, bytes(layer.output()), WeightMemory.NONE);
    }

    @Override
    public OperationMemory globalMaxPool(Layer.GlobalMaxPool layer) {
      // The backward pass compares the plane with its maximum, and scales what is equal.
      long live = live(layer);
      return new OperationMemory(
          inputs,
          output,
          live,
          List.of(inputs.get(0), output),
          0,
          live,
          live + 2 * bytes(layer.input()),
          WeightMemory.NONE);
    }

    @Override
    public OperationMemory globalMeanPool(Layer.GlobalMeanPool layer) {
      return new OperationMemory(
          inputs,
          output,
          live(layer),
          List.of(),
          0,
          live(layer),
          live(layer),
          reduced(layer.input()),
          WeightMemory.NONE);
    }

    /** Two float32 partial sums of each value, where a plane is so large that it is divided. */
    private static long reduced(TensorShape shape) {
      int side = shape.side();
      return side * side < DIVIDED_PLANE ? 0 : 2L * Float.BYTES * shape.elements();
    }

    @Override
    public OperationMemory dropout(Layer.Dropout layer) {
      // Random bytes and booleans, then the mask, which is kept.
      long mask = bytes(layer.output());
      return memory(layer, List.of(), mask, 2L * mask / element + mask, WeightMemory.NONE);
    }

    @Override
    public OperationMemory flatten(Layer.Flatten layer) {
      return memory(layer, inputs, 0, bytes(layer.output()), WeightMemory.NONE);
    }

    @Override
    public OperationMemory linear(Layer.Linear layer) {
      return memory(layer, inputs, 0, bytes(layer.output()), weights(layer.parameters(), 1));
    }

    @Override
    public OperationMemory sum(Layer.Sum layer) {
      return memory(layer, List.of(), 0, live(layer), WeightMemory.NONE);
    }

    @Override
    public OperationMemory scale(Layer.Scale layer) {
      // The gradient of the gate is summed up from a product of the input's size.
      long live = live(layer);
      return new OperationMemory(
          inputs,
          output,
          live,
          inputs,
          0,
          bytes(layer.output()),
          live + bytes(layer.input()),
          WeightMemory.NONE);
    }
  }
}
