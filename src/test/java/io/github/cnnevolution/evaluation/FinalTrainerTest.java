package io.github.cnnevolution.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.data.Augmentation;
import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.data.SyntheticImages;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.network.Weights;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainNetworks;
import io.github.cnnevolution.training.ActiveClock;
import io.github.cnnevolution.training.CheckpointFile;
import io.github.cnnevolution.training.Checkpoints;
import io.github.cnnevolution.training.Deadline;
import io.github.cnnevolution.training.EpochMetrics;
import io.github.cnnevolution.training.Trainer;
import io.github.cnnevolution.training.TrainingControls;
import io.github.cnnevolution.training.TrainingListener;
import io.github.cnnevolution.training.TrainingProgress;
import io.github.cnnevolution.training.TrainingRecipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks that are really trained, by workers that really fail, against trainings undisturbed. */
class FinalTrainerTest {
  private static final Architecture SMALL =
      PlainNetworks.decode(new Chromosome("00000000000000000000"));
  private static final int EPOCHS = 4;
  private static final int STEPS = 3;
  private static final TrainingRecipe RECIPE =
      TrainingRecipe.sgd(Precision.FP32)
          .with(EPOCHS, 8, 0.05)
          .with(0.8, new Augmentation(8, 0.5), 0.9);

  private static final ActiveClock CLOCK = ActiveClock.start();

  private static DeviceDataset images;
  private static DeviceDataset validation;

  @TempDir private Path directory;

