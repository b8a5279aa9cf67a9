package io.github.cnnevolution.training;

import io.github.cnnevolution.device.NativeOwner;
import io.github.cnnevolution.network.NamedTensor;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.IValue;

/**
 * Stochastic gradient descent with Nesterov momentum (Sutskever et al. 2013, ICML), in PyTorch's
 * formulation:
 *
 * <pre>
 * g = gradient + decay * w;   v = momentum * v + g;   w = w - rate * (g + momentum * v)
 * </pre>
 *
 * <p>Each group is updated by one call of LibTorch's fused kernel, which reads and writes every
 * weight once; the kernel has no C++ function of its own and is reached through the dispatcher.
 */
final class NesterovSgd implements Optimizer {
  private final NativeOwner owner = new NativeOwner();
  private final BoxedOperator kernel = new BoxedOperator("aten::_fused_sgd_");
  // Takes the learning rate as a tensor on the device.
  private final BoxedOperator kernelOfTensorRate =
      new BoxedOperator("aten::_fused_sgd_", "tensor_lr");
  private final double momentum;
  private final double weightDecay;
  private final List<OptimizerGroup> groups;

  /**
   * An optimizer whose velocities are 0.
   *
   * @param groups of parameters; owned by the caller, who keeps them open
   */
  NesterovSgd(List<ParameterGroup> groups, double momentum, double weightDecay) {
    this.momentum = momentum;
    this.weightDecay = weightDecay;
    try (PointerScope scope = new PointerScope()) {
      this.groups = groups.stream().map(g -> OptimizerGroup.withZeros(g, 1, owner)).toList();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public List<OptimizerGroup> groups() {
    return groups;
  }

  @Override
  public List<NamedTensor> state() {
    return OptimizerGroup.named("velocity", 0, groups);
  }

  @Override
  public boolean isElementwise() {
    return true;
  }

  @Override
  public void update(OptimizerGroup.Portion portion, StepScalars scalars) {
    BoxedOperator update = scalars.learningRate().isTensor() ? kernelOfTensorRate : kernel;
    update.call(
        portion.parameters(),
        portion.gradients(),
        portion.states().get(0),
        new IValue(portion.decays() ? weightDecay : 0),
        new IValue(momentum),
        scalars.learningRate(),
        new IValue(0.0), // dampening
        new IValue(true), // nesterov
        new IValue(false), // maximize
        new IValue(false), // is_first_step: with velocities of 0 it changes nothing
        scalars.lossScale(),
        scalars.overflow());
  }

  @Override
  public void close() {
    owner.close();
    kernel.close();
    kernelOfTensorRate.close();
  }
}
