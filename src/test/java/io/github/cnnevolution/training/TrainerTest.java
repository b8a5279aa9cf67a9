package io.github.cnnevolution.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.data.Augmentation;
import io.github.cnnevolution.data.Batch;
import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.data.SyntheticImages;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.network.NamedTensor;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainNetworks;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainerTest {
  private static final Architecture SMALL =
      PlainNetworks.decode(new Chromosome("00000000000000000000"));

  private static ComputeDevice cpu;
  private static ImageSet images;

  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
    cpu = Devices.cpu();
    images = SyntheticImages.generate(1, 2, 1).train();
  }

  @Test
  void overfits200Images() throws InterruptedException {
    try (DeviceDataset data = dataset(images);
        Network network = new Network(SMALL, cpu, 1)) {
      assertEquals(200, data.size());
      Trainer trainer = new Trainer(recipe(60, 50, 0.1), data);
      TrainingResult result = trainer.train(network, 1);
      assertEquals(60 * 200, result.images());
      assertTrue(
          trainer.accuracy(network, data) > 0.95, "accuracy " + trainer.accuracy(network, data));
      assertTrue(result.epochs().get(59).loss() < result.epochs().get(0).loss() / 3);
    }
  }

  /** Parts see statistics of their own, so it is another training, but one that learns as well. */
  @Test
  void overfitsInMicroBatchesToo() throws InterruptedException {
    try (DeviceDataset data = dataset(images);
        Network network = new Network(SMALL, cpu, 1)) {
      Trainer trainer = new Trainer(recipe(60, 50, 0.1), data);
      TrainingResult result = trainer.train(network, 1, 3);
      assertEquals(60 * 200, result.images());
      assertEquals(Math.log(100), result.epochs().get(0).loss(), 1);
      assertTrue(
          trainer.accuracy(network, data) > 0.95, "accuracy " + trainer.accuracy(network, data));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FP32", "BF16"})
  void anUntrainedNetworkKnowsNothing(Precision precision) throws InterruptedException {
    try (DeviceDataset data = dataset(images);
        Network network = new Network(SMALL, cpu, 1)) {
      TrainingRecipe almostStill =
          new TrainingRecipe(
              1,
              200,
              200,
              1e-9,
              0,
              new NesterovSettings(0.9, 0),
              0,
              0,
              Augmentation.NONE,
              0,
              precision);
      EpochMetrics first = new Trainer(almostStill, data).train(network, 1).epochs().get(0);
      assertEquals(Math.log(100), first.loss(), 0.05);
    }
  }

  /** Slow where the processor has no instructions for fp16, but the arithmetic is the same. */
  @Test
  void learnsInFp16WithLossScaling() throws InterruptedException {
    try (DeviceDataset data = dataset(images.first(40));
        Network network = new Network(SMALL, cpu, 1)) {
      TrainingRecipe recipe = TrainingRecipe.sgd(Precision.FP16).with(15, 20, 0.05);
      TrainingResult result = new Trainer(recipe, data).train(network, 1);
      double last = result.epochs().get(14).loss();
      assertTrue(last < result.epochs().get(0).loss() / 2, result.epochs().toString());
    }
  }

  @Test
  void aGradientStepLowersTheLoss() throws InterruptedException {
    try (DeviceDataset data = dataset(images);
        Network network = new Network(SMALL, cpu, 1)) {
      TrainingRecipe twoSteps =
          new TrainingRecipe(
              2,
              200,
              200,
              0.05,
              0,
              new NesterovSettings(0.9, 0),
              0,
              0,
              Augmentation.NONE,
              0,
              Precision.FP32);
      TrainingResult result = new Trainer(twoSteps, data).train(network, 1);
      assertTrue(result.epochs().get(1).loss() < result.epochs().get(0).loss());
    }
  }

  @Test
  void theSameSeedGivesTheSameWeightsBitForBit() throws InterruptedException {
    try (DeviceDataset data = dataset(images);
        Network first = new Network(SMALL, cpu, 1);
        Network same = new Network(SMALL, cpu, 1);
        Network other = new Network(SMALL, cpu, 1)) {
      Trainer trainer = new Trainer(recipe(2, 50, 0.1), data);
      trainer.train(first, 7);
      trainer.train(same, 7);
      trainer.train(other, 8);
      for (int i = 0; i < first.parameters().size(); i++) {
        assertTrue(first.parameters().get(i).equal(same.parameters().get(i)));
      }
      assertFalse(first.parameters().get(0).equal(other.parameters().get(0)));
    }
  }

  /** A ghost batch is what a micro-batch is: normalised for itself, its gradient added. */
  @Test
  void ghostBatchesAreTheMicroBatchesOfThatSize() throws InterruptedException {
    try (DeviceDataset data = dataset(images);
        Network ghosts = new Network(SMALL, cpu, 1);
        Network parts = new Network(SMALL, cpu, 1);
        Network whole = new Network(SMALL, cpu, 1)) {
      TrainingRecipe recipe = recipe(2, 50, 0.1);
      new Trainer(recipe.withGhostBatchSize(25), data).train(ghosts, 7);
      new Trainer(recipe, data).train(parts, 7, 2);
      new Trainer(recipe, data).train(whole, 7);
      for (int i = 0; i < parts.parameters().size(); i++) {
        assertTrue(parts.parameters().get(i).equal(ghosts.parameters().get(i)));
      }
      assertFalse(whole.parameters().get(0).equal(ghosts.parameters().get(0)));
    }
  }

  @Test
  void ghostBatchesHaveTwoImagesAndNoMoreThanAsked() {
    TrainingRecipe recipe = recipe(1, 256, 0.1).withGhostBatchSize(128);
    assertEquals(2, recipe.parts(10_000, 1));
    assertEquals(2, recipe.parts(10_000, 2));
    assertEquals(4, recipe.parts(10_000, 4), "memory may demand smaller ones");
    assertEquals(1, recipe.parts(128, 1), "the batch has all images");
    assertEquals(2, recipe.parts(129, 1));
    assertEquals(1, recipe.withGhostBatchSize(TrainingRecipe.WHOLE_BATCH).parts(10_000, 1));
    assertEquals(1, recipe.withGhostBatchSize(2).parts(3, 1));
    assertEquals(128, recipe.withGhostBatchSize(2).parts(10_000, 1));
    assertThrows(IllegalArgumentException.class, () -> recipe.withGhostBatchSize(1));
  }

  @Test
  void aHopelessLearningRateIsReportedAsDivergence() throws InterruptedException {
    try (DeviceDataset data = dataset(images);
        Network network = new Network(SMALL, cpu, 1)) {
      Trainer trainer = new Trainer(recipe(5, 50, 1e20), data);
      DivergedException e = assertThrows(DivergedException.class, () -> trainer.train(network, 1));
      assertTrue(e.getMessage().matches("diverged: the loss is .* in epoch \\d"), e.getMessage());
    }
  }

  @Test
  void stopsWhenInterrupted() {
    try (DeviceDataset data = dataset(images);
        Network network = new Network(SMALL, cpu, 1)) {
      Trainer trainer = new Trainer(recipe(1000, 50, 0.1), data);
      Thread.currentThread().interrupt();
      assertThrows(InterruptedException.class, () -> trainer.train(network, 1));
      Thread.currentThread().interrupt();
      assertThrows(InterruptedException.class, () -> trainer.accuracy(network, data));
      assertFalse(Thread.interrupted());
    }
  }

  @Test
  void accuracyCountsTheLastShortBatch() throws InterruptedException {
    ImageSet most = SyntheticImages.generate(1, 3, 1).train();
    try (DeviceDataset data = dataset(most);
        DeviceDataset rest =
            dataset(most.select(java.util.stream.IntStream.range(256, 300).toArray()));
        DeviceDataset start = dataset(most.first(256));
        Network network = new Network(SMALL, cpu, 1)) {
      Trainer trainer = new Trainer(recipe(20, 50, 0.1), data);
      trainer.train(network, 1);
      double hits = trainer.accuracy(network, start) * 256 + trainer.accuracy(network, rest) * 44;
      assertEquals(hits / 300, trainer.accuracy(network, data), 0.011);
      assertTrue(hits > 30);
    }
  }

  @Test
  void everyParameterLearns() throws InterruptedException {
    Architecture deep = PlainNetworks.decode(new Chromosome("01010010000001000000"));
    try (PointerScope scope = new PointerScope();
        DeviceDataset data = dataset(images);
        Network before = new Network(deep, cpu, 1);
        Network after = new Network(deep, cpu, 1)) {
      new Trainer(recipe(1, 50, 0.1), data).train(after, 1);
      for (int i = 0; i < before.state().size(); i++) {
        Tensor old = before.state().get(i).tensor();
        assertFalse(old.equal(after.state().get(i).tensor()), before.state().get(i).name());
      }
    }
  }

  /**
   * A training that went on from a checkpoint, in another network with other random sequences, ends
   * in the same bits: weights, statistics, average and what the epochs showed.
   */
  @ParameterizedTest
  @EnumSource
  void goesOnFromACheckpointAsIfNothingHadHappened(Precision precision, @TempDir Path directory)
      throws InterruptedException {
    TrainingRecipe recipe =
        TrainingRecipe.sgd(precision).with(4, 8, 0.05).with(1, new Augmentation(8, 0.5), 0.9);
    Path file = directory.resolve("checkpoint.pt");
    try (DeviceDataset data = dataset(images.first(24));
        Network whole = new Network(SMALL, cpu, 1);
        Network killed = new Network(SMALL, cpu, 1);
        Network later = new Network(SMALL, cpu, 99)) {
      Trainer trainer = new Trainer(recipe, data);
      List<EpochMetrics> expected = trainer.train(whole, 7).epochs();

      IllegalStateException end = new IllegalStateException("killed");
      TrainingListener killer =
          progress -> {
            if (progress.steps() == 2 * 3 + 2) {
              throw end;
            }
          };
      TrainingControls first =
          new TrainingControls(Deadline.NONE, killer, new CheckpointFile(file), Optional.empty());
      assertSame(
          end, assertThrows(IllegalStateException.class, () -> trainer.train(killed, 7, 1, first)));

      TrainingControls second =
          new TrainingControls(
              Deadline.NONE, TrainingListener.NONE, new CheckpointFile(file), Optional.empty());
      TrainingResult result = trainer.train(later, 7, 1, second);
      assertEquals(expected, result.epochs());
      assertEquals(2 * 24, result.images(), "only the rest was trained");
      assertSameState(whole, later);
    }
  }

  @Test
  void measuringAfterEachEpochChangesNothing() throws InterruptedException {
    TrainingRecipe recipe = recipe(3, 20, 0.05).with(1, Augmentation.NONE, 0.9);
    try (DeviceDataset data = dataset(images.first(60));
        DeviceDataset others = dataset(images.select(new int[] {100, 101, 102}));
        Network plain = new Network(SMALL, cpu, 1);
        Network measured = new Network(SMALL, cpu, 1)) {
      Trainer trainer = new Trainer(recipe, data);
      trainer.train(plain, 7);
      TrainingControls controls =
          new TrainingControls(
              Deadline.NONE, TrainingListener.NONE, Checkpoints.NONE, Optional.of(others));
      List<EpochMetrics> epochs = trainer.train(measured, 7, 1, controls).epochs();
      assertSameState(plain, measured);
      // What is measured is what the training would result in: the average.
      assertEquals(trainer.accuracy(measured, others), epochs.get(2).validation().getAsDouble());
    }
  }

  @Test
  void cutoutMixupAndTheAverageEachChangeTheResult() throws InterruptedException {
    TrainingRecipe plain = recipe(2, 20, 0.05);
    try (DeviceDataset data = dataset(images.first(60));
        Network before = new Network(SMALL, cpu, 1)) {
      new Trainer(plain, data).train(before, 7);
      for (TrainingRecipe other :
          List.of(
              plain.with(plain.dropoutFraction(), new Augmentation(8, 0), 0),
              plain.with(plain.dropoutFraction(), new Augmentation(0, 0.5), 0),
              plain.with(plain.dropoutFraction(), Augmentation.NONE, 0.9))) {
        try (Network after = new Network(SMALL, cpu, 1)) {
          new Trainer(other, data).train(after, 7);
          assertFalse(
              before.parameters().get(0).equal(after.parameters().get(0)), () -> "" + other);
        }
      }
    }
  }

  /** Averaged weights with the latest statistics would be a network that nobody has trained. */
  @Test
  void runningStatisticsAreAveragedToo() throws InterruptedException {
    TrainingRecipe plain = recipe(2, 20, 0.05);
    try (DeviceDataset data = dataset(images.first(60));
        Network latest = new Network(SMALL, cpu, 1);
        Network averaged = new Network(SMALL, cpu, 1)) {
      new Trainer(plain, data).train(latest, 7);
      new Trainer(plain.with(plain.dropoutFraction(), Augmentation.NONE, 0.9), data)
          .train(averaged, 7);
      List<NamedTensor> statistics = latest.buffers();
      assertFalse(statistics.isEmpty());
      for (int i = 0; i < statistics.size(); i++) {
        Tensor average = averaged.buffers().get(i).tensor();
        // Batches are counted, which has no average.
        assertEquals(
            !average.is_floating_point(),
            average.equal(statistics.get(i).tensor()),
            statistics.get(i).name());
      }
    }
  }

  /** Hours in which the process stood still are no part of the time that a candidate took. */
  @Test
  void theTimeOfATrainingIsWithoutPauses() throws InterruptedException {
    AtomicLong nanoTime = new AtomicLong();
    TrainingListener steps =
        progress ->
            nanoTime.addAndGet(
                progress.steps() == 5
                    ? Duration.ofHours(3).toNanos()
                    : Duration.ofMillis(10).toNanos());
    try (DeviceDataset data = dataset(images.first(60));
        Network network = new Network(SMALL, cpu, 1);
        ActiveClock clock = ActiveClock.of(nanoTime::get)) {
      TrainingResult result =
          new Trainer(recipe(2, 20, 0.05), data)
              .train(
                  network, 7, 1, TrainingControls.of(Deadline.in(Optional.empty(), clock), steps));
      // Of 8 reports, one after each step and each epoch, one comes before a pause: a tick of it.
      assertEquals(7 * 0.01 + 0.2, result.seconds(), 1e-9);
    }
  }

  @Test
  void mirroredScoresAreAddedUp() throws InterruptedException {
    try (DeviceDataset data = dataset(images);
        Network network = new Network(SMALL, cpu, 1)) {
      Trainer trainer = new Trainer(TrainingRecipe.sgd(Precision.FP32).with(10, 20, 0.02), data);
      trainer.train(network, 1);
      int differing = 0;
      for (int size = 10; size <= 200; size += 10) {
        try (DeviceDataset few = dataset(images.first(size));
            PointerScope scope = new PointerScope();
            AutoGradMode noGradients = new AutoGradMode(false)) {
          Batch all = few.batch(0, size);
          Tensor both = network.infer(all.images()).add(network.infer(all.images().flip(3)));
          Tensor right = both.argmax(new LongOptional(1), false).eq(all.labels());
          double mirrored = trainer.accuracy(network, few, true);
          assertEquals((double) right.sum().item_long() / size, mirrored);
          differing += trainer.accuracy(network, few) == mirrored ? 0 : 1;
        }
      }
      assertTrue(differing > 0, "makes no difference");
    }
  }

  private static void assertSameState(Network expected, Network actual) {
    for (int i = 0; i < expected.state().size(); i++) {
      assertTrue(
          expected.state().get(i).tensor().equal(actual.state().get(i).tensor()),
          expected.state().get(i).name());
    }
  }

  private static DeviceDataset dataset(ImageSet set) {
    return DeviceDataset.of(set, Normalization.of(images), cpu);
  }

  private static TrainingRecipe recipe(int epochs, int batchSize, double learningRate) {
    return TrainingRecipe.sgd(cpu.preferred()).with(epochs, batchSize, learningRate);
  }
}
