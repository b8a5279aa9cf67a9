package io.github.cnnevolution.training;

import io.github.cnnevolution.data.Batch;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.NativeOwner;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Mixes another image of its batch into each, and their labels alike (Zhang et al. 2018,
 * arXiv:1710.09412). One fraction, drawn from Beta(alpha, alpha), holds for the whole batch. The
 * partners are the images of the batch in reverse order: the order of the batch is random, so any
 * pairing will do. Not thread-safe: one instance belongs to one training.
 */
final class Mixup implements AutoCloseable {
  private final NativeOwner owner = new NativeOwner();
  private final boolean enabled;
  private final BoxedOperator dirichlet = new BoxedOperator("aten::_sample_dirichlet", "out");
  private final Generator generator;
  private final IValue generatorValue;
  private final IValue alphas;
  private final Tensor drawn;
  private final IValue drawnValue;
  // Always the same tensor, so that work recorded for a GPU finds it: [1] float32.
  private final Tensor fraction;

  /**
   * Mixup whose fractions are a function of {@code seed}.
   *
   * @param alpha 0: nothing is mixed
   */
  Mixup(ComputeDevice device, double alpha, long seed) {
    this.enabled = alpha > 0;
    try (PointerScope scope = new PointerScope()) {
      long[] both = {2};
      this.generator = owner.keep(device.generator(seed));
      this.generatorValue = owner.keep(new IValue(generator));
      // In float64: for a small alpha both parts of a float32 draw may be 0.
      this.alphas =
          owner.keep(
              new IValue(
                  torch.full(
                      both, new Scalar(enabled ? alpha : 1), device.tensor(ScalarType.Double))));
      this.drawn = owner.keep(torch.empty(both, device.tensor(ScalarType.Double), null));
      this.drawnValue = owner.keep(new IValue(drawn));
      this.fraction = owner.keep(torch.zeros(new long[] {1}, device.tensor(ScalarType.Float)));
    }
  }

  /** Draws the mixing fraction of the next batch. */
  void draw() {
    if (enabled) {
      try (PointerScope scope = new PointerScope()) {
        // Two parts that add up to 1, by Dirichlet(alpha, alpha): each of them is Beta distributed.
        dirichlet.call(alphas, generatorValue, drawnValue);
        fraction.copy_(drawn.narrow(0, 0, 1));
      }
    }
  }

  /** Returns the batch, mixed by the fraction drawn last; the caller's scope owns it. */
  Batch apply(Batch batch) {
    if (!enabled) {
      return batch;
    }
    Tensor images = batch.images().lerp(batch.images().flip(0), fraction);
    return new Batch(
        images, batch.labels(), Optional.of(new Batch.Mixture(batch.labels().flip(0), fraction)));
  }

  /** Returns the state of the random sequence, [n] uint8. */
  Tensor randomState() {
    return generator.get_state();
  }

  /** Continues from a state that {@link #randomState} gave. */
  void setRandomState(Tensor state) {
    generator.set_state(state);
  }

  @Override
  public void close() {
    owner.close();
    dirichlet.close();
  }
}
