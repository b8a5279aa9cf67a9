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
 * Training batches in random order, each image cropped at random after padding by 4 black pixels,
 * and flipped horizontally half of the time (the augmentation of He et al. 2015, arXiv:1512.03385).
 *
 * <p>The order, crops and flips of an epoch are drawn at once in {@link #shuffle}; a batch is then
 * a single gather of pixels from the resident images: padding, crop, flip and the channels_last
 * layout are nothing but indices. What remains when the images do not divide into full batches is
 * left out, other images in each epoch. A square may be erased from each image besides (see {@link
 * Augmentation#cutout}). Not thread-safe: one instance belongs to one training.
 */
public final class AugmentedBatches implements AutoCloseable {
  private static final int OFFSETS = 2 * DeviceDataset.PADDING + 1;

  private final NativeOwner owner = new NativeOwner();
  private final DeviceDataset data;
  private final int batchSize;
  private final GeneratorOptional generator;
  private final Tensor rowOffsets;
  private final Tensor columns;
  // Filled anew by each shuffle, in the same place: what is recorded for a GPU reads them there.
  private final Tensor order;
  // For each image the places of its first row's pixels, [N,1,32] int32: half the width of int64 is
  // half the memory that they take and half of what a batch reads.
  private final Tensor firstRows;
  private final int cutout;
  // The top left corner of each image's square, [N] int64 each; empty without squares.
  private final List<Tensor> squares = new ArrayList<>();

  /**
   * Batches whose content is a function of the data and {@code seed}. Call {@link #shuffle} before
   * each epoch.
   *
   * @param batchSize images a batch; more than there are means all in one batch
   * @throws IllegalArgumentException if {@code batchSize} is below 1
   */
  public AugmentedBatches(DeviceDataset data, int batchSize, long seed) {
    this(data, batchSize, seed, 0);
  }

  /**
   * The same with a square erased from each image.
   *
   * @param cutout the side of the square, in pixels; 0: none
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
        squares.add(owner.keep(torch.empty(new long[] {data.size()}, int64(), null)));
      }
    }
  }

  /** The number of batches in an epoch. */
  public int count() {
    return data.size() / batchSize;
  }

  /** The number of images in each batch. */
  public int batchSize() {
    return batchSize;
  }

  /** Draws the order, crops and flips of the next epoch. */
  public void shuffle() {
    try (PointerScope scope = new PointerScope()) {
      int side = DeviceDataset.PADDED_SIDE;
      torch.randperm_out(order, data.size(), generator);
      Tensor flipped = draw(2);
      // A flipped image is read from its right edge leftwards.
      Tensor directions = flipped.mul(new Scalar(-2)).add_(new Scalar(1));
      Tensor corners =
          order
              .mul(new Scalar((long) side * side))
              .add_(draw(OFFSETS).mul_(new Scalar(side)))
              .add_(draw(OFFSETS))
              .add_(flipped.mul_(new Scalar(DeviceDataset.SIDE - 1)));
      Tensor rows = directions.view(-1, 1).mul(columns).add_(corners.view(-1, 1));
      firstRows.copy_(rows.view(-1, 1, DeviceDataset.SIDE));
      // The centre may lie on any pixel, so that squares at the edge are cut.
      squares.forEach(s -> s.copy_(draw(DeviceDataset.SIDE).sub_(new Scalar(cutout / 2))));
    }
  }

  /** Batch {@code index} of this epoch. The caller's scope owns it. */
  public Batch get(int index) {
    long from = (long) index * batchSize;
    Tensor rows = firstRows.narrow(0, from, batchSize).add(rowOffsets);
    Batch batch = data.gather(rows.view(-1), order.narrow(0, from, batchSize));
    erase(batch, squares.stream().map(s -> s.narrow(0, from, batchSize)).toList());
    return batch;
  }

  /**
   * A batch whose number is on the device when it is gathered: batch {@code step} modulo {@link
   * #count} of this epoch. The same images as {@link #get} gives.
   *
   * @param step [1] int64
   */
  public Batch at(Tensor step) {
    Tensor index = step.remainder(new Scalar((long) count()));
    Tensor rows = batches(firstRows).index_select(0, index).view(batchSize, 1, -1).add(rowOffsets);
    Batch batch = data.gather(rows.view(-1), batches(order).index_select(0, index).view(-1));
    erase(batch, squares.stream().map(s -> batches(s).index_select(0, index).view(-1)).toList());
    return batch;
  }

  /** Gives the pixels of each image's square the mean colour, which is 0 once normalised. */
  private void erase(Batch batch, List<Tensor> corners) {
    if (!corners.isEmpty()) {
      Tensor rows = covered(corners.get(0)).view(-1, 1, DeviceDataset.SIDE, 1);
      Tensor cols = covered(corners.get(1)).view(-1, 1, 1, DeviceDataset.SIDE);
      batch.images().masked_fill_(rows.logical_and(cols), new Scalar(0));
    }
  }

  /** Whether each of 32 places belongs to a square that begins at {@code first}: [N,32] bool. */
  private Tensor covered(Tensor first) {
    Tensor distance = columns.sub(first.view(-1, 1));
    return distance.ge(new Scalar(0)).logical_and_(distance.lt(new Scalar(cutout)));
  }

  /** The state of the random sequence, from which the next {@link #shuffle} draws; [n] uint8. */
  public Tensor randomState() {
    return generator.get().get_state();
  }

  /** Goes on from a state that {@link #randomState} gave. */
  public void setRandomState(Tensor state) {
    generator.get().set_state(state);
  }

  /** Of a value for each image, [N, ...], those of full batches, [count, batch * ...]. */
  private Tensor batches(Tensor values) {
    return values.narrow(0, 0, (long) count() * batchSize).view(count(), -1);
  }

  /** A number in [0, bound) for each image. */
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
