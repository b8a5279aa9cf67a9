package io.github.cnnevolution.benchmarks;

import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.DeviceBinding;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.training.Trainer;
import io.github.cnnevolution.training.TrainingRecipe;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
 * The validation of a candidate on 1,024 images. Of the secondary results {@code images} is
 * images/s, and {@code ofForward} the time of the same number of forward passes alone as a share of
 * its own.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 5, time = 1)
public class Validation {
  private static final int IMAGES = 1024;
  private static final int BATCH = 256;

  /** Where. */
  @Param("cpu")
  public String device;

  /** The phenotype. */
  @Param({Networks.SMALLEST, "w16-k3-relu-s", "w32-k5-leakyrelu-ds", "w128-k3-relu-sdds"})
  public String network;

  private DeviceBinding binding;
  private DeviceDataset images;
  private Trainer trainer;
  private Network validated;
  private double forward;

  /** What it comes to in a second of validation. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Results {
    /** Validated. */
    public double images;

    /** Seconds of forward passes, so that in a second they are a share. */
    public double ofForward;
  }

  /** Makes the images and the network. */
  @Setup
  public void setUp() {
    ComputeDevice where = Machine.device(device, 1);
    binding = where.bind();
    images = RandomImages.on(where, IMAGES);
    trainer = new Trainer(TrainingRecipe.sgd(where.preferred()), images);
    validated = new Network(Networks.of(network), where, 1);
  }

  /** Measures forward passes alone, just before the validations. */
  @Setup(Level.Iteration)
  public void measureForward() throws InterruptedException {
    forward = trainer.inferenceSeconds(validated, images, BATCH, 9) * IMAGES / BATCH;
  }

  /** Frees them. */
  @TearDown
  public void tearDown() {
    validated.close();
    images.close();
    binding.close();
  }

  /** The accuracy of the network. */
  @Benchmark
  public double accuracy(Results results) throws InterruptedException {
    results.images += IMAGES;
    results.ofForward += forward;
    return trainer.accuracy(validated, images);
  }
}
