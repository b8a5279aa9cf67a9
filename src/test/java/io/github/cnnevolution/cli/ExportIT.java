package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.data.ClassNames;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.testing.PythonProcess;
import io.github.cnnevolution.testing.PythonWithTorch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exported networks, in real PyTorch and in the real ONNX Runtime, must give the same scores. */
class ExportIT {
  private static final float TOLERANCE = 1e-5f;

  /** Every kernel, activation and block type, and a network that reaches side 1. */
  private static final Map<String, String> CHROMOSOMES =
      Map.of(
          "w16-k7-relu-d", "00011000000000000000",
          "w32-k3-elu-sd", "01001001000010000000",
          "w64-k5-leakyrelu-dsd", "10010010000001000000",
          "w128-k2-gelu-dddd", "11000011000000000000");

  /** A directory a network, by its name. */
  @TempDir private static Path models;

  private static final Map<String, float[]> SCORES = new LinkedHashMap<>();

  @BeforeAll
  static void aModelOfEach() throws Exception {
    for (Map.Entry<String, String> network : CHROMOSOMES.entrySet()) {
      SCORES.put(
          network.getKey(), ModelFiles.write(models.resolve(network.getKey()), network.getValue()));
    }
  }

  private static void export(String... arguments) {
    List<String> line = new ArrayList<>(List.of("export", "--format"));
    line.addAll(List.of(arguments));
    CommandLineRun run = CommandLineRun.of(line.toArray(String[]::new));
    assertEquals(0, run.code(), run.err());
    assertEquals("", run.err());
  }

  @Test
  void pyTorchComputesTheSameScores(@TempDir Path directory) throws Exception {
    PythonWithTorch python = PythonWithTorch.required();
    byte[] pixels = new byte[ModelFiles.TEST.size() * ImageSet.PIXELS];
    ModelFiles.TEST.pixels().get(pixels);
    Path raw = Files.write(directory.resolve("pixels.bin"), pixels);
    Path normalised = directory.resolve("normalised.bin");
    write(normalised, ModelFiles.testImages());
    List<String> arguments = new ArrayList<>(List.of(raw.toString(), normalised.toString()));
    for (String name : CHROMOSOMES.keySet()) {
      Path model = models.resolve(name);
      String file = model.resolve("best_model.pt").toString();
      export("python", "--model", file, "--out", model.resolve("network.py").toString());
      export("torchscript", model.toString(), "--out", model.resolve("plain.pt").toString());
      export(
          "torchscript",
          "--normalize",
          "--model",
          file,
          "--out",
          model.resolve("normalizing.pt").toString());
      write(model.resolve("scores.bin"), SCORES.get(name));
      arguments.add(model.toString());
    }
    PythonProcess.Result result = python.run("check_exports.py", arguments);
    System.out.println(result.output());
    assertEquals(0, result.code(), result.output());
    assertEquals(
        7L * CHROMOSOMES.size(),
        result.output().lines().filter(line -> line.contains("difference")).count());
  }

