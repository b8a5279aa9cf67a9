package io.github.cnnevolution.data;

import io.github.cnnevolution.device.NativeOwner;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Training batches in random order. Each image is padded by 4 black pixels, cropped at random, and
 * flipped horizontally with probability 1/2 (the augmentation of He et al. 2015, arXiv:1512.03385).
 *
 * <p>{@link #shuffle} draws the order, crops and flips of a whole epoch. Each batch is then a
 * single gather of pixels from the resident images: the indices express padding, crop, flip and the
 * channels_last layout. If the images do not divide into full batches, the remainder is dropped; it
 * consists of different images in each epoch. Cutout can also erase a square from each image (see
 * {@link Augmentation#cutout}). Not thread-safe: one instance belongs to one training.
 */
public final class AugmentedBatches implements AutoCloseable {
  private static final int OFFSETS = 2 * DeviceDataset.PADDING + 1;

  private final NativeOwner owner = new NativeOwner();
  private final DeviceDataset data;
  private final int batchSize;
  private final GeneratorOptional generator;
  private final Tensor rowOffsets;
  private final Tensor columns;
  // Each shuffle overwrites these tensors in place: a recorded CUDA graph reads them at their
  // address.
  private final Tensor order;
  // The pixel indices of the first row of each image, [N,1,32]. int32 needs half the memory of
  // int64, and a batch reads half as much.
  private final Tensor firstRows;
  private final int cutout;
  // Row and column of the top left corner of each image's cutout square, [N] int64 each. Empty
  // without cutout.
  private final List<Tensor> cutoutCorners = new ArrayList<>();

  /**
   * Creates batches that depend only on the data and {@code seed}. Call {@link #shuffle} before
   * each epoch.
   *
   * @param batchSize the number of images per batch; if the data has fewer images, one batch holds
   *     them all
   * @throws IllegalArgumentException if {@code batchSize} is below 1
   */
  public AugmentedBatches(DeviceDataset data, int batchSize, long seed) {
    this(data, batchSize, seed, 0);
  }

  /**
   * Creates batches with cutout. Call {@link #shuffle} before each epoch.
   *
   * @param batchSize the number of images per batch; if the data has fewer images, one batch holds
   *     them all
   * @param cutout the side of the erased square, in pixels; 0 disables cutout
   * @throws IllegalArgumentException if {@code batchSize} is below 1
   */
  public AugmentedBatches(DeviceDataset data, int batchSize, long seed, int cutout) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("batch size must be at least 1, but was " + batchSize);
    }
    this.data = data;
    this.cutout = cutout;
    this.batchSize = Math.min(batchSize, data.size());
    data.await();
    try (PointerScope scope = new PointerScope()) {
      this.generator = owner.keep(new GeneratorOptional(owner.keep(data.device().generator(seed))));
      Tensor positions = torch.arange(new Scalar(DeviceDataset.SIDE), int64());
      this.columns = owner.keep(positions.view(1, -1));
      this.rowOffsets =
          owner.keep(
              positions
                  .mul(new Scalar(DeviceDataset.PADDED_SIDE))
                  .to(ScalarType.Int)
                  .view(1, -1, 1));
      this.order = owner.keep(torch.empty(new long[] {data.size()}, int64(), null));
      long[] rows = {data.size(), 1, DeviceDataset.SIDE};
      TensorOptions int32 = data.device().tensor(ScalarType.Int);
      this.firstRows = owner.keep(torch.empty(rows, int32, null));
      for (int axis = 0; cutout > 0 && axis < 2; axis++) {
        cutoutCorners.add(owner.keep(torch.empty(new long[] {data.size()}, int64(), null)));
      }
    }
  }

  /** Returns the number of batches in an epoch. */
  public int count() {
    return data.size() / batchSize;
  }

  /** Returns the number of images in each batch. */
  public int batchSize() {
    return batchSize;
  }

  /** Draws the order, crops and flips of the next epoch. */
  public void shuffle() {
    try (PointerScope scope = new PointerScope()) {
      int side = DeviceDataset.PADDED_SIDE;
      torch.randperm_out(order, data.size(), generator);
      Tensor flipped = draw(2);
      // Reads a flipped image from its right edge to the left.
      Tensor directions = flipped.mul(new Scalar(-2)).add_(new Scalar(1));
      Tensor corners =
          order
              .mul(new Scalar((long) side * side))
              .add_(draw(OFFSETS).mul_(new Scalar(side)))
              .add_(draw(OFFSETS))
              .add_(flipped.mul_(new Scalar(DeviceDataset.SIDE - 1)));
      Tensor rows = directions.view(-1, 1).mul(columns).add_(corners.view(-1, 1));
      firstRows.copy_(rows.view(-1, 1, DeviceDataset.SIDE));
      // The centre may be any pixel, so a square at the edge is clipped.
      cutoutCorners.forEach(s -> s.copy_(draw(DeviceDataset.SIDE).sub_(new Scalar(cutout / 2))));
    }
  }

  /** Returns batch {@code index} of this epoch. The caller's scope owns it. */
  public Batch get(int index) {
    long from = (long) index * batchSize;
    Tensor rows = firstRows.narrow(0, from, batchSize).add(rowOffsets);
    Batch batch = data.gather(rows.view(-1), order.narrow(0, from, batchSize));
    eraseSquares(batch, cutoutCorners.stream().map(s -> s.narrow(0, from, batchSize)).toList());
    return batch;
  }

  /**
   * Returns batch {@code step} modulo {@link #count} of this epoch, like {@link #get}. The step is
   * a tensor, so a recorded CUDA graph can gather a different batch at each replay. The caller's
   * scope owns the batch.
   *
   * @param step [1] int64
   */
  public Batch at(Tensor step) {
    Tensor index = step.remainder(new Scalar((long) count()));
    Tensor rows =
        fullBatches(firstRows).index_select(0, index).view(batchSize, 1, -1).add(rowOffsets);
    Batch batch = data.gather(rows.view(-1), fullBatches(order).index_select(0, index).view(-1));
    eraseSquares(
        batch,
        cutoutCorners.stream().map(s -> fullBatches(s).index_select(0, index).view(-1)).toList());
    return batch;
  }

  /**
   * Sets the pixels of each image's cutout square to the mean colour, which is 0 after
   * normalisation.
   */
  private void eraseSquares(Batch batch, List<Tensor> corners) {
    if (!corners.isEmpty()) {
      Tensor rows = covered(corners.get(0)).view(-1, 1, DeviceDataset.SIDE, 1);
      Tensor cols = covered(corners.get(1)).view(-1, 1, 1, DeviceDataset.SIDE);
      batch.images().masked_fill_(rows.logical_and(cols), new Scalar(0));
    }
  }

  /**
   * Returns a mask of the 32 positions inside a square that begins at {@code first}, [N,32] bool.
   */
  private Tensor covered(Tensor first) {
    Tensor distance = columns.sub(first.view(-1, 1));
    return distance.ge(new Scalar(0)).logical_and_(distance.lt(new Scalar(cutout)));
  }

  /**
   * Returns the state of the random number generator before the next {@link #shuffle}, [n] uint8.
   */
  public Tensor randomState() {
    return generator.get().get_state();
  }

  /** Restores a state that {@link #randomState} returned. */
  public void setRandomState(Tensor state) {
    generator.get().set_state(state);
  }

  /**
   * Reshapes values per image, [N, ...], into full batches, [count, batch * ...]. Drops the
   * remainder.
   */
  private Tensor fullBatches(Tensor values) {
    return values.narrow(0, 0, (long) count() * batchSize).view(count(), -1);
  }

  /** Draws a random number in [0, bound) for each image, [N] int64. */
  private Tensor draw(int bound) {
    Tensor numbers = torch.empty(new long[] {data.size()}, int64(), null);
    numbers.random_(0, new LongOptional(bound), generator);
    return numbers;
  }

  private TensorOptions int64() {
    return data.device().tensor(ScalarType.Long);
  }

  @Override
  public void close() {
    owner.close();
  }
}
