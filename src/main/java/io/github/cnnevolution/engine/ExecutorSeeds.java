package io.github.cnnevolution.engine;

import io.github.cnnevolution.evaluation.FinalTrainingJob;
import io.github.cnnevolution.evaluation.FinalTrainingService;
import io.github.cnnevolution.evaluation.SeedFiles;
import io.github.cnnevolution.evaluation.SeedListener;
import io.github.cnnevolution.evaluation.SeedResult;
import io.github.cnnevolution.files.ScratchDirectory;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.TrainingRun;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.training.TrainingListener;
import io.github.cnnevolution.training.TrainingProgress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The part of a final training that is in an executor: the same session and the same workers as on
 * a single machine. Checkpoints come with each call and go back with its result.
 */
final class ExecutorSeeds implements ExecutorWork {
  private final FinalTrainingSession session;
  private final ScratchDirectory scratch;
  private final RunDirectory directory;
  private final FinalTrainingService workers;
  private final Map<Long, TrainingListener> listeners = new ConcurrentHashMap<>();
  private final AtomicLong ids = new AtomicLong();

  private ExecutorSeeds(FinalTrainingSession session, ScratchDirectory scratch) {
    this.session = session;
    this.scratch = scratch;
    this.directory = new RunDirectory(scratch.path());
    this.workers = session.start(files(), progress());
  }

  /**
   * Loads LibTorch and the data, and starts the workers.
   *
   * @param chromosome bits
   * @param gpus that the cluster gave to this process; empty: none
   * @param executor its name
   * @throws ClusterRefusalException if devices or data are others than those of the training
   */
  static ExecutorSeeds open(
      ClusterSpec spec, String chromosome, Optional<List<Integer>> gpus, String executor)
      throws InterruptedException {
    FinalTrainingSession session =
        new FinalTrainingSession(
            spec.finalTraining(gpus),
            new Chromosome(chromosome),
            spec.searchSpace(),
            SessionListener.NONE);
    try {
      spec.check(executor, session.devices(), session.dataset());
      return new ExecutorSeeds(session, ScratchDirectory.create());
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  private SeedFiles files() {
    return new SeedFiles() {
      @Override
      public Path model(long seed) {
        return directory.model(seed);
      }

      @Override
      public Path checkpoint(long seed, int microBatches) {
        return directory.checkpoint(seed, microBatches);
      }
    };
  }

  private SeedListener progress() {
    return new SeedListener() {
      @Override
      public void onProgress(FinalTrainingJob job, String worker, TrainingProgress progress) {
        listeners.getOrDefault(job.id(), TrainingListener.NONE).onProgress(progress);
      }
    };
  }

  /** Trains some epochs more. */
  SeedAnswer train(SeedCall call, TrainingListener progress) throws InterruptedException {
    FinalTrainingJob job =
        new FinalTrainingJob(
            ids.getAndIncrement(), session.architecture(), call.seed(), call.lastEpoch());
    listeners.put(job.id(), progress);
    try {
      SeedCheckpoints checkpoints = new SeedCheckpoints(directory, call.seed());
      checkpoints.write(call.checkpoints());
      SeedResult result = workers.train(List.of(job)).get(0);
      Map<Integer, byte[]> left = checkpoints.read();
      directory.deleteCheckpoints(call.seed());
      return SeedAnswer.of(result, left, weights(call.seed()));
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    } finally {
      listeners.remove(job.id());
    }
  }

  private SentFile weights(long seed) throws IOException {
    Path model = directory.model(seed);
    if (!Files.exists(model)) {
      return SentFile.NONE;
    }
    SentFile weights = new SentFile(Files.readAllBytes(model));
    Files.delete(model);
    return weights;
  }

  /** Measures a network on the test images. */
  TestAnswer test(SeedTestCall call) throws InterruptedException {
    try {
      Path file = Files.createTempFile(scratch.path(), "weights", ".pt");
      Files.write(file, call.weights().bytes());
      TrainingRun.Seed unmeasured =
          new TrainingRun.Seed(
              0, List.of(), OptionalDouble.empty(), Optional.empty(), Optional.empty());
      TrainingRun.Seed measured =
          session.measure(List.of(unmeasured), any -> file, workers.lostDevices()).get(0);
      Files.delete(file);
      return TestAnswer.of(measured.confusion().orElseThrow());
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /** Stops what still runs. */
  @Override
  public void close() {
    workers.close();
    session.close();
    scratch.close();
  }
}
