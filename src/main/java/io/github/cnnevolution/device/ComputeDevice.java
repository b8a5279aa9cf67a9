package io.github.cnnevolution.device;

import java.io.Serializable;
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
 * A device that trains candidates: the CPU or a GPU. Immutable and safe to share between threads.
 *
 * @param kind CPU or GPU
 * @param index of the device among those of its kind, from 0, as {@code --gpus} and CUDA count
 * @param name the model name for users, such as the processor's model
 * @param precisions the formats that this device computes fast and that users may choose
 * @param preferred the format that {@code auto} selects
 */
public record ComputeDevice(
    Kind kind, int index, String name, Set<Precision> precisions, Precision preferred)
    implements Serializable {
  /** The kind of a device. */
  public enum Kind {
    /** The processor of this machine. */
    CPU,
    /** An NVIDIA GPU. */
    GPU
  }

  /**
   * Copies the set and checks the values.
   *
   * @throws IllegalArgumentException if {@code preferred} is not among {@code precisions}, or
   *     {@code index} does not fit LibTorch's 8 bits
   */
  public ComputeDevice {
    precisions = Set.copyOf(precisions);
    if (!precisions.contains(preferred)) {
      throw new IllegalArgumentException(
          "preferred precision " + preferred + " is not one of " + precisions);
    }
    if (index < 0 || index > Byte.MAX_VALUE) {
      throw new IllegalArgumentException("device index " + index + " is outside [0, 127]");
    }
  }

  /** Returns a short name that is unique on the machine, such as {@code cpu} or {@code gpu0}. */
  public String id() {
    String base = kind.name().toLowerCase(Locale.ROOT);
    return kind == Kind.CPU && index == 0 ? base : base + index;
  }

  /** Returns whether this device is a GPU. */
  public boolean isGpu() {
    return kind == Kind.GPU;
  }

  /** Returns LibTorch's constant for the kind of device. */
  public DeviceType type() {
    return isGpu() ? DeviceType.CUDA : DeviceType.CPU;
  }

  /**
   * Makes this device current for the calling thread and gives the thread its own stream; see
   * {@link DeviceBinding}. At most {@value DeviceBinding#STREAMS} threads have different streams;
   * beyond that, streams are shared.
   */
  public DeviceBinding bind() {
    return new DeviceBinding(this, true);
  }

  /**
   * Like {@link #bind}, for copies: the stream comes from another pool, so it does not use up one
   * of the streams of {@link #bind}.
   */
  public DeviceBinding bindForCopies() {
    return new DeviceBinding(this, false);
  }

  /**
   * Releases device memory that LibTorch caches and no tensor uses, so that other streams can
   * allocate it. LibTorch clears the caches of all GPUs together. Memory in use is not affected.
   * Does nothing on the CPU.
   */
  public void releaseCachedMemory() {
    if (isGpu()) {
      torch.emptyCache();
    }
  }

  /**
   * Gives back the memory that threads which have ended left: what LibTorch keeps of it for other
   * tensors, and cuBLAS's workspaces. Call it while no thread uses the device.
   */
  public void releaseWorkspaces() {
    if (isGpu()) {
      torch_cuda.clearCublasWorkspaces();
      torch.emptyCache();
    }
  }

  /** Waits until the device has done what all threads have launched; nothing on a processor. */
  public void synchronize() {
    if (isGpu()) {
      torch.cuda_synchronize(index);
    }
  }

  /**
   * Waits for all work of this process on a GPU, and returns whether that succeeds. After an error
   * that has destroyed its context, it never does again.
   */
  boolean responds() {
    try {
      synchronize();
      return true;
    } catch (RuntimeException e) {
      // The kind of the error does not matter: the device does no work.
      return false;
    }
  }

  /** Returns LibTorch's object for this device. The caller's scope owns the result. */
  public Device torchDevice() {
    return isGpu() ? new Device(type(), (byte) index) : new Device(type());
  }

  /**
   * Returns the options for a new tensor of this element type on this device. The caller's scope
   * owns the result.
   */
  public TensorOptions tensor(ScalarType type) {
    return new TensorOptions(type).device(new DeviceOptional(torchDevice()));
  }

  /**
   * Copies a host tensor to this device. A copy from pinned memory is asynchronous: it runs on the
   * calling thread's stream while the host continues.
   *
   * @return a new tensor that the caller's scope owns; on the CPU {@code host} itself
   */
  public Tensor copy(Tensor host) {
    if (!isGpu()) {
      return host;
    }
    return host.to(torchDevice(), host.scalar_type(), true, false, new MemoryFormatOptional());
  }

  /** Creates a separate random number generator, so that no other training affects its sequence. */
  public Generator generator(long seed) {
    if (!isGpu()) {
      return torch.make_generator_cpu(seed);
    }
    Generator generator = torch_cuda.make_generator_cuda((byte) index);
    generator.set_current_seed(seed);
    return generator;
  }
}
