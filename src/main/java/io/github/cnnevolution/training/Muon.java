package io.github.cnnevolution.training;

import io.github.cnnevolution.device.NativeOwner;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.network.NamedTensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The optimizer of {@link MuonSettings}. For the weight w of a convolution, as a matrix with a row
 * for each output channel, of which each group of channels is a matrix of its own:
 *
 * <pre>
 * v = momentum * v + gradient
 * w = w - rate * sqrt(max(1, rows / columns)) * orthogonal(gradient + momentum * v)
 * </pre>
 *
 * <p>More rows than {@link MuonSettings#blockRows} are several matrices, too.
 *
 * <p>The root gives the rows of every update a mean square of 1, whatever the shape.
 */
final class Muon implements Optimizer {
  /** Of Adam: PyTorch's default. */
  private static final double EPSILON = 1e-8;

  private final NativeOwner owner = new NativeOwner();
  private final BoxedOperator adam = new BoxedOperator("aten::_fused_adam_");
  // Takes the learning rate as a tensor on the device.
  private final BoxedOperator adamOfTensorRate =
      new BoxedOperator("aten::_fused_adam_", "tensor_lr");
  private final MuonSettings settings;
  private final Orthogonalization orthogonalization;
  // Into how many matrices the weight of each convolution, [C_out,C_in,k,k], is cut.
  private final List<Long> matrices = new ArrayList<>();
  private final List<OptimizerGroup> convolutions = new ArrayList<>();
  private final List<OptimizerGroup> others = new ArrayList<>();
  private final Tensor steps;

  /**
   * An optimizer without momentum yet.
   *
   * @param groups of parameters; owned by the caller, who keeps them open
   * @param precision of the products that make matrices orthogonal
   */
  Muon(List<ParameterGroup> groups, MuonSettings settings, Precision precision) {
    this.settings = settings;
    this.orthogonalization = new Orthogonalization(settings.iterations(), precision.scalarType());
    try (PointerScope scope = new PointerScope()) {
      List<Tensor> weights = new ArrayList<>();
      List<Tensor> rest = new ArrayList<>();
      for (ParameterGroup group : groups) {
        for (int i = 0; i < group.parameters().size(); i++) {
          Tensor parameter = group.parameters().get(i);
          if (parameter.dim() == 4) {
            matrices.add(blocks(parameter.size(0), group.convolutionGroups().get(i)));
            weights.add(parameter);
          } else {
            rest.add(parameter);
          }
        }
      }
      if (!weights.isEmpty()) {
        convolutions.add(OptimizerGroup.withZeros(new ParameterGroup(weights, true), 1, owner));
      }
      if (!rest.isEmpty()) {
        others.add(OptimizerGroup.withZeros(new ParameterGroup(rest, false), 2, owner));
      }
      Tensor first = groups.get(0).parameters().get(0);
      this.steps = owner.keep(torch.zeros(new long[] {}, first.options()));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** The fewest blocks of equally many rows, each within one group, that are small enough. */
  private long blocks(long rows, int groups) {
    long blocks = groups;
    while (rows % blocks != 0 || rows / blocks > settings.blockRows()) {
      blocks += groups;
    }
    return blocks;
  }

  @Override
  public List<OptimizerGroup> groups() {
    List<OptimizerGroup> groups = new ArrayList<>(convolutions);
    groups.addAll(others);
    return groups;
  }

  @Override
  public List<NamedTensor> state() {
    List<NamedTensor> state = new ArrayList<>();
    if (!convolutions.isEmpty()) {
      state.addAll(OptimizerGroup.named("velocity", 0, convolutions));
    }
    if (!others.isEmpty()) {
      state.addAll(OptimizerGroup.named("exp_avg", 0, others));
      state.addAll(OptimizerGroup.named("exp_avg_sq", 1, others));
    }
    state.add(new NamedTensor("optimizer_steps", steps));
    return state;
  }

  @Override
  public boolean isElementwise() {
    return false;
  }

  @Override
  public void begin(StepScalars scalars) {
    steps.add_(new Scalar(1));
    if (scalars.overflow().isTensor()) {
      steps.sub_(scalars.overflow().toTensor());
    }
  }

  @Override
  public void update(OptimizerGroup group, StepScalars scalars) {
    if (!convolutions.contains(group)) {
      update(group.portion(), scalars);
      return;
    }
    for (int i = 0; i < matrices.size(); i++) {
      try (PointerScope scope = new PointerScope()) {
        update(group.parameters().get(i), group.statesOf(i).get(0), matrices.get(i), scalars);
      }
    }
  }

  private void update(Tensor weight, Tensor velocity, long count, StepScalars scalars) {
    Tensor gradient = weight.grad();
    if (scalars.overflow().isTensor()) {
      Tensor overflow = scalars.overflow().toTensor();
      gradient
          .div_(scalars.lossScale().toTensor())
          .masked_fill_(overflow.gt(new Scalar(0)), new Scalar(0));
      // A step that overflowed leaves the velocity as it is.
      velocity.mul_(overflow.mul(new Scalar(1 - settings.momentum())).add_(momentum()));
      velocity.add_(gradient);
    } else {
      torch.add_out(velocity, gradient, velocity, momentum());
    }
    // The gradient is not needed again, and its memory is there.
    Tensor step = step(gradient.add_(velocity, momentum()), count, scalars.learningRate());
    if (scalars.overflow().isTensor()) {
      step.masked_fill_(scalars.overflow().toTensor().gt(new Scalar(0)), new Scalar(0));
    }
    weight.sub_(step);
  }

  private Scalar momentum() {
    return new Scalar(settings.momentum());
  }

  /** What is subtracted from a weight, in its shape. */
  private Tensor step(Tensor direction, long count, IValue rate) {
    long outputs = direction.size(0);
    long inputs = direction.size(1);
    long side = direction.size(2);
    // In memory order: a view, as far as the tensor is channels_last.
    Tensor rows = direction.permute(0, 2, 3, 1).reshape(count, outputs / count, -1);
    double aspect = Math.max(1, (double) rows.size(1) / rows.size(2));
    return orthogonalization
        .of(rows, factor -> scaled(factor, Math.sqrt(aspect), rate))
        .reshape(outputs, side, side, inputs)
        .permute(0, 3, 1, 2);
  }

  /**
   * The same operations for a rate that is a number and for one in a tensor: both round equally.
   */
  private static Tensor scaled(Tensor factor, double root, IValue rate) {
    Tensor shaped = factor.mul(new Scalar(root));
    return rate.isTensor() ? shaped.mul(rate.toTensor()) : shaped.mul(new Scalar(rate.toDouble()));
  }

  @Override
  public void update(OptimizerGroup.Portion portion, StepScalars scalars) {
    IValue rate = scalars.learningRate();
    boolean onDevice = rate.isTensor();
    // As float32 where a recording reads it from memory, so that both give the same weights.
    IValue own =
        onDevice
            ? new IValue(rate.toTensor().mul(new Scalar(settings.otherRate())))
            : new IValue((double) ((float) rate.toDouble() * (float) settings.otherRate()));
    (onDevice ? adamOfTensorRate : adam)
        .call(
            portion.parameters(),
            portion.gradients(),
            portion.states().get(0),
            portion.states().get(1),
            TensorList.of(List.of()), // max_exp_avg_sqs
            TensorList.of(Collections.nCopies(portion.size(), steps)),
            own,
            new IValue(settings.beta1()),
            new IValue(settings.beta2()),
            new IValue(0.0), // weight_decay
            new IValue(EPSILON),
            new IValue(false), // amsgrad
            new IValue(false), // maximize
            scalars.lossScale(),
            scalars.overflow());
  }

  @Override
  public void close() {
    owner.close();
    adam.close();
    adamOfTensorRate.close();
  }
}
