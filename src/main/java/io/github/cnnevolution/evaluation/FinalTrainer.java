package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.network.Weights;
import io.github.cnnevolution.training.ActiveClock;
import io.github.cnnevolution.training.CheckpointFile;
import io.github.cnnevolution.training.Checkpoints;
import io.github.cnnevolution.training.Deadline;
import io.github.cnnevolution.training.EpochMetrics;
import io.github.cnnevolution.training.Trainer;
import io.github.cnnevolution.training.TrainingControls;
import io.github.cnnevolution.training.TrainingResult;
import io.github.cnnevolution.training.TrainingState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/**
 * Runs final trainings on one device: continues from the checkpoint, if there is one, and writes
 * the weights at the end. Owns nothing; all parts are the caller's and stay open while workers run.
 */
public final class FinalTrainer implements JobRunner<FinalTrainingJob, SeedResult> {
  private final Trainer trainer;
  private final Optional<DeviceDataset> validation;
  private final SeedFiles files;
  private final SeedListener listener;
  private final ActiveClock clock;

  /**
   * A runner for one device.
   *
   * @param validation images on which the network is measured after each epoch
   * @param files where checkpoints and weights go; the same on all devices, so that a training can
   *     move from one to another
   * @param listener receives the progress of each training
   * @param clock measures how long each takes
   */
  public FinalTrainer(
      Trainer trainer,
      Optional<DeviceDataset> validation,
      SeedFiles files,
      SeedListener listener,
      ActiveClock clock) {
    this.trainer = trainer;
    this.validation = validation;
    this.files = files;
    this.listener = listener;
    this.clock = clock;
  }

  @Override
  public SeedResult run(FinalTrainingJob job, String worker, int microBatches)
      throws InterruptedException {
    CandidateSeed seed = CandidateSeed.of(job.seed(), job.architecture());
    try (Network network =
        new Network(job.architecture(), trainer.device(), seed.initialization())) {
      TrainingControls controls =
          new TrainingControls(
              Deadline.in(Optional.empty(), clock),
              progress -> listener.onProgress(job, worker, progress),
              checkpoints(job, microBatches),
              validation);
      TrainingResult result =
          trainer.train(network, seed.training(), microBatches, controls, job.lastEpoch());
      if (result.epochs().size() == trainer.epochs()) {
        write(network, job);
      }
      return new SeedResult(
          job,
          result.epochs(),
          Optional.empty(),
          Optional.empty(),
          microBatches,
          result.seconds(),
          worker);
    } catch (UncheckedIOException e) {
      // A file that cannot be read or written stops this training, not the others.
      return failure(job, microBatches, FailureKind.OTHER, FailureReason.line(e), worker);
    }
  }

  private void write(Network network, FinalTrainingJob job) {
    try (Weights weights = new Weights(network)) {
      weights.write(files.model(job.seed()));
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private CheckpointFile checkpoint(FinalTrainingJob job, int microBatches) {
    return new CheckpointFile(files.checkpoint(job.seed(), microBatches));
  }

  private Checkpoints checkpoints(FinalTrainingJob job, int microBatches) {
    CheckpointFile file = checkpoint(job, microBatches);
    return new Checkpoints() {
      @Override
      public List<EpochMetrics> restore(TrainingState state) {
        List<EpochMetrics> epochs = file.restore(state);
        listener.onEpochs(job, List.copyOf(epochs));
        return epochs;
      }

      @Override
      public void save(List<EpochMetrics> epochs, TrainingState state) {
        file.save(epochs, state);
        listener.onEpochs(job, List.copyOf(epochs));
      }
    };
  }

  /** The epochs of the result are those in the checkpoint, from which the training can continue. */
  @Override
  public SeedResult failure(
      FinalTrainingJob job, int microBatches, FailureKind kind, String reason, String worker) {
    return SeedResult.failed(job, epochs(job, microBatches), kind, reason, microBatches, worker);
  }

  private List<EpochMetrics> epochs(FinalTrainingJob job, int microBatches) {
    try {
      return checkpoint(job, microBatches).epochs();
    } catch (IOException e) {
      return List.of();
    }
  }

  @Override
  public long memoryBytes(FinalTrainingJob job, int microBatches) {
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
