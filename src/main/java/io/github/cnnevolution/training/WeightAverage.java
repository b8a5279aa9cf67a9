package io.github.cnnevolution.training;

import io.github.cnnevolution.device.NativeOwner;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The exponential moving average of weights and running statistics over the steps of a training.
 * The averaged network is often better than the last one (Tarvainen and Valpola 2017,
 * arXiv:1703.01780).
 *
 * <p>The average begins short, so that it forgets the first weights: its decay at step t, counted
 * from 0, is {@code min(decay, (1 + t) / (10 + t))} (TensorFlow's {@code ExponentialMovingAverage}
 * with {@code num_updates}). Not thread-safe.
 */
final class WeightAverage implements AutoCloseable {
  private final NativeOwner owner = new NativeOwner();
  private final BoxedOperator lerp = new BoxedOperator("aten::_foreach_lerp_", "Scalar");
  private final double decay;
  private final List<Tensor> values;
  private final List<Tensor> averages = new ArrayList<>();
  private final IValue valueList;
  private final IValue averageList;

  /**
   * An average that begins with the present values of these tensors.
   *
   * @param values float32, updated in place while this is open
   * @param decay in [0, 1); 0: there is no average
   */
  WeightAverage(List<Tensor> values, double decay) {
    this.decay = decay;
    this.values = decay > 0 ? List.copyOf(values) : List.of();
    try (PointerScope scope = new PointerScope();
        AutoGradMode noGradients = new AutoGradMode(false)) {
      this.values.forEach(value -> averages.add(owner.keep(value.detach().clone())));
      this.valueList = owner.keep(TensorList.of(this.values));
      this.averageList = owner.keep(TensorList.of(averages));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Adds the values after step {@code step}, counted from 0, to the average. */
  void add(int step) {
    if (decay > 0) {
      double current = Math.min(decay, (1.0 + step) / (10.0 + step));
      try (PointerScope scope = new PointerScope();
          AutoGradMode noGradients = new AutoGradMode(false)) {
        lerp.call(averageList, valueList, new IValue(new Scalar(1 - current)));
      }
    }
  }

  /** Whether there is an average. */
  boolean isActive() {
    return decay > 0;
  }

  /** Swaps values and averages; a second call swaps them back. */
  void swap() {
    try (PointerScope scope = new PointerScope();
        AutoGradMode noGradients = new AutoGradMode(false)) {
      for (int i = 0; i < values.size(); i++) {
        Tensor value = values.get(i).detach().clone();
        values.get(i).copy_(averages.get(i));
        averages.get(i).copy_(value);
      }
    }
  }

  /** Returns the averages; references. */
  List<Tensor> averages() {
    return averages;
  }

  @Override
  public void close() {
    owner.close();
    lerp.close();
  }
}
