package io.github.cnnevolution.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
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
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainNetworks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFileTest {
  private static final String SMALL = "00000000000000000000";

  private static ImageSet images;

  @TempDir private Path directory;

  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
    images = SyntheticImages.generate(1, 1, 1).train().first(8);
  }

  private static List<EpochMetrics> train(String chromosome, Path file)
      throws InterruptedException {
    return train(TrainingRecipe.sgd(Precision.FP32).with(2, 4, 0.05), chromosome, file);
  }

  private static List<EpochMetrics> train(TrainingRecipe recipe, String chromosome, Path file)
      throws InterruptedException {
    try (DeviceDataset data = DeviceDataset.of(images, Normalization.of(images), Devices.cpu());
        Network network =
            new Network(PlainNetworks.decode(new Chromosome(chromosome)), Devices.cpu(), 1)) {
      TrainingControls controls =
          new TrainingControls(
              Deadline.NONE, TrainingListener.NONE, new CheckpointFile(file), Optional.empty());
      return new Trainer(recipe, data).train(network, 1, 1, controls).epochs();
    }
  }

  @Test
  void saysWhatTheEpochsShowed() throws Exception {
    Path file = directory.resolve("checkpoint.pt");
    assertEquals(List.of(), new CheckpointFile(file).epochs());
    List<EpochMetrics> epochs = train(SMALL, file);
    assertEquals(epochs, new CheckpointFile(file).epochs());
    assertEquals(epochs, train(SMALL, file), "all epochs are done already");
  }

  /** PyTorch names them in the same way, so that a person can look into the file. */
  @Test
  void holdsWhatTheRestDependsOn() throws Exception {
    Path file = directory.resolve("checkpoint.pt");
    TrainingRecipe recipe =
        TrainingRecipe.sgd(Precision.FP16).with(1, 4, 0.05).with(1, Augmentation.NONE, 0.9);
    train(recipe, SMALL, file);
    try (ZipFile zip = new ZipFile(file.toFile())) {
      String names =
          new String(
              zip.getInputStream(zip.getEntry("archive/data.pkl")).readAllBytes(),
              StandardCharsets.ISO_8859_1);
      for (String name :
          List.of(
              "parameter.0",
              "1.2.running_mean",
              "1.2.num_batches_tracked",
              "velocity.0",
              "average.0",
              "loss_scale.0",
              "loss_scale.1",
              "random.order",
              "random.dropout",
              "random.mixup")) {
        assertTrue(names.contains(name), name);
      }
    }
  }

  @Test
  void aDamagedFileIsNamed() throws Exception {
    Path file = directory.resolve("checkpoint.pt");
    train(SMALL, file);
    byte[] bytes = Files.readAllBytes(file);
    // Somewhere in the weights.
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    UncheckedIOException e = assertThrows(UncheckedIOException.class, () -> train(SMALL, file));
    assertTrue(e.getMessage().contains(file + " is damaged in archive/data/"), e.getMessage());
    assertTrue(e.getMessage().contains("remove it to train from the beginning"), e.getMessage());

    Files.write(file, new byte[100]);
    assertThrows(IOException.class, () -> new CheckpointFile(file).epochs());
  }

  @Test
  void anotherNetworksFileIsRefused() throws Exception {
    Path file = directory.resolve("checkpoint.pt");
    train(SMALL, file);
    UncheckedIOException e =
        assertThrows(UncheckedIOException.class, () -> train("00001000000010000000", file));
    assertTrue(e.getMessage().contains("holds the weights of another network"), e.getMessage());
  }
}
