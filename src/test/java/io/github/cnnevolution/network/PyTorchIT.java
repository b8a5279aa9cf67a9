package io.github.cnnevolution.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.data.Dataset;
import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.data.SyntheticImages;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainNetworks;
import io.github.cnnevolution.space.ResidualTestSpace;
import io.github.cnnevolution.testing.PythonProcess;
import io.github.cnnevolution.testing.PythonWithTorch;
import io.github.cnnevolution.training.Trainer;
import io.github.cnnevolution.training.TrainingRecipe;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trained weights, read by real PyTorch, must give the same class scores there. */
class PyTorchIT {
  /**
   * Every kernel, activation, depth and block type, a network that reaches side 1, and two of the
   * residual space.
   */
  private static final List<String> CHROMOSOMES =
      List.of(
          "00000000000000000000",
          "00001000000010000000",
          "01010010000001000000",
          "10011011000000100000",
          "11000001000000000000",
          "11001000000010010000",
          "000010010000100000011",
          "r/0010",
          "r/1101");

  private static ComputeDevice cpu;

  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
    cpu = Devices.cpu();
  }

  @Test
  void pyTorchComputesTheSameScores(@TempDir Path directory) throws Exception {
    PythonWithTorch python = PythonWithTorch.required();
    Dataset dataset = SyntheticImages.generate(3, 2, 1);
    Normalization normalization = Normalization.of(dataset.train());
    Path images = directory.resolve("images.bin");
    List<String> arguments = new ArrayList<>(List.of(images.toString()));
    try (DeviceDataset train = DeviceDataset.of(dataset.train().first(32), normalization, cpu);
        DeviceDataset test = DeviceDataset.of(dataset.test().orElseThrow(), normalization, cpu);
        PointerScope scope = new PointerScope()) {
      assertEquals(100, test.size());
      Tensor batch = test.batch(0, test.size()).images();
      writeFloats(images, batch);
      for (String bits : CHROMOSOMES) {
        try (Network network = new Network(decode(bits), cpu, 1)) {
          // Trained a little, so that no running statistic is at its initial value.
          new Trainer(TrainingRecipe.sgd(cpu.preferred()).with(3, 16, 0.01), train)
              .train(network, 1);
          Path model = directory.resolve(bits.replace('/', '-') + ".pt");
          Path scores = directory.resolve(bits.replace('/', '-') + ".scores");
          try (Weights weights = new Weights(network);
              AutoGradMode noGradients = new AutoGradMode(false)) {
            weights.write(model);
            writeFloats(scores, network.infer(batch));
          }
          arguments.add(bits + ":" + model + ":" + scores);
        }
      }
    }
    PythonProcess.Result result = python.run("check_model.py", arguments);
    System.out.println(result.output());
    assertEquals(0, result.code(), result.output());
    assertEquals(
        CHROMOSOMES.size(), result.output().lines().filter(l -> l.contains("100 images")).count());
  }

  @Test
  void tensorsStartAtMultiplesOf64Bytes(@TempDir Path directory) throws IOException {
    Path model = directory.resolve("model.pt");
    try (Network network = new Network(decode(CHROMOSOMES.get(0)), cpu, 1);
        Weights weights = new Weights(network)) {
      weights.write(model);
    }
    ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(model)).order(ByteOrder.LITTLE_ENDIAN);
    int entries = 0;
    int at = 0;
    while (file.getInt(at) == 0x04034b50) {
      assertEquals(0, file.getShort(at + 8), "stored, not compressed");
      int data = at + 30 + file.getShort(at + 26) + file.getShort(at + 28);
      assertEquals(0, data % 64, "entry " + entries);
      at = data + file.getInt(at + 18);
      entries++;
    }
    assertTrue(entries > 15, "entries: " + entries);
    try (var files = Files.list(directory)) {
      assertEquals(1, files.count(), "no temporary file is left");
    }
  }

  private static Architecture decode(String bits) {
    return bits.startsWith("r/")
        ? new ResidualTestSpace().decode(new Chromosome(bits.substring(2)), 100)
        : PlainNetworks.decode(new Chromosome(bits));
  }

  private static void writeFloats(Path file, Tensor tensor) throws IOException {
    float[] values = new float[(int) tensor.numel()];
    tensor.contiguous().data_ptr_float().get(values);
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    Files.write(file, bytes.array());
  }
}
