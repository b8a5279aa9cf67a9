package io.github.cnnevolution.data;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.DeviceBinding;
import io.github.cnnevolution.device.DeviceEvent;
import io.github.cnnevolution.device.NativeOwner;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Images and labels resident on a device, shared by all workers there.
 *
 * <p>Images are stored once as uint8, padded by {@value #PADDING} black pixels on each side, pixel
 * by pixel: rows of three channels, [N*40*40, 3]. Cropping, flipping and the channels_last layout
 * are then one gather of rows; see {@link AugmentedBatches}. Immutable after construction and read
 * by many threads; close it when no worker uses it.
 */
public final class DeviceDataset implements AutoCloseable {
  /** Black pixels around each image, which random crops can reach. */
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
  private final Tensor inverseDeviation;
  private final DeviceEvent copied;

  /**
   * Starts to copy images and labels to the device. The copy runs beside what the workers do; each
   * calls {@link #await} before it reads.
   *
   * @param images may be closed at once: memory that is still being read is not reused
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
      this.inverseDeviation = owner.keep(perChannel(normalization.std(), MAX_VALUE).reciprocal_());
      this.copied = binding.mark();
    }
  }

  /** Images for one device alone. */
  public static DeviceDataset of(
      ImageSet images, Normalization normalization, ComputeDevice device) {
    try (HostImages host = new HostImages(images, device.isGpu())) {
      return new DeviceDataset(host, normalization, device);
    }
  }

  /**
   * Lets the calling worker's further work wait for the copy, on the device; the host does not
   * wait.
   */
  public void await() {
    copied.await();
  }

  /** The device that holds the images. */
  public ComputeDevice device() {
    return device;
  }

  /** The number of images. */
  public int size() {
    return size;
  }

  /**
   * The images [from, to) in their order, without augmentation. The caller's scope owns the result.
   *
   * @throws IndexOutOfBoundsException if the range is not within [0, size]
   */
  public Batch batch(int from, int to) {
    if (from < 0 || to > size || from >= to) {
      throw new IndexOutOfBoundsException("images [%d, %d) of %d".formatted(from, to, size));
    }
    Tensor padded = pixels.view(size, PADDED_SIDE, PADDED_SIDE, 3).narrow(0, from, to - from);
    Tensor inner = padded.narrow(1, PADDING, SIDE).narrow(2, PADDING, SIDE);
    return new Batch(normalize(inner), labels.narrow(0, from, to - from));
  }

  /**
   * The pixels at {@code rows} and the labels at {@code indices}.
   *
   * @param rows rows of the resident pixels, [N*32*32] int32, image by image
   * @param indices of the images, [N] int64
   */
  Batch gather(Tensor rows, Tensor indices) {
    Tensor images = pixels.index_select(0, rows).view(-1, SIDE, SIDE, 3);
    return new Batch(normalize(images), labels.index_select(0, indices));
  }

  /** From [N,32,32,3] uint8 to [N,3,32,32] float32 in channels_last order. */
  private Tensor normalize(Tensor images) {
    // Row by row: an inner loop over three channels alone takes ten times as long on a CPU.
    Tensor rows = images.view(-1, SIDE, mean.numel());
    // Subtracting promotes to float32 in the same pass.
    Tensor values = rows.sub(mean);
    values.mul_(inverseDeviation);
    return values.view(-1, SIDE, SIDE, 3).permute(0, 3, 1, 2);
  }

  /** One float32 for each channel, again and again for a row of pixels: [96], on the device. */
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
