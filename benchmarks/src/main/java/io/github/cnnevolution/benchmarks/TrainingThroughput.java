package io.github.cnnevolution.benchmarks;

import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.DeviceBinding;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.training.Trainer;
import io.github.cnnevolution.training.TrainingRecipe;
import io.github.cnnevolution.training.TrainingResult;
import java.util.Locale;
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
 * Images a second in training, as a user gets them: one operation trains a network for an epoch
 * with {@link Trainer}, augmentation, dropout in the first fifth of the steps, and the optimizer
 * included. An epoch is some two seconds of work at the device's peak, 5 to 100 steps.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 3, time = 1)
public class TrainingThroughput {
  /** Steps come in fives, so that a fifth of them has dropout. */
  private static final int STEPS_UNIT = 5;

  private static final int MAX_UNITS = 20;
  private static final double SECONDS_AT_PEAK = 2;

  /** Small enough that hundreds of epochs on noise do not diverge; the speed is the same. */
  private static final double LEARNING_RATE = 0.001;

  /** Where. */
  @Param("cpu")
  public String device;

  /** Threads inside one operation on the CPU. */
  @Param("1")
  public int threads;

  /**
   * The phenotype: the six of the accuracy table, and the largest of all. Names of staged networks
   * may be given too.
   */
  @Param({
    Networks.SMALLEST,
    "w16-k3-relu-s",
    "w32-k5-leakyrelu-ds",
    "w64-k7-gelu-sds",
    "w128-k3-relu-sdds",
    "w128-k5-elu-ssss",
    Networks.LARGEST
  })
  public String network;

  /** Of matrix products and convolutions. */
  @Param({"bf16", "fp32"})
  public String precision;

  /** Images a step. */
  @Param({"64", "128"})
  public int batchSize;

  private ComputeDevice where;
  private Precision format;
  private DeviceBinding binding;
  private double peak;
  private double flopsPerImage;
  private DeviceDataset images;
  private Network trained;
  private Trainer trainer;

  /** What an epoch amounts to. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Achieved {
    /** Images trained on. */
    public long images;

    /** 10^9 floating-point operations: three times the forward pass. */
    public double gflop;

    /**
     * Seconds that this work takes at the device's peak in matrix products of this precision; in a
     * second, it is the fraction of that peak.
     */
    public double peakFraction;
  }

  /** Builds the network. */
  @Setup
  public void setUp() {
    where = Machine.device(device, threads);
    format = Precision.valueOf(precision.toUpperCase(Locale.ROOT));
    Architecture architecture = Networks.of(network);
    binding = where.bind();
    measurePeak();
    flopsPerImage = Networks.trainingFlops(architecture);
    long units = Math.round(SECONDS_AT_PEAK * peak / (flopsPerImage * batchSize * STEPS_UNIT));
    int steps = STEPS_UNIT * (int) Math.max(1, Math.min(MAX_UNITS, units));
    images = RandomImages.on(where, steps * batchSize);
    TrainingRecipe recipe = TrainingRecipe.sgd(format).with(1, batchSize, LEARNING_RATE);
    trainer = new Trainer(recipe, images);
    trained = new Network(architecture, where, 1);
  }

  /** Between the iterations, since the clock of a processor is not the same every minute. */
  @Setup(Level.Iteration)
  public void measurePeak() {
    peak = MatrixProduct.peak(where, format);
  }

  /** Frees network and images. */
  @TearDown
  public void tearDown() {
    trained.close();
    images.close();
    binding.close();
  }

  /** One epoch. */
  @Benchmark
  public TrainingResult epoch(Achieved achieved) throws InterruptedException {
    TrainingResult result = trainer.train(trained, 1);
    achieved.images += result.images();
    achieved.gflop += result.images() * flopsPerImage / 1e9;
    achieved.peakFraction += result.images() * flopsPerImage / peak;
    return result;
  }
}
