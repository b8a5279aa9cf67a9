package io.github.cnnevolution.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.data.SyntheticImages;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.ResidualTestSpace;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Training and estimates of networks that are no chains. */
class GraphTrainingTest {
  private static final Architecture GATED =
      new ResidualTestSpace().decode(new Chromosome("0010"), 100);

  private static ComputeDevice cpu;
  private static ImageSet images;

  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
    cpu = Devices.cpu();
    images = SyntheticImages.generate(1, 1, 1).train();
  }

  private static TrainingRecipe recipe(Precision precision, int epochs, int batchSize) {
    return TrainingRecipe.sgd(precision).with(epochs, batchSize, 0.1);
  }

  @ParameterizedTest
  @EnumSource(names = {"FP32", "BF16"})
  void learns(Precision precision) throws InterruptedException {
    ImageSet few = images.first(40);
    try (DeviceDataset data = DeviceDataset.of(few, Normalization.of(few), cpu);
        Network network = new Network(GATED, cpu, 1)) {
      TrainingResult result = new Trainer(recipe(precision, 12, 20), data).train(network, 1);
      List<EpochMetrics> epochs = result.epochs();
      assertEquals(Math.log(100), epochs.get(0).loss(), 1);
      assertTrue(epochs.get(11).loss() < 0.8 * epochs.get(0).loss(), epochs.toString());
      // Each image is a class of its own, of which there are 100.
      assertTrue(epochs.get(11).accuracy() > 0.15, epochs.toString());
    }
  }

  /** Two trainings with the same seeds are the same, to the last bit. */
  @Test
  void followsItsSeed() throws InterruptedException {
    try (DeviceDataset data = DeviceDataset.of(images, Normalization.of(images), cpu);
        Network first = new Network(GATED, cpu, 1);
        Network second = new Network(GATED, cpu, 1)) {
      Trainer trainer = new Trainer(recipe(Precision.FP32, 1, 50), data);
      assertEquals(trainer.train(first, 7).epochs(), trainer.train(second, 7).epochs());
    }
  }

  @Test
  void theEstimateGrowsWithTheBatchAndTheNetwork() {
    ResidualTestSpace space = new ResidualTestSpace();
    for (Precision precision : Precision.values()) {
      for (Architecture network : space.all(100)) {
        long before = 0;
        for (int batch = 64; batch <= 4096; batch *= 2) {
          long bytes = MemoryEstimate.bytes(network, recipe(precision, 2, batch), 50_000, 1);
          assertTrue(bytes > before, network + " with " + batch);
          before = bytes;
        }
      }
    }
    TrainingRecipe recipe = recipe(Precision.FP32, 2, 512);
    assertTrue(bytes("0000", recipe) < bytes("1000", recipe), "width");
    assertTrue(bytes("0000", recipe) < bytes("0100", recipe), "blocks");
    assertTrue(bytes("0000", recipe) < bytes("0010", recipe), "gate");
  }

  private static long bytes(String bits, TrainingRecipe recipe) {
    Architecture network = new ResidualTestSpace().decode(new Chromosome(bits), 100);
    return MemoryEstimate.bytes(network, recipe, 50_000, 1);
  }
}
