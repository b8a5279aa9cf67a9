package io.github.cnnevolution.training;

import io.github.cnnevolution.device.NativeOwner;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Stochastic gradient descent with Nesterov momentum (Sutskever et al. 2013, ICML), in PyTorch's
 * formulation:
 *
 * <pre>
 * g = gradient + decay * w;   v = momentum * v + g;   w = w - rate * (g + momentum * v)
 * </pre>
 *
 * <p>Weights of convolutions and linear layers decay; biases and normalisations do not (He et al.
 * 2018, arXiv:1812.01187). Each of the two groups is updated by one call of LibTorch's fused
 * kernel, which reads and writes every weight once; the kernel has no C++ function of its own and
 * is reached through the dispatcher. Not thread-safe.
 */
final class NesterovSgd implements AutoCloseable {
  private final NativeOwner owner = new NativeOwner();
  private final BoxedOperator kernel = new BoxedOperator("aten::_fused_sgd_");
  // The same with a learning rate that lies on the device.
  private final BoxedOperator rateOnDevice = new BoxedOperator("aten::_fused_sgd_", "tensor_lr");
  private final double momentum;
  private final List<Tensor> velocities = new ArrayList<>();
  private final List<Group> groups;

  /**
   * An optimizer of these parameters, at rest.
   *
   * @param parameters float32 leaves in their final memory format; owned by the caller, who keeps
   *     them open
   */
  NesterovSgd(List<Tensor> parameters, double momentum, double weightDecay) {
    this.momentum = momentum;
    try (PointerScope scope = new PointerScope()) {
      List<Tensor> decaying = parameters.stream().filter(p -> p.dim() > 1).toList();
      List<Tensor> others = parameters.stream().filter(p -> p.dim() <= 1).toList();
      this.groups =
          Stream.of(group(decaying, weightDecay), group(others, 0))
              .filter(group -> !group.parameters.isEmpty())
              .toList();
    }
  }

  /**
   * Applies the gradients of the last backward pass, unless {@code scaler} finds that they
   * overflowed.
   *
   * @param scaler has scaled the loss; it adapts its scale by the way
   */
  void step(double learningRate, LossScaler scaler) {
    try (PointerScope scope = new PointerScope()) {
      step(new IValue(learningRate), scaler);
    }
  }

  /**
   * The same with the learning rate as LibTorch takes it.
   *
   * @param learningRate a number, or a float32 tensor of one element on a GPU, which is read when
   *     the step is computed there
   */
  void step(IValue learningRate, LossScaler scaler) {
    try (PointerScope scope = new PointerScope();
        AutoGradMode noGradients = new AutoGradMode(false)) {
      scaler.inspect(groups.stream().flatMap(group -> group.gradients().stream()).toList());
      groups.forEach(group -> step(group, learningRate, scaler));
      scaler.update();
    }
  }

  /**
   * Applies the gradients of a group, as they are. Call it without gradient mode, in a scope.
   *
   * @param scaler with nothing to inspect any more
   */
  void step(Group group, IValue learningRate, LossScaler scaler) {
    IValue gradients = kernel.list(group.gradients());
    step(
        new Portion(group.weightList, gradients, group.velocityList, group.weightDecay),
        learningRate,
        scaler);
  }

  /**
   * The same for what is in the lists.
   *
   * @param scaler with nothing to inspect any more
   */
  void step(Portion portion, IValue learningRate, LossScaler scaler) {
    BoxedOperator update = learningRate.isTensor() ? rateOnDevice : kernel;
    update.call(
        portion.weights,
        portion.gradients,
        portion.velocities,
        new IValue(portion.weightDecay),
        new IValue(momentum),
        learningRate,
        new IValue(0.0), // dampening
        new IValue(true), // nesterov
        new IValue(false), // maximize
        new IValue(false), // is_first_step: velocities of 0 are the same
        scaler.scale(),
        scaler.overflow());
  }

  private Group group(List<Tensor> parameters, double weightDecay) {
    // The same strides as the weights: the kernel walks through both in memory order.
    List<Tensor> zeros = parameters.stream().map(p -> owner.keep(torch.zeros_like(p))).toList();
    velocities.addAll(zeros);
    return new Group(
        parameters,
        zeros,
        owner.keep(kernel.list(parameters)),
        owner.keep(kernel.list(zeros)),
        weightDecay);
  }

  /** The parameters by their weight decay. */
  List<Group> groups() {
    return groups;
  }

  /** What the optimizer remembers: the momentum of each weight, group by group. References. */
  List<Tensor> velocities() {
    return velocities;
  }

  @Override
  public void close() {
    owner.close();
    kernel.close();
    rateOnDevice.close();
  }

  /**
   * What one call of the kernel updates: lists of tensors that have, place by place, the same shape
   * and strides.
   */
  record Portion(IValue weights, IValue gradients, IValue velocities, double weightDecay) {}

  /** Parameters of one weight decay with their velocities, as Java and as LibTorch lists. */
  record Group(
      List<Tensor> parameters,
      List<Tensor> velocities,
      IValue weightList,
      IValue velocityList,
      double weightDecay) {
    /** References to the gradients, valid until they are cleared. */
    List<Tensor> gradients() {
      return parameters.stream().map(Tensor::grad).toList();
    }
  }
}
