package io.github.cnnevolution.training;

import io.github.cnnevolution.device.NativeOwner;
import io.github.cnnevolution.network.NamedTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A group of parameters with the state that an optimizer keeps for each of them. A state, such as
 * the momentum, is a tensor of its parameter's shape and strides: fused kernels walk through both
 * in memory order.
 */
public final class OptimizerGroup {
  private final List<Tensor> parameters;
  private final List<List<Tensor>> states;
  private final boolean decays;
  private final IValue parameterList;
  private final List<IValue> stateLists;

  /**
   * Tensors that one call of a kernel updates: lists of tensors that have, place by place, the same
   * shape and strides.
   *
   * @param parameters a list of tensors
   * @param gradients a list of tensors
   * @param states a list of tensors for each state of the optimizer
   * @param size how many tensors each list has
   * @param decays whether weight decay applies
   */
  public record Portion(
      IValue parameters, IValue gradients, List<IValue> states, int size, boolean decays) {}

  /**
   * Groups parameters with states that exist.
   *
   * @param states for each state of the optimizer, one tensor for each parameter
   * @param owner keeps the lists
   */
  OptimizerGroup(
      List<Tensor> parameters, List<List<Tensor>> states, boolean decays, NativeOwner owner) {
    this.parameters = List.copyOf(parameters);
    this.states = states.stream().map(List::copyOf).toList();
    this.decays = decays;
    this.parameterList = owner.keep(TensorList.of(parameters));
    this.stateLists = states.stream().map(state -> owner.keep(TensorList.of(state))).toList();
  }

  /**
   * Gives each parameter states of zeros. Call it in a scope.
   *
   * @param states how many for each parameter
   * @param owner keeps them
   */
  public static OptimizerGroup withZeros(ParameterGroup group, int states, NativeOwner owner) {
    List<List<Tensor>> zeros = new ArrayList<>();
    for (int i = 0; i < states; i++) {
      zeros.add(group.parameters().stream().map(p -> owner.keep(torch.zeros_like(p))).toList());
    }
    return new OptimizerGroup(group.parameters(), zeros, group.decays(), owner);
  }

  /** Returns the parameters; references. */
  public List<Tensor> parameters() {
    return parameters;
  }

  /** Returns the states of one parameter, by its place in the group; references. */
  List<Tensor> statesOf(int parameter) {
    return states.stream().map(state -> state.get(parameter)).toList();
  }

  /** Whether weight decay applies. */
  public boolean decays() {
    return decays;
  }

  /** Returns references to the gradients, valid until they are cleared. */
  List<Tensor> gradients() {
    return parameters.stream().map(Tensor::grad).toList();
  }

  /** Returns the whole group with its present gradients. The caller's scope owns their list. */
  Portion portion() {
    return new Portion(
        parameterList, TensorList.of(gradients()), stateLists, parameters.size(), decays);
  }

  /** Returns some of the parameters with their states, by their places in the group. */
  OptimizerGroup select(IntPredicate places, NativeOwner owner) {
    List<Integer> chosen = IntStream.range(0, parameters.size()).filter(places).boxed().toList();
    return new OptimizerGroup(
        chosen.stream().map(parameters::get).toList(),
        states.stream().map(state -> chosen.stream().map(state::get).toList()).toList(),
        decays,
        owner);
  }

  /** Names one state of all groups: {@code name.0}, {@code name.1} and so on. References. */
  public static List<NamedTensor> named(String name, int state, List<OptimizerGroup> groups) {
    List<NamedTensor> named = new ArrayList<>();
    for (OptimizerGroup group : groups) {
      group
          .states
          .get(state)
          .forEach(t -> named.add(new NamedTensor(name + "." + named.size(), t)));
    }
    return named;
  }
}
