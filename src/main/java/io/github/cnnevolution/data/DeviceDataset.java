package io.github.cnnevolution.data;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.DeviceBinding;
import io.github.cnnevolution.device.DeviceEvent;
import io.github.cnnevolution.device.NativeOwner;
import io.github.cnnevolution.text.Text;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Images and labels in the memory of a device, shared by all workers of the device.
 *
 * <p>The images are stored once as uint8, padded by {@value #PADDING} black pixels on each side,
 * with one row of three channels per pixel: [N*40*40, 3]. One gather of rows then performs crop,
 * flip and the conversion to channels_last; see {@link AugmentedBatches}. Immutable and safe to
 * read from many threads. Close it when no worker uses it any more.
 */
public final class DeviceDataset implements AutoCloseable {
  /** The width of the black border around each image, in pixels. Random crops can include it. */
  static final int PADDING = 4;

  static final int SIDE = ImageSet.SIDE;
  static final int PADDED_SIDE = SIDE + 2 * PADDING;

  private static final double MAX_VALUE = 255;

  private final NativeOwner owner = new NativeOwner();
  private final ComputeDevice device;
  private final int size;
  private final Tensor pixels;
  private final Tensor labels;
  private final Tensor mean;
  private final Tensor inverseStd;
  private final DeviceEvent copied;

  /**
   * Starts to copy images and labels to the device. The copy runs concurrently with the workers;
   * each worker calls {@link #await} before it reads.
   *
   * @param images the source; may be closed immediately after this call, since its memory is not
   *     reused until it is read
   */
  public DeviceDataset(HostImages images, Normalization normalization, ComputeDevice device) {
    this.device = device;
    this.size = images.size();
    try (PointerScope scope = new PointerScope();
        DeviceBinding binding = device.bindForCopies()) {
      Tensor planes = device.copy(images.planes());
      Tensor padded = torch.constant_pad_nd(planes, PADDING, PADDING, PADDING, PADDING);
      this.pixels = owner.keep(padded.permute(0, 2, 3, 1).contiguous().view(-1, 3));
      this.labels = owner.keep(device.copy(images.labels()).to(ScalarType.Long));
      this.mean = owner.keep(perChannel(normalization.mean(), MAX_VALUE));
      this.inverseStd = owner.keep(perChannel(normalization.std(), MAX_VALUE).reciprocal_());
      this.copied = binding.mark();
    }
  }

  /** Copies images to a single device. */
  public static DeviceDataset of(
      ImageSet images, Normalization normalization, ComputeDevice device) {
    try (HostImages host = new HostImages(images, device.isGpu())) {
      return new DeviceDataset(host, normalization, device);
    }
  }

  /**
   * Makes the calling worker's later work on the device wait for the copy. The host does not wait.
   */
  public void await() {
    copied.await();
  }

  /** Returns the device that holds the images. */
  public ComputeDevice device() {
    return device;
  }

  /** Returns the number of images. */
  public int size() {
    return size;
  }

  /**
   * Returns the images [from, to) in order, without augmentation. The caller's scope owns the
   * result.
   *
   * @throws IndexOutOfBoundsException if the range is empty or not within [0, size]
   */
  public Batch batch(int from, int to) {
    if (from < 0 || to > size || from >= to) {
      throw new IndexOutOfBoundsException(Text.format("images [%d, %d) of %d", from, to, size));
    }
    Tensor padded = pixels.view(size, PADDED_SIDE, PADDED_SIDE, 3).narrow(0, from, to - from);
    Tensor inner = padded.narrow(1, PADDING, SIDE).narrow(2, PADDING, SIDE);
    return new Batch(normalize(inner), labels.narrow(0, from, to - from));
  }

  /**
   * Returns the pixels at {@code rows} and the labels at {@code indices}.
   *
   * @param rows rows of the resident pixels, [N*32*32] int32, image by image
   * @param indices indices of the images, [N] int64
   */
  Batch gather(Tensor rows, Tensor indices) {
    Tensor images = pixels.index_select(0, rows).view(-1, SIDE, SIDE, 3);
    return new Batch(normalize(images), labels.index_select(0, indices));
  }

  /**
   * Normalises images. Converts [N,32,32,3] uint8 to [N,3,32,32] float32 in channels_last layout.
   */
  private Tensor normalize(Tensor images) {
    // Works on whole rows: an inner loop over only three channels takes ten times as long on a CPU.
    Tensor rows = images.view(-1, SIDE, mean.numel());
    // The subtraction converts to float32 in the same pass.
    Tensor values = rows.sub(mean);
    values.mul_(inverseStd);
    return values.view(-1, SIDE, SIDE, 3).permute(0, 3, 1, 2);
  }

  /** Returns one float32 per channel, repeated for a row of 32 pixels: [96], on the device. */
  private Tensor perChannel(List<Double> values, double scale) {
    Tensor tensor = torch.empty(new long[] {values.size()}, device.tensor(ScalarType.Float), null);
    for (int channel = 0; channel < values.size(); channel++) {
      tensor.narrow(0, channel, 1).fill_(new Scalar((float) (values.get(channel) * scale)));
    }
    return tensor.repeat(SIDE);
  }

  @Override
  public void close() {
    copied.close();
    owner.close();
  }
}
