package io.github.cnnevolution.training;

import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;

/** Optimizers of tensors that belong to no network. */
final class Optimizers {
  private Optimizers() {}

  /** Tensors of more than one dimension decay. */
  static List<ParameterGroup> groups(List<Tensor> parameters) {
    return Stream.of(true, false)
        .map(
            decays ->
                new ParameterGroup(
                    parameters.stream().filter(p -> p.dim() > 1 == decays).toList(), decays))
        .filter(group -> !group.parameters().isEmpty())
        .toList();
  }

  static NesterovSgd nesterov(List<Tensor> parameters, double momentum, double weightDecay) {
    return new NesterovSgd(groups(parameters), momentum, weightDecay);
  }

  static void step(Optimizer optimizer, double rate, LossScaler scaler) {
    try (PointerScope scope = new PointerScope()) {
      WholeUpdate.step(optimizer, new IValue(rate), scaler);
    }
  }
}
