package io.github.cnnevolution.training;

import io.github.cnnevolution.device.NativeOwner;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.network.NamedTensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101) by LibTorch's fused kernel: a second
 * optimizer, which has two states for each weight and counts its steps.
 */
final class AdamW implements Optimizer {
  private final NativeOwner owner = new NativeOwner();
  private final BoxedOperator kernel = new BoxedOperator("aten::_fused_adamw_");
  private final Settings settings;
  private final List<OptimizerGroup> groups;
  private final Tensor steps;

  /** Its hyperparameters. */
  record Settings(double beta1, double beta2, double epsilon, double weightDecay)
      implements OptimizerSettings {
    static final Settings DEFAULT = new Settings(0.9, 0.999, 1e-8, 0.01);

    @Override
    public String name() {
      return "adamw";
    }

    @Override
    public Map<String, Object> hyperparameters() {
      return Map.of(
          "beta1", beta1, "beta2", beta2, "epsilon", epsilon, "weight_decay", weightDecay);
    }

    @Override
    public int statesPerWeight() {
      return 2;
    }

    @Override
    public Optimizer create(List<ParameterGroup> groups, Precision precision) {
      return new AdamW(groups, this);
    }
  }

  AdamW(List<ParameterGroup> groups, Settings settings) {
    this.settings = settings;
    try (PointerScope scope = new PointerScope()) {
      this.groups = groups.stream().map(g -> OptimizerGroup.withZeros(g, 2, owner)).toList();
      this.steps = owner.keep(torch.zeros(new long[] {}));
    }
  }

  @Override
  public List<OptimizerGroup> groups() {
    return groups;
  }

  @Override
  public List<NamedTensor> state() {
    List<NamedTensor> state = new ArrayList<>(OptimizerGroup.named("exp_avg", 0, groups));
    state.addAll(OptimizerGroup.named("exp_avg_sq", 1, groups));
    state.add(new NamedTensor("optimizer_steps", steps));
    return state;
  }

  @Override
  public boolean isElementwise() {
    return true;
  }

  @Override
  public void begin(StepScalars scalars) {
    steps.add_(torch.ones(new long[] {}));
    if (scalars.overflow().isTensor()) {
      steps.sub_(scalars.overflow().toTensor());
    }
  }

  @Override
  public void update(OptimizerGroup.Portion portion, StepScalars scalars) {
    kernel.call(
        portion.parameters(),
        portion.gradients(),
        portion.states().get(0),
        portion.states().get(1),
        TensorList.of(List.of()), // max_exp_avg_sqs
        TensorList.of(Collections.nCopies(portion.size(), steps)),
        scalars.learningRate(),
        new IValue(settings.beta1),
        new IValue(settings.beta2),
        new IValue(portion.decays() ? settings.weightDecay : 0),
        new IValue(settings.epsilon),
        new IValue(false), // amsgrad
        new IValue(false), // maximize
        scalars.lossScale(),
        scalars.overflow());
  }

  @Override
  public void close() {
    owner.close();
    kernel.close();
  }
}
