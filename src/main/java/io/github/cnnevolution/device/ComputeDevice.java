package io.github.cnnevolution.device;

import java.util.Locale;
import java.util.Set;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.bytedeco.pytorch.global.torch_cuda;

/**
 * A place where candidates are trained. Immutable and safe to share between threads.
 *
 * @param kind processor or GPU
 * @param index counts the devices of a kind from 0, as {@code --gpus} and CUDA do
 * @param name what a person calls it, such as the processor's model
 * @param precisions the formats that it computes fast enough to be offered
 * @param preferred the format that {@code auto} stands for
 */
public record ComputeDevice(
    Kind kind, int index, String name, Set<Precision> precisions, Precision preferred) {
  /** What a device is. */
  public enum Kind {
    /** The processor of this machine. */
    CPU,
    /** An NVIDIA GPU. */
    GPU
  }

  /**
   * Copies the set.
   *
   * @throws IllegalArgumentException if {@code preferred} is not among {@code precisions}, or
   *     {@code index} does not fit LibTorch's 8 bits
   */
  public ComputeDevice {
    precisions = Set.copyOf(precisions);
    if (!precisions.contains(preferred)) {
      throw new IllegalArgumentException(
          "preferred precision " + preferred + " is none of " + precisions);
    }
    if (index < 0 || index > Byte.MAX_VALUE) {
      throw new IllegalArgumentException("device index " + index + " is outside [0, 127]");
    }
  }

  /** A short name, such as {@code cpu} or {@code gpu0}; unique on a machine. */
  public String id() {
    String base = kind.name().toLowerCase(Locale.ROOT);
    return kind == Kind.CPU && index == 0 ? base : base + index;
  }

  /** Whether this is a GPU. */
  public boolean isGpu() {
    return kind == Kind.GPU;
  }

  /** LibTorch's name for the kind of device. */
  public DeviceType type() {
    return isGpu() ? DeviceType.CUDA : DeviceType.CPU;
  }

  /**
   * Makes this device and a stream of its own current for the calling thread; see {@link
   * DeviceBinding}. Up to {@value DeviceBinding#STREAMS} threads have streams that differ.
   */
  public DeviceBinding bind() {
    return new DeviceBinding(this, true);
  }

  /** The same for copies, whose streams are not counted among those of {@link #bind}. */
  public DeviceBinding bindForCopies() {
    return new DeviceBinding(this, false);
  }

  /**
   * Gives device memory back that LibTorch keeps although no tensor uses it, so that other streams
   * can have it. LibTorch knows this for all GPUs together only; what is in use stays. On the CPU
   * there is nothing to do.
   */
  public void releaseCachedMemory() {
    if (isGpu()) {
      torch.emptyCache();
    }
  }

  /** LibTorch's form of this device. The caller's scope owns the result. */
  public Device torchDevice() {
    return isGpu() ? new Device(type(), (byte) index) : new Device(type());
  }

  /** Options for a new tensor of this type on this device. The caller's scope owns the result. */
  public TensorOptions tensor(ScalarType type) {
    return new TensorOptions(type).device(new DeviceOptional(torchDevice()));
  }

  /**
   * The same values on this device. The copy from pinned memory is asynchronous: it runs in the
   * calling thread's stream while the host goes on.
   *
   * @return a new tensor that the caller's scope owns; on the CPU {@code host} itself
   */
  public Tensor copy(Tensor host) {
    if (!isGpu()) {
      return host;
    }
    return host.to(torchDevice(), host.scalar_type(), true, false, new MemoryFormatOptional());
  }

  /** A random number generator of its own, so that no other training can disturb its sequence. */
  public Generator generator(long seed) {
    if (!isGpu()) {
      return torch.make_generator_cpu(seed);
    }
    Generator generator = torch_cuda.make_generator_cuda((byte) index);
    generator.set_current_seed(seed);
    return generator;
  }
}
