package io.github.cnnevolution.data;

import io.github.cnnevolution.device.NativeOwner;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Images and labels in native host memory. Each device copies them from here.
 *
 * <p>A GPU reads pinned (page-locked) memory by itself, at full speed, while the host continues.
 * The memory is allocated once for all GPUs. Close it after the devices have started to copy: the
 * allocator keeps the memory until the last device has read it.
 */
public final class HostImages implements AutoCloseable {
  private final NativeOwner owner = new NativeOwner();
  private final int size;
  private final Tensor planes;
  private final Tensor labels;

  /**
   * Copies the images.
   *
   * @param pinned whether to use pinned memory, for copies to GPUs; requires a usable GPU
   */
  public HostImages(ImageSet images, boolean pinned) {
    this.size = images.size();
    try (PointerScope scope = new PointerScope()) {
      TensorOptions bytes =
          new TensorOptions(ScalarType.Byte).pinned_memory(new BoolOptional(pinned));
      this.planes =
          owner.keep(
              torch.empty(
                  new long[] {size, ImageSet.CHANNELS, ImageSet.SIDE, ImageSet.SIDE}, bytes, null));
      images.copyTo(planes.createBuffer());
      this.labels = owner.keep(labels(images, pinned));
    }
  }

  /** Copies the labels, with one byte per label if that is enough. */
  private static Tensor labels(ImageSet images, boolean pinned) {
    boolean small = images.classes() <= 1 << Byte.SIZE;
    TensorOptions type =
        new TensorOptions(small ? ScalarType.Byte : ScalarType.Int)
            .pinned_memory(new BoolOptional(pinned));
    Tensor labels = torch.empty(new long[] {images.size()}, type, null);
    if (small) {
      ByteBuffer bytes = labels.createBuffer();
      for (int i = 0; i < images.size(); i++) {
        bytes.put((byte) images.label(i));
      }
    } else {
      IntBuffer ints = labels.createBuffer();
      for (int i = 0; i < images.size(); i++) {
        ints.put(images.label(i));
      }
    }
    return labels;
  }

  /** Returns the number of images, N. */
  public int size() {
    return size;
  }

  /**
   * Returns the pixels, [N,3,32,32] uint8. This object owns the tensor; it is valid until close.
   */
  Tensor planes() {
    return planes;
  }

  /**
   * Returns the labels, [N] uint8, or int32 for more than 256 classes. This object owns the tensor;
   * it is valid until close.
   */
  Tensor labels() {
    return labels;
  }

  @Override
  public void close() {
    owner.close();
  }
}
