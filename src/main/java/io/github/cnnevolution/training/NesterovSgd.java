package io.github.cnnevolution.training;

import io.github.cnnevolution.device.NativeOwner;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.Type;
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
  private final double momentum;
  private final OperatorHandle kernel;
  private final Type.TypePtr tensorType;
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
      this.kernel = owner.keep(Dispatcher.singleton().findSchemaOrThrow("aten::_fused_sgd_", ""));
      this.tensorType = owner.keep(new Type.TypePtr(TensorType.get()));
      List<Tensor> decaying = parameters.stream().filter(p -> p.dim() > 1).toList();
      List<Tensor> others = parameters.stream().filter(p -> p.dim() <= 1).toList();
      this.groups =
          Stream.of(group(decaying, weightDecay), group(others, 0))
              .filter(group -> !group.parameters.isEmpty())
              .toList();
    }
  }

  /** Applies the gradients of the last backward pass. */
  void step(double learningRate) {
    for (Group group : groups) {
      try (PointerScope scope = new PointerScope();
          AutoGradMode noGradients = new AutoGradMode(false)) {
        IValueVector arguments = new IValueVector();
        arguments.push_back(group.weights);
        arguments.push_back(list(group.parameters.stream().map(Tensor::grad).toList()));
        arguments.push_back(group.velocities);
        arguments.push_back(new IValue(group.weightDecay));
        arguments.push_back(new IValue(momentum));
        arguments.push_back(new IValue(learningRate));
        arguments.push_back(new IValue(0.0)); // dampening
        arguments.push_back(new IValue(true)); // nesterov
        arguments.push_back(new IValue(false)); // maximize
        arguments.push_back(new IValue(false)); // is_first_step: velocities of 0 are the same
        arguments.push_back(new IValue()); // grad_scale
        arguments.push_back(new IValue()); // found_inf
        kernel.callBoxed(arguments);
      }
    }
  }

  private Group group(List<Tensor> parameters, double weightDecay) {
    // The same strides as the weights: the kernel walks through both in memory order.
    List<Tensor> zeros = parameters.stream().map(torch::zeros_like).toList();
    return new Group(
        parameters, owner.keep(list(parameters)), owner.keep(list(zeros)), weightDecay);
  }

  private IValue list(List<Tensor> tensors) {
    GenericList list = new GenericList(tensorType);
    tensors.forEach(tensor -> list.push_back(new IValue(tensor)));
    return new IValue(list);
  }

  @Override
  public void close() {
    owner.close();
  }

  /** Parameters of one weight decay, as Java and as LibTorch lists. */
  private record Group(
      List<Tensor> parameters, IValue weights, IValue velocities, double weightDecay) {}
}