  @Test
  void onnxRuntimeComputesTheSameScores(@TempDir Path directory) throws Exception {
    float[] images = ModelFiles.testImages();
    byte[] pixels = new byte[ModelFiles.TEST.size() * ImageSet.PIXELS];
    ModelFiles.TEST.pixels().get(pixels);
    for (String name : CHROMOSOMES.keySet()) {
      String model = models.resolve(name).toString();
      Path plain = directory.resolve(name + ".onnx");
      Path normalizing = directory.resolve(name + "-normalizing.onnx");
      export("onnx", model, "--out", plain.toString());
      export("onnx", model, "--normalize", "--out", normalizing.toString());
      for (int count : new int[] {1, 20}) {
        float[] expected = Arrays.copyOf(SCORES.get(name), count * ImageSet.CLASSES);
        long[] shape = {count, 3, 32, 32};
        int values = count * ImageSet.PIXELS;
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OnnxTensor input =
                OnnxTensor.createTensor(environment, FloatBuffer.wrap(images, 0, values), shape);
            OnnxTensor bytes =
                OnnxTensor.createTensor(
                    environment, ByteBuffer.wrap(pixels, 0, values), shape, OnnxJavaType.UINT8)) {
          assertArrayEquals(expected, scores(plain, input), TOLERANCE, name);
          assertArrayEquals(expected, scores(normalizing, bytes), TOLERANCE, name);
        }
      }
    }
  }

  /** What a program needs to use the network travels inside, as JSON. */
  @Test
  void onnxFilesHoldClassesAndNormalization(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("network.onnx");
    export("onnx", models.resolve("w32-k3-elu-sd").toString(), "--out", file.toString());
    try (OrtSession session =
        OrtEnvironment.getEnvironment().createSession(Files.readAllBytes(file))) {
      Map<String, String> metadata = session.getMetadata().getCustomMetadata();
      ObjectMapper json = new ObjectMapper();
      assertEquals("\"w32-k3-elu-sd\"", metadata.get("network"));
      assertEquals("false", metadata.get("normalizes"));
      assertEquals(
          List.of(json.readValue(metadata.get("mean"), Double[].class)),
          ModelFiles.NORMALIZATION.mean());
      assertEquals(
          List.of(json.readValue(metadata.get("std"), Double[].class)),
          ModelFiles.NORMALIZATION.std());
      assertEquals(100, json.readTree(metadata.get("classes")).size());
    }
  }

  /** LibTorch names the archive's folder after its file, which once was a temporary one. */
  @Test
  void torchScriptExportsAreTheSameBytesAndHoldTheMetadata(@TempDir Path directory)
      throws Exception {
    String model = models.resolve("w32-k3-elu-sd").toString();
    Path first = directory.resolve("first.pt");
    Path second = directory.resolve("second.pt");
    export("torchscript", model, "--out", first.toString());
    export("torchscript", model, "--out", second.toString());
    assertEquals(-1, Files.mismatch(first, second));
    try (ZipFile archive = new ZipFile(first.toString())) {
      ZipEntry entry =
          archive.stream().filter(e -> e.getName().endsWith("/extra/classes")).findFirst().get();
      assertEquals(
          100, new ObjectMapper().readTree(archive.getInputStream(entry).readAllBytes()).size());
    }
  }

  private static float[] scores(Path file, OnnxTensor images) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(file.toString());
        OrtSession.Result result = session.run(Map.of("images", images))) {
      TensorInfo input = (TensorInfo) session.getInputInfo().get("images").getInfo();
      assertArrayEquals(new long[] {-1, 3, 32, 32}, input.getShape(), "any number of images");
      FloatBuffer scores = ((OnnxTensor) result.get("scores").orElseThrow()).getFloatBuffer();
      float[] values = new float[scores.remaining()];
      scores.get(values);
      return values;
    }
  }

  /** On standard output, to be read by people. */
  @Test
  void thePythonSourceIsReadable() {
    CommandLineRun run =
        CommandLineRun.of(
            "export",
            "--format",
            "python",
            "--normalize",
            models.resolve("w32-k3-elu-sd").toString());
    assertEquals(0, run.code(), run.err());
    for (String line :
        List.of(
            "class Network(nn.Sequential):",
            "CLASSES = "
                + new ObjectMapper().valueToTree(ClassNames.numbers(100).names()).toString(),
            "    def __init__(self, normalizes=True):",
            "            nn.Conv2d(3, 32, 3, padding=\"same\"),  # 32x32x32",
            "                nn.Conv2d(32, 64, 3, stride=2, padding=1),  # 64x8x8",
            "                nn.ELU(),  # 64x8x8",
            "MEAN = ("
                + String.join(
                    ", ", ModelFiles.NORMALIZATION.mean().stream().map(String::valueOf).toList())
                + ")")) {
      assertTrue(run.out().contains(line + "\n"), line + " is not in\n" + run.out());
    }
  }

  @Test
  void aModelWithoutItsFactsOrOfAnotherNetworkIsRefused(@TempDir Path directory) throws Exception {
    Path source = models.resolve("w16-k7-relu-d");
    Path model = Files.copy(source.resolve("best_model.pt"), directory.resolve("best_model.pt"));
    String out = directory.resolve("out").toString();
    String[] line = {"export", "--format", "onnx", "--model", model.toString(), "--out", out};
    assertRefused(CommandLineRun.of(line), "best_chromosome.json: missing");
    Path facts = directory.resolve("best_chromosome.json");
    for (String other : List.of("{}", "[1", "{\"chromosome\": \"01\"}")) {
      Files.writeString(facts, other);
      assertRefused(CommandLineRun.of(line), "is not what a run leaves beside a model");
    }
    Files.delete(facts);
    Files.copy(models.resolve("w32-k3-elu-sd").resolve("best_chromosome.json"), facts);
    assertRefused(CommandLineRun.of(line), "holds the weights of another network");
    Files.writeString(model, "no zip");
    assertRefused(CommandLineRun.of(line), "best_model.pt: cannot be read");
    assertTrue(Files.notExists(Path.of(out)), "nothing is written");
  }

  private static void assertRefused(CommandLineRun run, String expected) {
    assertEquals(2, run.code(), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.err().contains(expected), run.err());
  }

  private static void write(Path file, float[] values) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    Files.write(file, bytes.array());
  }
}
