package io.github.cnnevolution.training;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.NativeOwner;
import io.github.cnnevolution.device.Precision;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Dynamic loss scaling, which keeps small fp16 gradients from vanishing (Micikevicius et al. 2017,
 * arXiv:1710.03740): the loss is multiplied by a scale before the backward pass, and the optimizer
 * divides the gradients by it. A step whose gradients overflow is left out and halves the scale;
 * after 2000 good steps in a row the scale doubles (the constants of PyTorch's {@code GradScaler}).
 * Scale and overflow flag stay on the device: no step waits for them.
 *
 * <p>In any other precision nothing is scaled. Not thread-safe.
 */
final class LossScaler implements AutoCloseable {
  private static final double INITIAL_SCALE = 65536;
  private static final double GROWTH = 2;
  private static final double BACKOFF = 0.5;
  private static final int GROWTH_INTERVAL = 2000;

  private final NativeOwner owner = new NativeOwner();
  private final BoxedOperator checkAndUnscale =
      new BoxedOperator("aten::_amp_foreach_non_finite_check_and_unscale_");
  private final BoxedOperator updateScale = new BoxedOperator("aten::_amp_update_scale_");
  private final boolean enabled;
  private final Tensor scale;
  private final IValue scaleValue;
  private final Tensor one;
  private final IValue oneValue;
  private final Tensor overflow;
  private final IValue overflowValue;
  private final Tensor goodSteps;
  private final IValue goodStepsValue;

  LossScaler(ComputeDevice device, Precision precision) {
    this.enabled = precision == Precision.FP16;
    try (PointerScope scope = new PointerScope()) {
      TensorOptions float32 = device.tensor(ScalarType.Float);
      long[] scalar = {};
      this.scale = owner.keep(torch.full(scalar, new Scalar(INITIAL_SCALE), float32));
      this.overflow = owner.keep(torch.zeros(scalar, float32));
      this.one = owner.keep(torch.ones(scalar, float32));
      this.oneValue = owner.keep(new IValue(one));
      this.goodSteps = owner.keep(torch.zeros(scalar, device.tensor(ScalarType.Int)));
      this.goodStepsValue = owner.keep(new IValue(goodSteps));
      this.scaleValue = owner.keep(enabled ? new IValue(scale) : new IValue());
      this.overflowValue = owner.keep(enabled ? new IValue(overflow) : new IValue());
    }
  }

  /**
   * Runs the backward pass of the scaled loss. It starts from the scale in place of 1, which scales
   * the loss without a launch for it.
   */
  void backward(Tensor loss) {
    loss.backward(enabled ? scale : one, new BoolOptional(), false, new TensorArrayRefOptional());
  }

  /** Whether the gradients are scaled, and must be inspected before they are applied. */
  boolean isEnabled() {
    return enabled;
  }

  /**
   * Returns what the optimizer must know in one step: the scale, and whether {@link #inspect} has
   * found a gradient that is infinite or not a number. Both are None where nothing is scaled.
   *
   * @param rate the learning rate; see {@link StepScalars#learningRate}
   */
  StepScalars scalars(IValue rate) {
    return new StepScalars(rate, scaleValue, overflowValue);
  }

  /** Checks gradients for overflow and does not change them. Call it without gradient mode. */
  void inspect(List<Tensor> gradients) {
    if (enabled) {
      overflow.zero_();
      // The operator multiplies by its last argument as it looks: by 1 here.
      checkAndUnscale.call(TensorList.of(gradients), overflowValue, oneValue);
    }
  }

  /** Adapts the scale after the optimizer's step. Call it without gradient mode. */
  void update() {
    if (enabled) {
      updateScale.call(
          scaleValue,
          goodStepsValue,
          overflowValue,
          new IValue(GROWTH),
          new IValue(BACKOFF),
          new IValue((long) GROWTH_INTERVAL));
    }
  }

  /** Returns the scale and the number of good steps since it changed; references. */
  List<Tensor> state() {
    return enabled ? List.of(scale, goodSteps) : List.of();
  }

  @Override
  public void close() {
    owner.close();
    checkAndUnscale.close();
    updateScale.close();
  }
}
