package io.github.cnnevolution.training;

import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.IValue;

/** All gradients to their masters, one step of the optimizer, all weights to the network. */
record WholeUpdate(MasterWeights weights, Optimizer optimizer, LossScaler scaler)
    implements WeightUpdate {
  /** Makes the gradients of the masters, which last as long as the training. */
  WholeUpdate {
    weights.makeGradients();
  }

  @Override
  public void collect(boolean first) {
    weights.collectGradients(first);
  }

  @Override
  public void apply(IValue rate) {
    step(optimizer, rate, scaler);
    weights.copyToModel();
  }

  /**
   * Applies the gradients of the last backward pass, unless they overflowed.
   *
   * @param rate the learning rate; see {@link StepScalars#learningRate}
   * @param scaler has scaled the loss; adapts its scale
   */
  static void step(Optimizer optimizer, IValue rate, LossScaler scaler) {
    try (PointerScope scope = new PointerScope();
        AutoGradMode noGradients = new AutoGradMode(false)) {
      List<OptimizerGroup> groups = optimizer.groups();
      scaler.inspect(groups.stream().flatMap(group -> group.gradients().stream()).toList());
      StepScalars scalars = scaler.scalars(rate);
      optimizer.begin(scalars);
      groups.forEach(group -> optimizer.update(group, scalars));
      scaler.update();
    }
  }

  @Override
  public void close() {
    // It owns nothing.
  }
}
