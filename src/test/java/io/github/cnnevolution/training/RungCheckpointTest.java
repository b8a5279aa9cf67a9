package io.github.cnnevolution.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.data.Augmentation;
import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.data.SyntheticImages;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.network.Weights;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainNetworks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training that is evaluated at its rung and goes on is one that was never interrupted. */
class RungCheckpointTest {
  private static final TrainingRecipe RECIPE = TrainingRecipe.sgd(Precision.FP32).with(3, 4, 0.05);

  private static ImageSet images;

  @TempDir private Path directory;

  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
    images = SyntheticImages.generate(1, 1, 1).train().first(16);
  }

  /** Steps that were done, accuracy, what the epochs showed. */
  private record Result(int steps, double accuracy, List<EpochMetrics> epochs) {}

  private static Result train(
      TrainingRecipe recipe, Checkpoints checkpoints, int lastEpoch, Path weights)
      throws Exception {
    AtomicInteger steps = new AtomicInteger();
    try (DeviceDataset data = DeviceDataset.of(images, Normalization.of(images), Devices.cpu());
        Network network =
            new Network(
                PlainNetworks.decode(new Chromosome("00000000000000000000")), Devices.cpu(), 1)) {
      Trainer trainer = new Trainer(recipe, data);
      TrainingControls controls =
          new TrainingControls(
              Deadline.NONE,
              progress -> steps.set(Math.max(steps.get(), Math.toIntExact(progress.images() / 4))),
              checkpoints,
              Optional.empty());
      List<EpochMetrics> epochs = trainer.train(network, 1, 1, controls, lastEpoch).epochs();
      try (Weights trained = new Weights(network)) {
        trained.write(weights, "x\n");
      }
      return new Result(steps.get(), trainer.accuracy(network, data), epochs);
    }
  }

  private void goesOnToTheSameBits(TrainingRecipe recipe) throws Exception {
    Path whole = directory.resolve("whole.pt");
    Path parts = directory.resolve("parts.pt");
    RungCheckpoint rung = new RungCheckpoint(directory.resolve("rungs").resolve("a.ckpt"), 1);
    Result reference = train(recipe, Checkpoints.NONE, 3, whole);
    Result part = train(recipe, rung, 1, parts);
    assertEquals(reference.epochs().subList(0, 1), part.epochs());
    assertTrue(Files.exists(rung.file()));
    Result rest = train(recipe, rung, 3, parts);
    assertEquals(reference.epochs(), rest.epochs());
    assertEquals(reference.accuracy(), rest.accuracy());
    assertEquals(12, reference.steps());
    assertEquals(8, rest.steps(), "it began anew");
    assertEquals(-1, Files.mismatch(whole, parts));
  }

  @Test
  void goesOnToTheSameBits() throws Exception {
    goesOnToTheSameBits(RECIPE);
  }

  /** The network is measured with its averaged weights, and goes on with the others. */
  @Test
  void goesOnToTheSameBitsWithAveragedWeights() throws Exception {
    goesOnToTheSameBits(RECIPE.with(1, Augmentation.NONE, 0.9));
  }

  @Test
  void withoutItsFileItBeginsAnewToTheSameBits() throws Exception {
    Path whole = directory.resolve("whole.pt");
    Path again = directory.resolve("again.pt");
    RungCheckpoint rung = new RungCheckpoint(directory.resolve("a.ckpt"), 1);
    Result reference = train(RECIPE, Checkpoints.NONE, 3, whole);
    train(RECIPE, rung, 1, again);
    byte[] bytes = Files.readAllBytes(rung.file());
    for (int kind = 0; kind < 3; kind++) {
      if (kind == 0) {
        Files.delete(rung.file());
      } else if (kind == 1) {
        Files.write(rung.file(), new byte[100]);
      } else {
        bytes[bytes.length / 2] ^= 1;
        Files.write(rung.file(), bytes);
      }
      assertEquals(reference, train(RECIPE, rung, 3, again));
      assertEquals(-1, Files.mismatch(whole, again));
    }
  }

  @Test
  void aFileOfAnotherRungIsNotUsed() throws Exception {
    Path file = directory.resolve("a.ckpt");
    train(RECIPE, new RungCheckpoint(file, 2), 2, directory.resolve("x.pt"));
    Result whole = train(RECIPE, new RungCheckpoint(file, 1), 3, directory.resolve("y.pt"));
    assertEquals(12, whole.steps());
  }

  @Test
  void noMemoryIsLeft() throws Exception {
    Path weights = directory.resolve("w.pt");
    RungCheckpoint rung = new RungCheckpoint(directory.resolve("a.ckpt"), 1);
    train(RECIPE, rung, 1, weights);
    train(RECIPE, rung, 3, weights);
    long bytes = Pointer.totalBytes();
    long count = Pointer.totalCount();
    for (int i = 0; i < 3; i++) {
      train(RECIPE, rung, 1, weights);
      train(RECIPE, rung, 3, weights);
      Files.write(rung.file(), new byte[100]);
      train(RECIPE, rung, 3, weights);
    }
    assertEquals(bytes, Pointer.totalBytes());
    assertEquals(count, Pointer.totalCount());
  }
}
