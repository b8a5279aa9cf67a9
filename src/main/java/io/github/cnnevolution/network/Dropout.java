package io.github.cnnevolution.network;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.NativeOwner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Dropout with a random sequence of its own.
 *
 * <p>LibTorch's dropout draws from the generator of the process, so that trainings in parallel
 * would change each other's results. This one draws from a generator given by a seed: eight
 * elements from each 64 random bits, a byte an element, which is exact for probabilities that are
 * multiples of 1/256 and about three times as fast as drawing a float for each. Not thread-safe:
 * one instance belongs to one training.
 */
public final class Dropout implements AutoCloseable {
  private static final int LEVELS = 256;

  private final NativeOwner owner = new NativeOwner();
  private final ComputeDevice device;
  private final GeneratorOptional generator;
  private final LongOptional noUpperBound;
  // Where the bits of each call lie; empty if they are drawn in the call.
  private final Optional<List<Tensor>> places;
  private int nextPlace;

  /** Dropout whose masks are a function of {@code seed} and of the sequence of calls. */
  public Dropout(ComputeDevice device, long seed) {
    this.device = device;
    this.places = Optional.empty();
    try (PointerScope scope = new PointerScope()) {
      this.generator = owner.keep(new GeneratorOptional(owner.keep(device.generator(seed))));
      this.noUpperBound = owner.keep(new LongOptional());
    }
  }

  private Dropout(Dropout drawing) {
    this.device = drawing.device;
    this.generator = drawing.generator;
    this.noUpperBound = drawing.noUpperBound;
    this.places = Optional.of(new ArrayList<>());
  }

  /**
   * Dropout for work that is recorded once and repeated, in which nothing can be drawn: its calls
   * reserve a place for their bits, and {@link #draw} fills all of them. So it draws what this one
   * would draw in as many calls, from the same sequence. Calls after a draw take the places in the
   * same order. Close it before this one.
   */
  public Dropout forRecording() {
    return new Dropout(this);
  }

  /** Draws the bits of all calls that were recorded, anew each time. */
  public void draw() {
    nextPlace = 0;
    try (PointerScope scope = new PointerScope()) {
      places.orElseThrow().forEach(bits -> bits.random_(Long.MIN_VALUE, noUpperBound, generator));
    }
  }

  /**
   * Zeroes each element with the given probability and scales the others by 1 / (1 - p).
   *
   * @param input a dense tensor of any shape and memory format
   * @param probability a multiple of 1/256 in [0, 1)
   * @return a new tensor of the input's shape, type and memory format; the caller's scope owns it
   */
  public Tensor apply(Tensor input, double probability) {
    long words = (input.numel() + Long.BYTES - 1) / Long.BYTES;
    try (Tensor bytes = randomBytes(words);
        Tensor shaped = bytes.as_strided(input.sizes(), input.strides());
        Tensor kept = shaped.ge(new Scalar((int) (probability * LEVELS)));
        Tensor mask = kept.to(input.scalar_type())) {
      return input.mul(mask.mul_(new Scalar(1 / (1 - probability))));
    }
  }

  /** Eight times so many random bytes. */
  private Tensor randomBytes(long words) {
    if (places.isPresent()) {
      return nextPlace(places.get(), words).view(ScalarType.Byte);
    }
    Tensor bits = uninitialized(words);
    try (bits) {
      return bits.random_(Long.MIN_VALUE, noUpperBound, generator).view(ScalarType.Byte);
    }
  }

  private Tensor nextPlace(List<Tensor> reserved, long words) {
    if (nextPlace == reserved.size()) {
      reserved.add(owner.keep(uninitialized(words)));
    }
    return reserved.get(nextPlace++);
  }

  private Tensor uninitialized(long words) {
    return torch.empty(new long[] {words}, device.tensor(ScalarType.Long), null);
  }

  /** The state of the random sequence, from which the next call draws; [n] uint8. */
  public Tensor randomState() {
    return generator.get().get_state();
  }

  /** Goes on from a state that {@link #randomState} gave. */
  public void setRandomState(Tensor state) {
    generator.get().set_state(state);
  }

  @Override
  public void close() {
    owner.close();
  }
}