  private final Map<Long, Integer> parts = new ConcurrentHashMap<>();

  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
    ImageSet all = SyntheticImages.generate(1, 1, 1).train();
    Normalization normalization = Normalization.of(all);
    images = DeviceDataset.of(all.first(STEPS * 8), normalization, Candidates.cpu(0));
    validation =
        DeviceDataset.of(all.select(new int[] {50, 60, 70}), normalization, Candidates.cpu(0));
  }

  @AfterAll
  static void close() {
    images.close();
    validation.close();
    CLOCK.close();
  }

  private final class Named implements SeedFiles {
    @Override
    public Path model(long seed) {
      return directory.resolve("model_" + seed);
    }

    @Override
    public Path checkpoint(long seed, int microBatches) {
      return directory.resolve("checkpoint_" + seed + "_" + microBatches);
    }
  }

  /** Remembers into how many parts each training is split, for the faults. */
  private final class Watched implements JobRunner<FinalTrainingJob, SeedResult> {
    private final FinalTrainer trainer;

    Watched(TrainingRecipe recipe, SeedListener listener) {
      this.trainer =
          new FinalTrainer(
              new Trainer(recipe, images), Optional.of(validation), new Named(), listener, CLOCK);
    }

    @Override
    public SeedResult run(FinalTrainingJob job, String worker, int microBatches)
        throws InterruptedException {
      parts.put(job.seed(), microBatches);
      return trainer.run(job, worker, microBatches);
    }

    @Override
    public SeedResult failure(
        FinalTrainingJob job, int microBatches, FailureKind kind, String reason, String worker) {
      return trainer.failure(job, microBatches, kind, reason, worker);
    }

    @Override
    public int maxMicroBatches() {
      return trainer.maxMicroBatches();
    }
  }

  private List<SeedResult> train(int devices, int seeds, SeedListener listener)
      throws InterruptedException {
    return train(RECIPE, devices, seeds, listener);
  }

  private List<SeedResult> train(
      TrainingRecipe recipe, int devices, int seeds, SeedListener listener)
      throws InterruptedException {
    List<DeviceWorkers<FinalTrainingJob, SeedResult>> workers = new ArrayList<>();
    for (int i = 0; i < devices; i++) {
      workers.add(new DeviceWorkers<>(Candidates.cpu(i), 1, new Watched(recipe, listener)));
    }
    List<FinalTrainingJob> jobs = new ArrayList<>();
    for (int i = 0; i < seeds; i++) {
      jobs.add(new FinalTrainingJob(i, SMALL, 10 + i, EPOCHS));
    }
    try (FinalTrainingService service = new FinalTrainingService(workers, listener)) {
      return service.train(jobs);
    }
  }

  /** The same training without workers. */
  private List<EpochMetrics> assertUndisturbed(long seed, int microBatches) throws Exception {
    CandidateSeed seeds = CandidateSeed.of(seed, SMALL);
    Path expected = directory.resolve("expected");
    try (Network network = new Network(SMALL, Candidates.cpu(0), seeds.initialization())) {
      TrainingControls controls =
          new TrainingControls(
              Deadline.NONE, TrainingListener.NONE, Checkpoints.NONE, Optional.of(validation));
      List<EpochMetrics> epochs =
          new Trainer(RECIPE, images)
              .train(network, seeds.training(), microBatches, controls)
              .epochs();
      try (Weights weights = new Weights(network)) {
        weights.write(expected);
      }
      assertEquals(-1, Files.mismatch(expected, new Named().model(seed)), "other weights");
      return epochs;
    }
  }

  @Test
  void trainsEverySeed() throws Exception {
    List<Integer> epochs = Collections.synchronizedList(new ArrayList<>());
    List<SeedResult> results =
        train(
            1,
            2,
            new SeedListener() {
              @Override
              public void onEpochs(FinalTrainingJob job, List<EpochMetrics> shown) {
                epochs.add(shown.size());
              }
            });
    assertEquals(List.of(0, 1, 2, 3, 4, 0, 1, 2, 3, 4), epochs);
    for (SeedResult result : results) {
      assertFalse(result.isFailed(), result.toString());
      assertEquals(assertUndisturbed(result.seed(), 1), result.epochs());
      assertTrue(result.epochs().get(0).validation().isPresent());
      assertTrue(Files.exists(new Named().checkpoint(result.seed(), 1)), "until it is measured");
    }
  }

  /** Device 1 fails in the third epoch of whatever it trains. */
  @Test
  void aTrainingThatLostItsDeviceContinuesFromItsCheckpoint() throws Exception {
    AtomicLong moved = new AtomicLong(-1);
    AtomicLong stepsElsewhere = new AtomicLong();
    CountDownLatch lost = new CountDownLatch(1);
    SeedListener listener =
        new SeedListener() {
          @Override
          public void onProgress(FinalTrainingJob job, String worker, TrainingProgress progress) {
            if (worker.equals("cpu1-0") && progress.steps() == 2 * STEPS + 1) {
              moved.set(job.seed());
              throw new IllegalStateException(Candidates.DEVICE_LOST);
            }
            if (worker.equals("cpu-0") && job.seed() == moved.get()) {
              stepsElsewhere.set(progress.images() / 8);
            }
          }

          @Override
          public void onStart(FinalTrainingJob job, String worker) {
            if (worker.equals("cpu-0") && moved.get() < 0) {
              // So that device 1 gets a seed, and fails, before device 0 has taken them all.
              await(lost);
            }
          }

          @Override
          public void onDeviceLost(LostDevice device) {
            lost.countDown();
          }
        };
    List<SeedResult> results = train(2, 3, listener);
    assertTrue(moved.get() >= 10);
    assertEquals(2 * STEPS, stepsElsewhere.get(), "the first two epochs were trained again");
    for (SeedResult result : results) {
      assertFalse(result.isFailed(), result.toString());
      assertEquals("cpu-0", result.worker());
      assertEquals(assertUndisturbed(result.seed(), 1), result.epochs());
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * A checkpoint of whole batches must not be continued in parts: that would be no one's result.
   */
  @Test
  void smallerPartsBeginAgainInAFileOfTheirOwn() throws Exception {
    SeedListener listener =
        new SeedListener() {
          @Override
          public void onProgress(FinalTrainingJob job, String worker, TrainingProgress progress) {
            if (parts.get(job.seed()) < 4 && progress.steps() == STEPS + 1) {
              throw new IllegalStateException(Candidates.OUT_OF_MEMORY);
            }
          }
        };
    SeedResult result = train(1, 1, listener).get(0);
    assertFalse(result.isFailed(), result.toString());
    assertEquals(4, result.microBatches());
    assertEquals(assertUndisturbed(10, 4), result.epochs());
    Named files = new Named();
    assertEquals(1, new CheckpointFile(files.checkpoint(10, 1)).epochs().size());
    assertEquals(1, new CheckpointFile(files.checkpoint(10, 2)).epochs().size());
    assertEquals(EPOCHS, new CheckpointFile(files.checkpoint(10, 4)).epochs().size());
  }

  /** Memory that a neighbour has taken is missing once: the device alone has enough of it. */
  @Test
  void wholeBatchesContinueAloneWhereMemoryWasShortOnce() throws Exception {
    AtomicBoolean failed = new AtomicBoolean();
    List<Integer> restored = Collections.synchronizedList(new ArrayList<>());
    SeedListener listener =
        new SeedListener() {
          @Override
          public void onProgress(FinalTrainingJob job, String worker, TrainingProgress progress) {
            if (progress.steps() == STEPS + 1 && failed.compareAndSet(false, true)) {
              throw new IllegalStateException(Candidates.OUT_OF_MEMORY);
            }
          }

          @Override
          public void onEpochs(FinalTrainingJob job, List<EpochMetrics> epochs) {
            restored.add(epochs.size());
          }
        };
    SeedResult result = train(1, 1, listener).get(0);
    assertEquals(List.of(0, 1, 1, 2, 3, 4), restored);
    assertEquals(1, result.microBatches());
    assertEquals(assertUndisturbed(10, 1), result.epochs());
  }

  @Test
  void closingLeavesTheCheckpointAndAnotherServiceContinues() throws Exception {
    CountDownLatch secondEpoch = new CountDownLatch(1);
    SeedListener slow =
        new SeedListener() {
          @Override
          public void onProgress(FinalTrainingJob job, String worker, TrainingProgress progress) {
            if (progress.steps() == STEPS + 1) {
              secondEpoch.countDown();
              // Until the interrupt of the closing pool, which the trainer must still see.
              await(new CountDownLatch(1));
            }
          }
        };
    Thread caller =
        new Thread(() -> assertThrows(InterruptedException.class, () -> train(1, 1, slow)));
    caller.start();
    secondEpoch.await();
    caller.interrupt();
    caller.join();
    assertFalse(Files.exists(new Named().model(10)));
    assertEquals(1, new CheckpointFile(new Named().checkpoint(10, 1)).epochs().size());
    SeedResult result = train(1, 1, SeedListener.NONE).get(0);
    assertEquals(assertUndisturbed(10, 1), result.epochs());
  }

  @Test
  void aDamagedCheckpointStopsItsSeedAlone() throws Exception {
    Path damaged = new Named().checkpoint(10, 1);
    Files.write(damaged, new byte[100]);
    List<SeedResult> results = train(1, 2, SeedListener.NONE);
    assertEquals(Optional.of(FailureKind.OTHER), results.get(0).failure());
    assertTrue(
        results.get(0).error().orElseThrow().startsWith("cannot go on from the checkpoint"),
        results.toString());
    assertEquals(assertUndisturbed(11, 1), results.get(1).epochs());
  }

  /** The epochs before the failure are in the checkpoint, and the page shows them. */
  @Test
  void aTrainingThatFailsKeepsItsEpochs() throws Exception {
    SeedListener breaking =
        new SeedListener() {
          @Override
          public void onProgress(FinalTrainingJob job, String worker, TrainingProgress progress) {
            if (progress.steps() == 2 * STEPS + 1) {
              throw new IllegalStateException("broken");
            }
          }
        };
    SeedResult failed = train(1, 1, breaking).get(0);
    assertTrue(failed.isFailed());
    assertEquals(2, failed.epochs().size());
    SeedResult whole = train(1, 1, SeedListener.NONE).get(0);
    assertEquals(whole.epochs().subList(0, 2), failed.epochs());
  }

  @Test
  void aSeedThatDivergesSaysSo() throws Exception {
    TrainingRecipe hopeless = RECIPE.with(EPOCHS, 8, 1e20);
    SeedResult result = train(hopeless, 1, 1, SeedListener.NONE).get(0);
    assertEquals(Optional.of(FailureKind.DIVERGED), result.failure());
    assertTrue(result.error().orElseThrow().startsWith("diverged: "), result.toString());
    assertFalse(Files.exists(new Named().model(10)));
  }
}
