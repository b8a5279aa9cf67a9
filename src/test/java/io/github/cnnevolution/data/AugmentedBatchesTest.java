package io.github.cnnevolution.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.javacpp.indexer.LongIndexer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AugmentedBatchesTest {
  /** Keeps pixel values as they are, 0 to 255, so that the tests can compare them exactly. */
  private static final Normalization IDENTITY =
      new Normalization(Collections.nCopies(3, 0.0), Collections.nCopies(3, 1 / 255.0));

  private static ComputeDevice cpu;
  private static ImageSet images;

  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
    cpu = Devices.cpu();
    images = randomImages(50);
  }

  /** Image i has label i, so the labels of a batch identify its images. */
  private static ImageSet randomImages(int count) {
    byte[] pixels = new byte[count * ImageSet.PIXELS];
    new Random(5).nextBytes(pixels);
    byte[] labels = new byte[count];
    for (int i = 0; i < count; i++) {
      labels[i] = (byte) i;
    }
    return new ImageSet(pixels, labels);
  }

  /**
   * Order and crops are drawn before the squares, so the same seed gives the same images with and
   * without cutout.
   */
  @Test
  void cutoutErasesOneSquareFromEachImage() {
    int side = 9;
    Set<List<Integer>> seen = new HashSet<>();
    try (DeviceDataset data = DeviceDataset.of(images, IDENTITY, cpu);
        AugmentedBatches whole = new AugmentedBatches(data, 10, 3);
        AugmentedBatches cut = new AugmentedBatches(data, 10, 3, side);
        PointerScope scope = new PointerScope()) {
      whole.shuffle();
      cut.shuffle();
      for (int i = 0; i < cut.count(); i++) {
        Batch before = whole.get(i);
        Batch after = cut.get(i);
        assertTrue(before.labels().equal(after.labels()));
        Batch recorded =
            cut.at(torch.full(new long[] {1}, new Scalar(i), cpu.tensor(ScalarType.Long)));
        assertTrue(after.images().equal(recorded.images()));
        FloatIndexer old = before.images().createIndexer();
        FloatIndexer pixels = after.images().createIndexer();
        for (int n = 0; n < 10; n++) {
          seen.add(erased(old, pixels, n));
        }
      }
    }
    assertTrue(
        seen.stream().anyMatch(s -> s.get(1) == side && s.get(3) == side),
        "no square lies completely inside");
    // The centre may be any pixel, so squares are clipped at all four edges.
    for (int axis : new int[] {0, 2}) {
      assertTrue(seen.stream().anyMatch(s -> s.get(axis) == 0 && s.get(axis + 1) < side));
      assertTrue(
          seen.stream()
              .anyMatch(s -> s.get(axis) + s.get(axis + 1) == 32 && s.get(axis + 1) < side));
    }
  }

  /**
   * Returns top, height, left and width of the rectangle in which pixels differ, and asserts that
   * it contains only zeros. Pixels that were zero before do not differ.
   */
  private static List<Integer> erased(FloatIndexer old, FloatIndexer pixels, int n) {
    int top = 99;
    int left = 99;
    int bottom = -1;
    int right = -1;
    for (int y = 0; y < 32; y++) {
      for (int x = 0; x < 32; x++) {
        for (int c = 0; c < 3; c++) {
          if (pixels.get(n, c, y, x) != old.get(n, c, y, x)) {
            top = Math.min(top, y);
            left = Math.min(left, x);
            bottom = Math.max(bottom, y);
            right = Math.max(right, x);
          }
        }
      }
    }
    for (int y = top; y <= bottom; y++) {
      for (int x = left; x <= right; x++) {
        for (int c = 0; c < 3; c++) {
          assertEquals(0, pixels.get(n, c, y, x), "a hole in the square");
        }
      }
    }
    return List.of(top, bottom - top + 1, left, right - left + 1);
  }

  @Test
  void everyImageIsACropOfItsPaddedOriginalPossiblyFlipped() {
    Set<List<Integer>> seen = new HashSet<>();
    try (DeviceDataset data = DeviceDataset.of(images, IDENTITY, cpu);
        AugmentedBatches batches = new AugmentedBatches(data, 10, 3)) {
      for (int epoch = 0; epoch < 8; epoch++) {
        batches.shuffle();
        for (int i = 0; i < batches.count(); i++) {
          try (PointerScope scope = new PointerScope()) {
            Batch batch = batches.get(i);
            assertTrue(batch.images().is_contiguous(MemoryFormat.ChannelsLast));
            FloatIndexer pixels = batch.images().createIndexer();
            LongIndexer labels = batch.labels().createIndexer();
            for (int n = 0; n < 10; n++) {
              seen.add(findCrop(pixels, n, (int) labels.get(n)));
            }
          }
        }
      }
    }
    // 400 draws from 9 x 9 offsets x 2: each row, column and direction must occur.
    for (int offset = 0; offset < 9; offset++) {
      int wanted = offset;
      assertTrue(seen.stream().anyMatch(s -> s.get(0) == wanted), "no crop from row " + offset);
      assertTrue(seen.stream().anyMatch(s -> s.get(1) == wanted), "no crop from column " + offset);
    }
    assertTrue(seen.stream().anyMatch(s -> s.get(2) == 0));
    assertTrue(seen.stream().anyMatch(s -> s.get(2) == 1));
  }

  /** 50 images make 4 batches of 12 and leave 2 images over. */
  @Test
  void theStepMayBeATensor() {
    try (DeviceDataset data = DeviceDataset.of(images, IDENTITY, cpu);
        AugmentedBatches batches = new AugmentedBatches(data, 12, 3)) {
      for (int epoch = 0; epoch < 3; epoch++) {
        batches.shuffle();
        for (int i = 0; i < batches.count(); i++) {
          try (PointerScope scope = new PointerScope()) {
            long step = (long) epoch * batches.count() + i;
            Batch expected = batches.get(i);
            Batch batch = batches.at(torch.full(new long[] {1}, new Scalar(step)));
            assertTrue(batch.images().equal(expected.images()), "images of step " + step);
            assertTrue(batch.labels().equal(expected.labels()), "labels of step " + step);
            assertTrue(batch.images().is_contiguous(MemoryFormat.ChannelsLast));
          }
        }
      }
    }
  }

  /**
   * Compares 3,600 draws with the uniform distribution. Chi-squared exceeds 42.7 (8 degrees of
   * freedom) or 23.9 (1 degree) with probability 1e-6. An offset drawn half as often as the others
   * would give about 110.
   */
  @Test
  void cropsAndFlipsAreUniform() {
    int[] rows = new int[9];
    int[] columns = new int[9];
    int[] flips = new int[2];
    try (DeviceDataset data = DeviceDataset.of(images, IDENTITY, cpu);
        AugmentedBatches batches = new AugmentedBatches(data, 50, 9)) {
      for (int epoch = 0; epoch < 72; epoch++) {
        batches.shuffle();
        try (PointerScope scope = new PointerScope()) {
          Batch batch = batches.get(0);
          FloatIndexer pixels = batch.images().createIndexer();
          LongIndexer labels = batch.labels().createIndexer();
          for (int n = 0; n < 50; n++) {
            List<Integer> crop = findCrop(pixels, n, (int) labels.get(n));
            rows[crop.get(0)]++;
            columns[crop.get(1)]++;
            flips[crop.get(2)]++;
          }
        }
      }
    }
    assertTrue(chiSquared(rows) < 42.7, Arrays.toString(rows));
    assertTrue(chiSquared(columns) < 42.7, Arrays.toString(columns));
    assertTrue(chiSquared(flips) < 23.9, Arrays.toString(flips));
  }

  private static double chiSquared(int[] counts) {
    double expected = Arrays.stream(counts).sum() / (double) counts.length;
    return Arrays.stream(counts).mapToDouble(n -> (n - expected) * (n - expected) / expected).sum();
  }

  /** Returns the row, column and flip that produce the shown pixels. Fails if there is none. */
  private static List<Integer> findCrop(FloatIndexer shown, int n, int image) {
    for (int row = 0; row < 9; row++) {
      for (int column = 0; column < 9; column++) {
        for (int flip = 0; flip < 2; flip++) {
          if (matches(shown, n, image, row, column, flip)) {
            return List.of(row, column, flip);
          }
        }
      }
    }
    throw new AssertionError("image " + image + " does not match any crop of itself");
  }

  private static boolean matches(
      FloatIndexer shown, int n, int image, int row, int column, int flip) {
    for (int channel = 0; channel < 3; channel++) {
      for (int y = 0; y < 32; y++) {
        for (int x = 0; x < 32; x++) {
          int sourceY = y + row - 4;
          int sourceX = (flip == 1 ? 31 - x : x) + column - 4;
          boolean inside = sourceY >= 0 && sourceY < 32 && sourceX >= 0 && sourceX < 32;
          int expected = inside ? images.pixel(image, channel, sourceY, sourceX) : 0;
          if (Math.abs(shown.get(n, channel, y, x) - expected) > 1e-3) {
            return false;
          }
        }
      }
    }
    return true;
  }

  @Test
  void eachEpochHasANewOrderWithoutRepetition() {
    try (DeviceDataset data = DeviceDataset.of(images, IDENTITY, cpu);
        AugmentedBatches batches = new AugmentedBatches(data, 16, 3)) {
      assertEquals(3, batches.count());
      batches.shuffle();
      List<Long> first = order(batches);
      batches.shuffle();
      List<Long> second = order(batches);
      assertEquals(48, new HashSet<>(first).size());
      assertEquals(48, new HashSet<>(second).size());
      assertFalse(first.equals(second));
    }
  }

  @Test
  void dependsOnTheSeed() {
    try (DeviceDataset data = DeviceDataset.of(images, IDENTITY, cpu);
        AugmentedBatches first = new AugmentedBatches(data, 25, 3);
        AugmentedBatches same = new AugmentedBatches(data, 25, 3);
        AugmentedBatches other = new AugmentedBatches(data, 25, 4);
        PointerScope scope = new PointerScope()) {
      first.shuffle();
      same.shuffle();
      other.shuffle();
      assertTrue(first.get(1).images().equal(same.get(1).images()));
      assertFalse(first.get(1).images().equal(other.get(1).images()));
    }
  }

  @Test
  void batchesWithoutAugmentationAreTheOriginalImages() {
    try (DeviceDataset data = DeviceDataset.of(images, IDENTITY, cpu);
        PointerScope scope = new PointerScope()) {
      Batch batch = data.batch(20, 23);
      FloatIndexer pixels = batch.images().createIndexer();
      assertEquals(3, batch.size());
      assertEquals(images.pixel(21, 2, 31, 7), pixels.get(1, 2, 31, 7), 1e-3);
      assertEquals(images.pixel(20, 0, 0, 0), pixels.get(0, 0, 0, 0), 1e-3);
      assertEquals(22, batch.labels().<LongIndexer>createIndexer().get(2));
      assertThrows(IndexOutOfBoundsException.class, () -> data.batch(45, 51));
      assertThrows(IndexOutOfBoundsException.class, () -> data.batch(5, 5));
    }
  }

  @Test
  void normalisesToMeanZeroAndStdOne() {
    Normalization normalization = Normalization.of(images);
    try (DeviceDataset data = DeviceDataset.of(images, normalization, cpu);
        PointerScope scope = new PointerScope()) {
      var all = data.batch(0, 50).images();
      for (int channel = 0; channel < 3; channel++) {
        assertEquals(0, all.select(1, channel).mean().item_double(), 1e-4);
        assertEquals(1, all.select(1, channel).std(false).item_double(), 1e-4);
      }
    }
  }

  @Test
  void aBatchSizeAboveTheDataGivesOneBatchOfAll() {
    try (DeviceDataset data = DeviceDataset.of(images, IDENTITY, cpu);
        AugmentedBatches batches = new AugmentedBatches(data, 1000, 3)) {
      assertEquals(1, batches.count());
      assertEquals(50, batches.batchSize());
      assertThrows(IllegalArgumentException.class, () -> new AugmentedBatches(data, 0, 3));
    }
  }

  private static List<Long> order(AugmentedBatches batches) {
    List<Long> order = new java.util.ArrayList<>();
    for (int i = 0; i < batches.count(); i++) {
      try (PointerScope scope = new PointerScope()) {
        LongIndexer labels = batches.get(i).labels().createIndexer();
        for (int n = 0; n < batches.batchSize(); n++) {
          order.add(labels.get(n));
        }
      }
    }
    return order;
  }
}
