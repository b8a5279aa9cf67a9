package io.github.cnnevolution.data;

import io.github.cnnevolution.device.NativeOwner;
import java.nio.ByteBuffer;
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
      this.labels = owner.keep(torch.empty(new long[] {size}, bytes, null));
      ByteBuffer target = labels.createBuffer();
      for (int i = 0; i < size; i++) {
        target.put((byte) images.label(i));
      }
    }
  }

  /** The number of images, N. */
  public int size() {
    return size;
  }

  /** [N,3,32,32] uint8. A reference: valid until this is closed. */
  Tensor planes() {
    return planes;
  }

  /** [N] uint8. A reference, as above. */
  Tensor labels() {
    return labels;
  }

  @Override
  public void close() {
    owner.close();
  }
}
