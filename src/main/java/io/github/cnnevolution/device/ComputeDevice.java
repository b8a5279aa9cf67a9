package io.github.cnnevolution.device;

import java.util.Set;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A place where candidates are trained. Immutable and safe to share between threads.
 *
 * @param name what a person calls it, such as the processor's model
 * @param precisions the formats that it computes fast enough to be offered
 * @param preferred the format that {@code auto} stands for
 */
public record ComputeDevice(String name, Set<Precision> precisions, Precision preferred) {
  /**
   * Copies the set.
   *
   * @throws IllegalArgumentException if {@code preferred} is not among {@code precisions}
   */
  public ComputeDevice {
    precisions = Set.copyOf(precisions);
    if (!precisions.contains(preferred)) {
      throw new IllegalArgumentException(
          "preferred precision " + preferred + " is none of " + precisions);
    }
  }

  /** LibTorch's name for the kind of device. */
  public DeviceType type() {
    return DeviceType.CPU;
  }

  /** Options for a new tensor of this type on this device. The caller's scope owns the result. */
  public TensorOptions tensor(ScalarType type) {
    return new TensorOptions(type)
        .device(new org.bytedeco.pytorch.DeviceOptional(new Device(type())));
  }

  /** A random number generator of its own, so that no other training can disturb its sequence. */
  public Generator generator(long seed) {
    return torch.make_generator_cpu(seed);
  }
}
