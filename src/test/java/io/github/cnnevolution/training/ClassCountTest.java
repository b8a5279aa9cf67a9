package io.github.cnnevolution.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.data.Batch;
import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.network.Classifier;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainNetworks;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything on the device follows the number of classes. */
class ClassCountTest {
  private static final Chromosome SMALLEST = new Chromosome("00000000000000000000");

  private static ComputeDevice cpu;

  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
    cpu = Devices.cpu();
  }

  /** Two images of each class, the last class first; each class has a grey of its own. */
  private static ImageSet images(int classes) {
    byte[] pixels = new byte[2 * classes * ImageSet.PIXELS];
    int[] labels = new int[2 * classes];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = classes - 1 - i % classes;
      Arrays.fill(
          pixels,
          i * ImageSet.PIXELS,
          (i + 1) * ImageSet.PIXELS,
          (byte) (255 * labels[i] / (classes - 1)));
    }
    return new ImageSet(pixels, labels, classes);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 128, 130, 256, 257, 1100})
  void labelsScoresAndTrainingDo(int classes) throws Exception {
    ImageSet images = images(classes);
    Normalization normalization = Normalization.of(images);
    Architecture architecture = PlainNetworks.decode(SMALLEST, classes);
    try (DeviceDataset resident = DeviceDataset.of(images, normalization, cpu);
        Network network = new Network(architecture, cpu, 1)) {
      try (PointerScope scope = new PointerScope();
          AutoGradMode noGradients = new AutoGradMode(false)) {
        Batch all = resident.batch(0, images.size());
        assertArrayEquals(images.labels(), longs(all.labels()));
        Tensor scores = network.infer(resident.batch(0, 4).images());
        assertArrayEquals(new long[] {4, classes}, new long[] {scores.size(0), scores.size(1)});
      }
      Trainer trainer =
          new Trainer(TrainingRecipe.sgd(Precision.FP32).with(1, 100, 0.01), resident);
      EpochMetrics epoch = trainer.train(network, 1).epochs().get(0);
      assertEquals(Math.log(classes), epoch.loss(), 0.8, "it begins with guesses");
      double accuracy = trainer.accuracy(network, resident);
      assertTrue(accuracy >= 0 && accuracy <= 1, String.valueOf(accuracy));
      ConfusionMatrix confusion = trainer.confusion(network, resident, false);
      assertEquals(accuracy, confusion.accuracy());
      int[] shown = new int[classes];
      confusion.cells().forEach(cell -> shown[cell.actual()] += cell.images());
      assertTrue(Arrays.stream(shown).allMatch(n -> n == 2), "two images of each class");
      List<float[]> probabilities =
          new Classifier(network, normalization, cpu).probabilities(images.first(3));
      assertEquals(3, probabilities.size());
      for (float[] one : probabilities) {
        double sum = 0;
        for (float p : one) {
          sum += p;
        }
        assertEquals(classes, one.length);
        assertEquals(1, sum, 1e-5);
      }
    }
  }

  private static long[] longs(Tensor tensor) {
    long[] values = new long[(int) tensor.numel()];
    tensor.contiguous().<LongBuffer>createBuffer().get(values);
    return values;
  }

  /** On noise, whose mirror images are other noise. */
  @Test
  void theMatrixUsesTestTimeAugmentationAsTheAccuracyDoes() throws Exception {
    int count = 300;
    byte[] pixels = new byte[count * ImageSet.PIXELS];
    new Random(1).nextBytes(pixels);
    int[] labels = new int[count];
    Arrays.setAll(labels, i -> i % 3);
    ImageSet images = new ImageSet(pixels, labels, 3);
    try (DeviceDataset resident = DeviceDataset.of(images, Normalization.of(images), cpu);
        Network network = new Network(PlainNetworks.decode(SMALLEST, 3), cpu, 1)) {
      Trainer trainer =
          new Trainer(TrainingRecipe.sgd(Precision.FP32).with(1, 100, 0.01), resident);
      ConfusionMatrix plain = trainer.confusion(network, resident, false);
      ConfusionMatrix mirrored = trainer.confusion(network, resident, true);
      assertEquals(trainer.accuracy(network, resident, false), plain.accuracy());
      assertEquals(trainer.accuracy(network, resident, true), mirrored.accuracy());
      assertNotEquals(plain, mirrored);
    }
  }

  @Test
  void blackIsToldFromWhite() throws Exception {
    ImageSet two = images(2);
    int[] repeated = new int[64];
    Arrays.setAll(repeated, i -> i % two.size());
    ImageSet images = two.select(repeated);
    try (DeviceDataset resident = DeviceDataset.of(images, Normalization.of(images), cpu);
        Network network = new Network(PlainNetworks.decode(SMALLEST, 2), cpu, 1)) {
      Trainer trainer = new Trainer(TrainingRecipe.sgd(Precision.FP32).with(6, 16, 0.01), resident);
      trainer.train(network, 1);
      assertEquals(1.0, trainer.accuracy(network, resident));
    }
  }
}
