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
 * Images and labels in native memory of the host, from which each device takes its copy.
 *
 * <p>Pinned memory (page-locked) is what a GPU reads by itself, at full speed and while the host
 * goes on; it is made once for all GPUs. Close it when the devices have begun to copy: the
 * allocator keeps the memory until the last of them has read it.
 */
public final class HostImages implements AutoCloseable {
  private final NativeOwner owner = new NativeOwner();
  private final int size;
  private final Tensor planes;
  private final Tensor labels;

  /**
   * Copies the images out of the Java heap.
   *
   * @param pinned for copies to GPUs; needs a usable one
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
      planes.<ByteBuffer>createBuffer().put(images.pixels());
      this.labels = owner.keep(labels(images, pinned));
    }
  }

  /** One byte a label, where that is enough. */
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

  /** The number of images, N. */
  public int size() {
    return size;
  }

  /** [N,3,32,32] uint8. A reference: valid until this is closed. */
  Tensor planes() {
    return planes;
  }

  /** [N] uint8, or int32 for more than 256 classes. A reference, as above. */
  Tensor labels() {
    return labels;
  }

  @Override
  public void close() {
    owner.close();
  }
}
