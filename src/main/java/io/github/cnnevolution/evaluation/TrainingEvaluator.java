package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.device.ProfilerRanges;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.space.Fitness;
import io.github.cnnevolution.training.Checkpoints;
import io.github.cnnevolution.training.Deadline;
import io.github.cnnevolution.training.Trainer;
import io.github.cnnevolution.training.TrainingControls;
import io.github.cnnevolution.training.TrainingResult;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;

/**
 * Evaluates candidates on one device: trains each network from scratch, measures its validation
 * accuracy, and asks a fitness function. Owns nothing; all parts are the caller's and stay open
 * while workers run.
 */
public final class TrainingEvaluator implements CandidateEvaluator {
  private final Trainer trainer;
  private final DeviceDataset validation;
  private final Optional<DeviceDataset> test;
  private final TrainedNetworkListener trained;
  private final FitnessFunction fitness;
  private final long runSeed;
  private final Supplier<Deadline> deadlines;
  private final ProfilerRanges ranges;
  private final EvaluationListener listener;
  private final Optional<RungFiles> rungs;

  /**
   * An evaluator whose fitness is the validation accuracy; see {@link #TrainingEvaluator(Trainer,
   * DeviceDataset, Optional, TrainedNetworkListener, FitnessFunction, long, Supplier,
   * ProfilerRanges, EvaluationListener, Optional)}.
   */
  public TrainingEvaluator(
      Trainer trainer,
      DeviceDataset validation,
      Optional<DeviceDataset> test,
      TrainedNetworkListener trained,
      long runSeed,
      Supplier<Deadline> deadlines,
      ProfilerRanges ranges,
      EvaluationListener listener) {
    this(
        trainer,
        validation,
        test,
        trained,
        FitnessFunction.ACCURACY,
        runSeed,
        deadlines,
        ranges,
        listener,
        Optional.empty());
  }

  /**
   * An evaluator for one device.
   *
   * @param test images for {@link Evaluation#testAccuracy}; empty where a search must not see them
   * @param trained receives each trained network
   * @param fitness says how good a trained candidate is
   * @param runSeed with the phenotype, determines every training
   * @param deadlines makes the deadline of each training
   * @param ranges mark each candidate for a profiler
   * @param listener receives the progress of each training
   * @param rungs where the state of a training is kept that is evaluated before its end; empty if
   *     none is
   */
  public TrainingEvaluator(
      Trainer trainer,
      DeviceDataset validation,
      Optional<DeviceDataset> test,
      TrainedNetworkListener trained,
      FitnessFunction fitness,
      long runSeed,
      Supplier<Deadline> deadlines,
      ProfilerRanges ranges,
      EvaluationListener listener,
      Optional<RungFiles> rungs) {
    this.trainer = trainer;
    this.validation = validation;
    this.test = test;
    this.trained = trained;
    this.fitness = fitness;
    this.runSeed = runSeed;
    this.deadlines = deadlines;
    this.ranges = ranges;
    this.listener = listener;
    this.rungs = rungs;
  }

  @Override
  public Evaluation evaluate(EvaluationJob job, String worker, int microBatches)
      throws InterruptedException {
    CandidateSeed seed = CandidateSeed.of(runSeed, job.architecture());
    try (ProfilerRanges.Range candidate = ranges.open("candidate", job.architecture().phenotype());
        Network network =
            new Network(job.architecture(), validation.device(), seed.initialization())) {
      TrainingResult training =
          trainer.train(
              network,
              seed.training(),
              microBatches,
              new TrainingControls(
                  deadlines.get(),
                  progress -> listener.onProgress(job, worker, progress),
                  checkpoints(job, microBatches),
                  Optional.empty()),
              epochs(job));
      double accuracy = trainer.accuracy(network, validation);
      double value = fitness(network, accuracy);
      OptionalDouble testAccuracy =
          test.isPresent()
              ? OptionalDouble.of(trainer.accuracy(network, test.get()))
              : OptionalDouble.empty();
      Evaluation evaluation =
          new Evaluation(
              job,
              value,
              Map.of(Evaluation.ACCURACY, accuracy),
              job.fraction(),
              testAccuracy,
              Optional.empty(),
              Optional.empty(),
              training.epochs(),
              training.seconds(),
              training.imagesPerSecond(),
              microBatches,
              worker);
      if (!job.isPart()) {
        trained.onTrained(evaluation, network);
      }
      return evaluation;
    }
  }

  private int epochs(EvaluationJob job) {
    return Math.toIntExact(Math.round(job.fraction() * trainer.epochs()));
  }

  private Checkpoints checkpoints(EvaluationJob job, int microBatches) {
    return rungs
        .<Checkpoints>map(
            files ->
                files.checkpoint(job.architecture().phenotype(), trainer.device(), microBatches))
        .orElse(Checkpoints.NONE);
  }

  private double fitness(Network network, double accuracy) throws InterruptedException {
    double value;
    try (TrainedCandidate candidate =
        new TrainedCandidate(trainer, network, validation, accuracy)) {
      value = fitness.fitness(candidate);
    } catch (UncheckedIOException e) {
      // A file that the function cannot read must not end the search, as one of ours does.
      throw InvalidFitnessException.of(fitness, e);
    }
    if (!Fitness.isValid(value)) {
      throw InvalidFitnessException.of(fitness, value);
    }
    return value;
  }

  /** Uses a network that was trained again. */
  @FunctionalInterface
  public interface Retrained {
    /** Keeps what is needed of the network, which is freed afterwards. */
    void keep(Network network) throws InterruptedException;
  }

  /**
   * Trains an evaluated candidate again to recover its weights, without a time limit.
   *
   * @return its validation accuracy: in the same circumstances {@link Evaluation#accuracy}
   */
  public double retrain(Evaluation evaluation, Retrained retrained) throws InterruptedException {
    EvaluationJob job = evaluation.job();
    CandidateSeed seed = CandidateSeed.of(runSeed, job.architecture());
    try (Network network =
        new Network(job.architecture(), validation.device(), seed.initialization())) {
      trainer.train(network, seed.training(), evaluation.microBatches());
      double accuracy = trainer.accuracy(network, validation);
      retrained.keep(network);
      return accuracy;
    } finally {
      releaseIdleMemory();
    }
  }

  @Override
  public long memoryBytes(EvaluationJob job, int microBatches) {
    return trainer.memoryBytes(job.architecture(), microBatches);
  }

  @Override
  public long workerBytes() {
    return trainer.workerBytes();
  }

  @Override
  public void releaseIdleMemory() {
    trainer.releaseIdleMemory();
  }

  @Override
  public int maxMicroBatches() {
    return Math.min(MAX_MICRO_BATCHES, trainer.maxMicroBatches());
  }
}
