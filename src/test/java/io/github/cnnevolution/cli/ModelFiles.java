package io.github.cnnevolution.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.data.Dataset;
import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.data.SyntheticImages;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.network.Weights;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainNetworks;
import io.github.cnnevolution.training.Trainer;
import io.github.cnnevolution.training.TrainingRecipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;

/** A model file and its facts as a run would leave them, with what the network says of images. */
final class ModelFiles {
  private static final Dataset DATA = SyntheticImages.generate(3, 1, 1);

  /** 20 images that no network has seen. */
  static final ImageSet TEST = DATA.test().orElseThrow().first(20);

  static final Normalization NORMALIZATION = Normalization.of(DATA.train());

  private ModelFiles() {}

  /**
   * Trains for a moment, so that no running statistic is at its initial value.
   *
   * @return the scores of the test images, [20, 100] row by row
   */
  static float[] write(Path directory, String bits) throws Exception {
    NativeRuntime.load(1);
    ComputeDevice cpu = Devices.cpu();
    Files.createDirectories(directory);
    Map<String, Object> data =
        Map.of("name", DATA.name(), "mean", NORMALIZATION.mean(), "std", NORMALIZATION.std());
    new ObjectMapper()
        .writeValue(
            directory.resolve("best_chromosome.json").toFile(),
            Map.of("chromosome", bits, "data", data));
    try (DeviceDataset train = DeviceDataset.of(DATA.train().first(8), NORMALIZATION, cpu);
        Network network = new Network(PlainNetworks.decode(new Chromosome(bits)), cpu, 1)) {
      new Trainer(TrainingRecipe.sgd(Precision.FP32).with(2, 8, 0.01), train).train(network, 1);
      try (Weights weights = new Weights(network);
          PointerScope scope = new PointerScope();
          AutoGradMode noGradients = new AutoGradMode(false)) {
        weights.write(directory.resolve("best_model.pt"));
        return floats(network.infer(testImages(cpu)));
      }
    }
  }

  /** The normalised test images, [20, 3, 32, 32] row by row. */
  static float[] testImages() {
    try (PointerScope scope = new PointerScope()) {
      return floats(testImages(Devices.cpu()));
    }
  }

  private static Tensor testImages(ComputeDevice cpu) {
    try (DeviceDataset test = DeviceDataset.of(TEST, NORMALIZATION, cpu)) {
      return test.batch(0, test.size()).images();
    }
  }

  private static float[] floats(Tensor tensor) {
    float[] values = new float[(int) tensor.numel()];
    tensor.contiguous().data_ptr_float().get(values);
    return values;
  }
}
