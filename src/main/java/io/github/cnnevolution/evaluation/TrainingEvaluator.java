package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.device.ProfilerRanges;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.training.Deadline;
import io.github.cnnevolution.training.Trainer;
import io.github.cnnevolution.training.TrainingControls;
import io.github.cnnevolution.training.TrainingResult;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Evaluates a candidate by what it is for: trains its network from scratch and takes the validation
 * accuracy as its fitness. Owns nothing; all parts are the caller's and stay open while workers
 * run.
 */
public final class TrainingEvaluator implements CandidateEvaluator {
  private final Trainer trainer;
  private final DeviceDataset validation;
  private final Optional<DeviceDataset> test;
  private final TrainedNetworkListener trained;
  private final long runSeed;
  private final Optional<Duration> limit;
  private final ProfilerRanges ranges;
  private final EvaluationListener listener;

  /**
   * An evaluator for one device.
   *
   * @param test images for {@link Evaluation#testAccuracy}; empty where a search must not see them
   * @param trained receives each trained network
   * @param runSeed with the phenotype, determines every training
   * @param limit how long a training may take
   * @param ranges mark each candidate for a profiler
   * @param listener hears how far each training is
   */
  public TrainingEvaluator(
      Trainer trainer,
      DeviceDataset validation,
      Optional<DeviceDataset> test,
      TrainedNetworkListener trained,
      long runSeed,
      Optional<Duration> limit,
      ProfilerRanges ranges,
      EvaluationListener listener) {
    this.trainer = trainer;
    this.validation = validation;
    this.test = test;
    this.trained = trained;
    this.runSeed = runSeed;
    this.limit = limit;
    this.ranges = ranges;
    this.listener = listener;
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
              TrainingControls.of(
                  Deadline.in(limit), progress -> listener.onProgress(job, worker, progress)));
      double fitness = trainer.accuracy(network, validation);
      OptionalDouble testAccuracy =
          test.isPresent()
              ? OptionalDouble.of(trainer.accuracy(network, test.get()))
              : OptionalDouble.empty();
      Evaluation evaluation =
          new Evaluation(
              job,
              fitness,
              Map.of(Evaluation.ACCURACY, fitness),
              1,
              testAccuracy,
              Optional.empty(),
              Optional.empty(),
              training.epochs(),
              training.seconds(),
              training.imagesPerSecond(),
              microBatches,
              worker);
      trained.onTrained(evaluation, network);
      return evaluation;
    }
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
   * @return its fitness this time: the same as before in the same circumstances
   */
  public double retrain(Evaluation evaluation, Retrained retrained) throws InterruptedException {
    EvaluationJob job = evaluation.job();
    CandidateSeed seed = CandidateSeed.of(runSeed, job.architecture());
    try (Network network =
        new Network(job.architecture(), validation.device(), seed.initialization())) {
      trainer.train(network, seed.training(), evaluation.microBatches());
      double fitness = trainer.accuracy(network, validation);
      retrained.keep(network);
      return fitness;
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

  /** A part has two images at least: one has no variance to be normalised by. */
  @Override
  public int maxMicroBatches() {
    return Math.min(MAX_MICRO_BATCHES, Math.max(1, Integer.highestOneBit(trainer.batchSize() / 2)));
  }
}
