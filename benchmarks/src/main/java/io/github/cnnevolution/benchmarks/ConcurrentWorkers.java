package io.github.cnnevolution.benchmarks;

import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.ProfilerRanges;
import io.github.cnnevolution.evaluation.DeviceWorkers;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.evaluation.EvaluationListener;
import io.github.cnnevolution.evaluation.EvaluationService;
import io.github.cnnevolution.evaluation.TrainedNetworkListener;
import io.github.cnnevolution.evaluation.TrainingEvaluator;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.training.Deadline;
import io.github.cnnevolution.training.Trainer;
import io.github.cnnevolution.training.TrainingRecipe;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Candidates an hour through {@link EvaluationService}, by workers and threads on the CPU, or by
 * workers on a GPU: the 32 networks of one block of 16 channels. The cheapest comes last, at a
 * fiftieth of the whole, so that no worker is idle for long at the end; 1,280 training and 200
 * validation images, one epoch.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.HOURS)
@Fork(1)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 3, time = 1)
public class ConcurrentWorkers {
  /** Candidates an operation. */
  private static final int CANDIDATES = 32;

  /** Where. */
  @Param("cpu")
  public String device;

  /** Trained in parallel. */
  @Param({"1", "2"})
  public int workers;

  /** Threads inside one operation on the CPU. */
  @Param({"1", "2"})
  public int threads;

  private DeviceDataset images;
  private DeviceDataset validation;
  private DeviceWorkers<EvaluationJob, Evaluation> deviceWorkers;
  private List<Chromosome> chromosomes;

  /** Makes images and chromosomes. */
  @Setup
  public void setUp() {
    ComputeDevice where = Machine.device(device, threads);
    TrainingRecipe recipe = TrainingRecipe.sgd(where.preferred()).with(1, 64, 0.001);
    images = RandomImages.on(where, 1280);
    validation = RandomImages.on(where, 200);
    deviceWorkers =
        new DeviceWorkers<>(
            where,
            workers,
            new TrainingEvaluator(
                new Trainer(recipe, images),
                validation,
                Optional.empty(),
                TrainedNetworkListener.NONE,
                1,
                () -> Deadline.NONE,
                ProfilerRanges.OFF,
                EvaluationListener.NONE));
    chromosomes =
        new PlainSpace()
            .all(Architecture.CLASSES).stream()
                .filter(network -> network.genes().get(PlainSpace.STEM_WIDTH.name()).equals("16"))
                .map(Networks.chromosomes()::get)
                .toList();
    if (chromosomes.size() != CANDIDATES) {
      throw new IllegalStateException(chromosomes.size() + " candidates");
    }
  }

  /** Frees them. */
  @TearDown
  public void tearDown() {
    images.close();
    validation.close();
  }

  /** All of them, by new workers that remember nothing. */
  @Benchmark
  @OperationsPerInvocation(CANDIDATES)
  public List<Evaluation> candidates() throws InterruptedException {
    try (EvaluationService service =
        new EvaluationService(List.of(deviceWorkers), EvaluationListener.NONE)) {
      List<Evaluation> evaluations = service.evaluate(chromosomes, (chromosome, evaluation) -> {});
      if (evaluations.stream().anyMatch(Evaluation::isFailed)) {
        throw new IllegalStateException("failed: " + evaluations);
      }
      return evaluations;
    }
  }
}
