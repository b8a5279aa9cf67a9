package io.github.cnnevolution.benchmarks;

import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.DeviceBinding;
import io.github.cnnevolution.evaluation.CandidateSeed;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.training.Trainer;
import io.github.cnnevolution.training.TrainingRecipe;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
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
 * A candidate from its chromosome to its fitness, with 1,800 training and 200 validation images and
 * one epoch. The secondary results are shares of its time: divided by the main result they are
 * seconds a candidate.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 5, time = 1)
public class CandidateEnd2End {
  private static final double NANOS = 1e9;

  /** Where. */
  @Param("cpu")
  public String device;

  /** The phenotype. */
  @Param({Networks.SMALLEST, "w16-k3-relu-s", "w32-k5-leakyrelu-ds"})
  public String network;

  private DeviceBinding binding;
  private DeviceDataset images;
  private DeviceDataset validation;
  private Trainer trainer;

  /** Where the time goes: seconds, so that in a second they are shares. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Shares {
    /** The network and its initial weights. */
    public double build;

    /** What the training does before its first and after its last step. */
    public double start;

    /** The steps. */
    public double train;

    /** The validation. */
    public double validate;

    /** Giving its memory back. */
    public double free;
  }

  /** Makes the images. */
  @Setup
  public void setUp() {
    ComputeDevice where = Machine.device(device, 1);
    binding = where.bind();
    images = RandomImages.on(where, 1800);
    validation = RandomImages.on(where, 200);
    TrainingRecipe recipe = TrainingRecipe.sgd(where.preferred()).with(1, 64, 0.001);
    trainer = new Trainer(recipe, images);
  }

  /** Frees them. */
  @TearDown
  public void tearDown() {
    images.close();
    validation.close();
    binding.close();
  }

  /** What a worker does with a job. */
  @Benchmark
  public double candidate(Shares shares) throws InterruptedException {
    long begin = System.nanoTime();
    CandidateSeed seed = CandidateSeed.of(1, Networks.of(network));
    Network trained = new Network(Networks.of(network), images.device(), seed.initialization());
    long built = System.nanoTime();
    double steps = trainer.train(trained, seed.training()).seconds();
    long done = System.nanoTime();
    double fitness = trainer.accuracy(trained, validation);
    long validated = System.nanoTime();
    trained.close();
    long freed = System.nanoTime();
    shares.build += (built - begin) / NANOS;
    shares.start += (done - built) / NANOS - steps;
    shares.train += steps;
    shares.validate += (validated - done) / NANOS;
    shares.free += (freed - validated) / NANOS;
    return fitness;
  }
}
