package io.github.cnnevolution.benchmarks;

import io.github.cnnevolution.data.AugmentedBatches;
import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.DeviceBinding;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a training batch costs before the network sees it: gather, crop, flip and normalisation; and
 * what an epoch costs at its start, when order, crops and flips are drawn.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 5, time = 1)
public class Augmentation {
  private static final int IMAGES = 10_000;

  /** Where. */
  @Param("cpu")
  public String device;

  /** Images a batch. */
  @Param({"64", "128"})
  public int batchSize;

  private DeviceBinding binding;
  private DeviceDataset images;
  private AugmentedBatches batches;
  private int next;

  /** Makes the images. */
  @Setup
  public void setUp() {
    ComputeDevice where = Machine.device(device, 1);
    binding = where.bind();
    images = RandomImages.on(where, IMAGES);
    batches = new AugmentedBatches(images, batchSize, 1);
    batches.shuffle();
  }

  /** Frees them. */
  @TearDown
  public void tearDown() {
    batches.close();
    images.close();
    binding.close();
  }

  /** One batch. */
  @Benchmark
  public double batch() {
    try (PointerScope scope = new PointerScope()) {
      Tensor augmented = batches.get(next).images();
      next = (next + 1) % batches.count();
      // Reading a value waits for a GPU.
      return augmented.select(0, 0).select(0, 0).select(0, 0).select(0, 0).item_double();
    }
  }

  /** The draws for an epoch of 10,000 images. */
  @Benchmark
  public double shuffle() {
    batches.shuffle();
    try (PointerScope scope = new PointerScope()) {
      return batches.get(0).labels().select(0, 0).item_double();
    }
  }
}
