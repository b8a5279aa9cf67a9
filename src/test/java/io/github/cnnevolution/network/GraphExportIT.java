package io.github.cnnevolution.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.github.cnnevolution.data.Dataset;
import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.data.SyntheticImages;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.ResidualTestSpace;
import io.github.cnnevolution.testing.PythonProcess;
import io.github.cnnevolution.testing.PythonWithTorch;
import io.github.cnnevolution.training.Trainer;
import io.github.cnnevolution.training.TrainingRecipe;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks that are no chains, exported: real PyTorch and ONNX Runtime give the same scores. */
class GraphExportIT {
  private static final int IMAGES = 20;
  private static final int CLASSES = 10;
  private static final float TOLERANCE = 1e-4f;
  private static final Map<String, float[]> SCORES = new LinkedHashMap<>();

  /** A directory a network, by its name. */
  @TempDir private static Path models;

  private static ImageSet test;
  private static Normalization normalization;
  private static float[] normalised;

  private static List<Architecture> networks() {
    List<Architecture> networks = new ArrayList<>();
    for (String bits : List.of("0000", "0110", "1011")) {
      networks.add(new ResidualTestSpace().decode(new Chromosome(bits), CLASSES));
    }
    networks.add(OddNetworks.tangled());
    networks.add(OddNetworks.chain());
    networks.add(OddNetworks.grouped());
    return networks;
  }

  /** Trained for a moment, so that no running statistic is at its initial value. */
  @BeforeAll
  static void export() throws Exception {
    NativeRuntime.load(1);
    ComputeDevice cpu = Devices.cpu();
    Dataset data = SyntheticImages.generate(3, 1, 1);
    test = data.test().orElseThrow().first(IMAGES);
    ImageSet few = data.train().first(CLASSES);
    normalization = Normalization.of(few);
    try (DeviceDataset train = DeviceDataset.of(few, normalization, cpu);
        DeviceDataset images = DeviceDataset.of(test, normalization, cpu);
        PointerScope scope = new PointerScope()) {
      Tensor batch = images.batch(0, IMAGES).images();
      normalised = floats(batch);
      for (Architecture architecture : networks()) {
        Path model = Files.createDirectories(models.resolve(architecture.phenotype()));
        try (Network network = new Network(architecture, cpu, 1)) {
          new Trainer(TrainingRecipe.sgd(Precision.FP32).with(2, 5, 0.01), train).train(network, 1);
          try (Weights weights = new Weights(network);
              AutoGradMode noGradients = new AutoGradMode(false)) {
            SCORES.put(architecture.phenotype(), floats(network.infer(batch)));
            write(architecture, weights, model);
          }
        }
      }
    }
  }

  private static void write(Architecture architecture, Weights weights, Path model)
      throws IOException {
    Optional<Normalization> inside = Optional.of(normalization);
    weights.write(model.resolve("best_model.pt"));
    Files.writeString(
        model.resolve("network.py"), PythonSource.of(architecture, normalization, false, "[]"));
    TorchScriptFile.write(
        architecture, weights, Optional.empty(), Map.of(), model.resolve("plain.pt"));
    TorchScriptFile.write(architecture, weights, inside, Map.of(), model.resolve("normalizing.pt"));
    OnnxFile.write(architecture, weights, Optional.empty(), Map.of(), model.resolve("plain.onnx"));
    OnnxFile.write(architecture, weights, inside, Map.of(), model.resolve("normalizing.onnx"));
    writeFloats(model.resolve("scores.bin"), SCORES.get(architecture.phenotype()));
  }

  private static byte[] pixels() {
    byte[] pixels = new byte[IMAGES * ImageSet.PIXELS];
    test.pixels().get(pixels);
    return pixels;
  }

  @Test
  void pyTorchComputesTheSameScores(@TempDir Path directory) throws Exception {
    PythonWithTorch python = PythonWithTorch.required();
    Path raw = Files.write(directory.resolve("pixels.bin"), pixels());
    Path images = directory.resolve("normalised.bin");
    writeFloats(images, normalised);
    List<String> arguments = new ArrayList<>(List.of(raw.toString(), images.toString()));
    SCORES.keySet().forEach(name -> arguments.add(models.resolve(name).toString()));
    PythonProcess.Result result = python.run("check_exports.py", arguments);
    System.out.println(result.output());
    assertEquals(0, result.code(), result.output());
    assertEquals(
        7L * SCORES.size(),
        result.output().lines().filter(line -> line.contains("difference")).count());
  }

  @Test
  void onnxRuntimeComputesTheSameScores() throws Exception {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    long[] shape = {IMAGES, 3, 32, 32};
    try (OnnxTensor floats =
            OnnxTensor.createTensor(environment, FloatBuffer.wrap(normalised), shape);
        OnnxTensor bytes =
            OnnxTensor.createTensor(
                environment, ByteBuffer.wrap(pixels()), shape, OnnxJavaType.UINT8)) {
      for (Map.Entry<String, float[]> expected : SCORES.entrySet()) {
        Path model = models.resolve(expected.getKey());
        for (Map.Entry<String, OnnxTensor> file :
            Map.of("plain.onnx", floats, "normalizing.onnx", bytes).entrySet()) {
          try (OrtSession session =
                  environment.createSession(model.resolve(file.getKey()).toString());
              OrtSession.Result result = session.run(Map.of("images", file.getValue()))) {
            FloatBuffer scores = ((OnnxTensor) result.get("scores").orElseThrow()).getFloatBuffer();
            float[] actual = new float[scores.remaining()];
            scores.get(actual);
            assertArrayEquals(expected.getValue(), actual, TOLERANCE, model + " " + file.getKey());
          }
        }
      }
    }
  }

  @Test
  void thePythonSourceIsReadable() throws IOException {
    String source = Files.readString(models.resolve("r16-b1-se-gelu").resolve("network.py"));
    for (String line :
        List.of(
            "class Network(nn.Module):",
            "        self.stem = nn.Module()",
            "        self.stem.conv = nn.Conv2d(3, 16, 3, padding=\"same\", bias=False)",
            "        self.stage1.block0.shortcut.add_module(\"0\", nn.Conv2d(16, 32, 1, stride=2, padding=0))",
            "        x = normalize(images) if self.normalizes else images",
            "        stem_pool = nn.functional.max_pool2d(x, 2)  # 16x16x16",
            "        x = stage0_block0_norm2 * x[:, :, None, None]  # 16x16x16",
            "        x = x + stem_pool  # 16x16x16",
            "        return x")) {
      assertTrue(source.contains(line + "\n"), line + " is not in\n" + source);
    }
    assertTrue(
        Files.readString(models.resolve("chain").resolve("network.py"))
            .contains("            nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()),  # 8\n"));
  }

  private static float[] floats(Tensor tensor) {
    float[] values = new float[(int) tensor.numel()];
    tensor.contiguous().data_ptr_float().get(values);
    return values;
  }

  private static void writeFloats(Path file, float[] values) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    Files.write(file, bytes.array());
  }
}
