package io.github.cnnevolution.training;

import io.github.cnnevolution.device.NativeOwner;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.network.Network;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Float32 weights behind a network that computes in 16 bits (Micikevicius et al. 2017,
 * arXiv:1710.03740, section 3.1).
 *
 * <p>While open, the weights of the network's convolutions and linear layers are 16-bit copies. The
 * optimizer works on their float32 masters. One operation over all tensors copies the gradients to
 * the masters and the new weights back. Autocast alone gives the same bits, but casts each tensor
 * in each direction: a quarter of all launches of a step on a GPU. (Where the stem is folded over
 * images, the parts of its bias's gradient are added in 16 bits rather than 32.) Closing gives the
 * network its float32 weights back. In float32 there is nothing to do. Not thread-safe.
 */
final class MasterWeights implements AutoCloseable {
  private final NativeOwner owner = new NativeOwner();
  private final BoxedOperator copy = new BoxedOperator("aten::_foreach_copy_");
  private final BoxedOperator add = new BoxedOperator("aten::_foreach_add_", "List");
  private final boolean enabled;
  private final List<Tensor> parameters = new ArrayList<>();
  private final List<Tensor> decaying = new ArrayList<>();
  private final List<Integer> convolutionGroups = new ArrayList<>();
  private final List<Tensor> others = new ArrayList<>();
  private final List<Tensor> copies = new ArrayList<>();
  private final List<Tensor> masters = new ArrayList<>();
  private final IValue copyList;
  private final IValue masterList;
  private Optional<IValue> gradientList = Optional.empty();

  MasterWeights(Network network, Precision precision) {
    this.enabled = precision != Precision.FP32;
    try (PointerScope scope = new PointerScope();
        AutoGradMode noGradients = new AutoGradMode(false)) {
      for (Tensor parameter : network.parameters()) {
        boolean factor = network.isMatmulParameter(parameter);
        Tensor updated = enabled && factor ? addMaster(parameter, precision) : parameter;
        parameters.add(updated);
        // A bias is a factor too, of one dimension.
        if (factor && parameter.dim() > 1) {
          decaying.add(updated);
          convolutionGroups.add(network.convolutionGroups(parameter));
        } else {
          others.add(updated);
        }
      }
      network.prepare(precision.scalarType());
      this.copyList = owner.keep(TensorList.of(copies));
      this.masterList = owner.keep(TensorList.of(masters));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private Tensor addMaster(Tensor parameter, Precision precision) {
    Tensor master = owner.keep(parameter.detach());
    parameter.set_data(master.to(precision.scalarType()));
    copies.add(parameter);
    masters.add(master);
    return master;
  }

  /** Returns what the optimizer updates: float32, in the network's order. References. */
  List<Tensor> parameters() {
    return parameters;
  }

  /**
   * Returns the {@link #parameters} by whether they decay: the weights of convolutions and linear
   * layers, then biases and normalisations. No group is empty.
   */
  List<ParameterGroup> groups() {
    return Stream.of(
            new ParameterGroup(decaying, convolutionGroups, true),
            new ParameterGroup(others, false))
        .filter(group -> !group.parameters().isEmpty())
        .toList();
  }

  /** Whether there are masters at all: with 16-bit precisions only. */
  boolean isActive() {
    return enabled;
  }

  /**
   * Returns the network's 16-bit copy of one of the {@link #parameters}; empty if the network has
   * the parameter itself.
   */
  Optional<Tensor> copyOf(Tensor parameter) {
    int place = masters.indexOf(parameter);
    return place < 0 ? Optional.empty() : Optional.of(copies.get(place));
  }

  /** Makes the float32 gradients of the masters, unless they exist. */
  void makeGradients() {
    if (gradientList.isPresent()) {
      return;
    }
    try (PointerScope scope = new PointerScope();
        AutoGradMode noGradients = new AutoGradMode(false)) {
      List<Tensor> gradients = new ArrayList<>();
      for (Tensor master : masters) {
        Tensor gradient = owner.keep(torch.zeros_like(master));
        master.mutable_grad().put(gradient);
        gradients.add(gradient);
      }
      gradientList = Optional.of(owner.keep(TensorList.of(gradients)));
    }
  }

  /**
   * Takes the gradients of a backward pass over from the network, once {@link #makeGradients} was
   * called.
   *
   * @param first whether they replace the masters' gradients or are added to them
   */
  void collectGradients(boolean first) {
    if (!enabled) {
      return;
    }
    try (PointerScope scope = new PointerScope();
        AutoGradMode noGradients = new AutoGradMode(false)) {
      IValue gradients = TensorList.of(copies.stream().map(Tensor::grad).toList());
      if (first) {
        copy.call(gradientList.orElseThrow(), gradients, new IValue(false));
      } else {
        add.call(gradientList.orElseThrow(), gradients, new IValue(new Scalar(1)));
      }
      copies.forEach(parameter -> parameter.mutable_grad().reset());
    }
  }

  /** Gives the network the weights that the optimizer has made. */
  void copyToModel() {
    if (enabled) {
      try (PointerScope scope = new PointerScope();
          AutoGradMode noGradients = new AutoGradMode(false)) {
        copy.call(copyList, masterList, new IValue(false));
      }
    }
  }

  /** Gives the network its float32 weights back. */
  @Override
  public void close() {
    try (PointerScope scope = new PointerScope();
        AutoGradMode noGradients = new AutoGradMode(false)) {
      for (int i = 0; i < copies.size(); i++) {
        copies.get(i).mutable_grad().reset();
        copies.get(i).set_data(masters.get(i));
      }
    }
    owner.close();
    copy.close();
    add.close();
  }
}
