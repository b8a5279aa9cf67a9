package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.data.ConversionListener;
import io.github.cnnevolution.data.DatasetLocator;
import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.engine.TrainedModel;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.network.Weights;
import io.github.cnnevolution.testing.Pictures;
import io.github.cnnevolution.testing.PythonProcess;
import io.github.cnnevolution.testing.PythonWithTorch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From folders with pictures to predictions and exported networks, as a user would. */
class OwnPicturesIT {
  private static final List<String> CLASSES = List.of("Great newt", "ant", "bee");
  private static final float TOLERANCE = 1e-5f;

  @TempDir private static Path directory;

  private static Path data;
  private static Path run;
  private static List<String> firstErr;

  /** 24 training, 6 validation and 9 test pictures of 3 classes; a run on them. */
  @BeforeAll
  static void evolve() throws Exception {
    data = directory.resolve("own");
    Pictures.fill(data.resolve("train"), CLASSES, 8);
    Pictures.fill(data.resolve("val"), CLASSES, 2);
    Pictures.fill(data.resolve("test"), CLASSES, 3);
    run = directory.resolve("run");
    RunProcess process =
        Launch.jar().start(directory, search(data, run, "--pop_size", "3", "--epochs", "4"));
    process.endsWith(0);
    firstErr = process.errLines();
  }

  private static CommandLineRun evolve(Path data, Path run, String... more) {
    return CommandLineRun.of(search(data, run, more));
  }

  private static String[] search(Path data, Path run, String... more) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "evolve",
                "--data",
                data.toString(),
                "--out",
                run.toString(),
                "--generations",
                "1",
                "--batch_size",
                "8",
                // Its networks are small.
                "--seed",
                "2"));
    line.addAll(List.of(more));
    return line.toArray(String[]::new);
  }

  private static JsonNode facts(Path run) throws Exception {
    return new ObjectMapper().readTree(run.resolve("best_chromosome.json").toFile());
  }

  /** Folders with one small picture a class in each part. */
  private static Path small(String name, List<String> classes, List<String> parts)
      throws Exception {
    Path folders = directory.resolve(name);
    for (String part : parts) {
      for (int label = 0; label < classes.size(); label++) {
        Path file = folders.resolve(part).resolve(classes.get(label)).resolve("picture.png");
        Pictures.write(
            file, 8, 8, (float) label / classes.size(), 1000L * parts.indexOf(part) + label);
      }
    }
    return folders;
  }

  private static ImageSet test() throws Exception {
    return DatasetLocator.ofSystem()
        .locate(Optional.of(data.toString()), ConversionListener.NONE)
        .dataset()
        .test()
        .orElseThrow();
  }

  /** Test pictures as they are and normalised, [9, 3, 32, 32], and their scores, [9, 3]. */
  private static final class Reference {
    private final float[] normalised;
    private final byte[] pixels;
    private final float[] scores;

    Reference(float[] normalised, byte[] pixels, float[] scores) {
      this.normalised = normalised;
      this.pixels = pixels;
      this.scores = scores;
    }
  }

  /** What the network of the run says of the test pictures, in this process. */
  private static Reference reference() throws Exception {
    TrainedModel model = TrainedModel.ofRun(run);
    ImageSet test = test();
    byte[] pixels = new byte[test.size() * ImageSet.PIXELS];
    test.pixels().get(pixels);
    NativeRuntime.load(1);
    try (Network network = new Network(model.facts().architecture(), Devices.cpu(), 0);
        Weights weights = Weights.read(model.weights(), network);
        PointerScope scope = new PointerScope();
        AutoGradMode noGradients = new AutoGradMode(false);
        DeviceDataset resident =
            DeviceDataset.of(test, model.facts().normalization(), Devices.cpu())) {
      weights.copyTo(network);
      Tensor images = resident.batch(0, test.size()).images();
      return new Reference(floats(images), pixels, floats(network.infer(images)));
    }
  }

  private static float[] floats(Tensor tensor) {
    float[] values = new float[(int) tensor.numel()];
    tensor.contiguous().data_ptr_float().get(values);
    return values;
  }

  @Test
  void theRunSaysWhatItFoundAndOfWhichClasses() throws Exception {
    assertEquals("converted 39 of 39 pictures", firstErr.get(firstErr.size() - 1));
    assertEquals(10, firstErr.size(), firstErr.toString());
    JsonNode facts = facts(run);
    assertEquals(CLASSES.toString(), names(facts.get("data").get("classes")).toString());
    assertEquals(24, facts.get("data").get("training_images").asInt());
    assertEquals(6, facts.get("data").get("validation_images").asInt());
    assertEquals(9, facts.get("data").get("test_images").asInt());
    double ninths = 9 * facts.get("test_accuracy").asDouble();
    assertEquals(Math.rint(ninths), ninths, 1e-9);
    double sixths = 6 * facts.get("fitness").asDouble();
    assertEquals(Math.rint(sixths), sixths, 1e-9);
    CommandLineRun shown = CommandLineRun.of("runs", "show", "--json", run.toString());
    assertEquals(0, shown.code(), shown.err());
    CommandLineRun described =
        CommandLineRun.of("describe", "--json", "--classes", "3", facts.get("chromosome").asText());
    assertEquals(
        new ObjectMapper().readTree(described.out()).get("parameters"),
        facts.get("architecture").get("parameters"));
    String page = Files.readString(run.resolve("report.html"));
    assertTrue(page.contains("Linear(1024, 3)") && !page.contains("Linear(1024, 100)"));
  }

  private static List<String> names(JsonNode list) {
    List<String> names = new ArrayList<>();
    list.forEach(name -> names.add(name.asText()));
    return names;
  }

  @Test
  void aSecondRunConvertsNothingAndFindsTheSame() throws Exception {
    Path second = directory.resolve("second");
    CommandLineRun process = evolve(data, second, "--pop_size", "3", "--epochs", "4");
    process.endsWith(0);
    assertEquals(List.of(), process.errLines());
    assertTrue(process.text().contains("33.33 %"), "chance: " + process.text());
    assertEquals(RunProcess.fitness(run), RunProcess.fitness(second));
    assertEquals(facts(run).get("test_accuracy"), facts(second).get("test_accuracy"));
  }

  @Test
  void predictionsHaveTheNamesOfTheFolders() throws Exception {
    Reference reference = reference();
    List<String> line = new ArrayList<>(List.of("predict", "--json", "--model"));
    line.add(run.resolve("best_model.pt").toString());
    for (int i = 0; i < 9; i++) {
      String ending = List.of("png", "jpg", "JPEG").get(i / 3);
      line.add(
          data.resolve("test/%s/%d.%s".formatted(CLASSES.get(i % 3), i / 3, ending)).toString());
    }
    CommandLineRun predicted = CommandLineRun.of(line.toArray(String[]::new));
    assertEquals(0, predicted.code(), predicted.err());
    assertEquals(9, predicted.outLines().size());
    for (int i = 0; i < 9; i++) {
      int first = 3 * i;
      double sum =
          IntStream.range(first, first + 3).mapToDouble(k -> Math.exp(reference.scores[k])).sum();
      JsonNode classes = new ObjectMapper().readTree(predicted.outLines().get(i)).get("classes");
      assertEquals(3, classes.size());
      for (JsonNode entry : classes) {
        int label = entry.get("label").asInt();
        assertEquals(CLASSES.get(label), entry.get("class").asText());
        assertEquals(
            Math.exp(reference.scores[first + label]) / sum,
            entry.get("probability").asDouble(),
            TOLERANCE);
      }
    }
    String picture = line.get(line.size() - 1);
    String model = run.resolve("best_model.pt").toString();
    CommandLineRun text = CommandLineRun.of("predict", "--model", model, picture);
    assertTrue(text.out().contains(" %  Great newt\n"), text.out());
    CommandLineRun named =
        CommandLineRun.of("predict", "--model", model, "--data", data.toString(), picture);
    assertEquals(text, named);
    Path other = small("other", List.of("a", "b"), List.of("train"));
    CommandLineRun refused =
        CommandLineRun.of("predict", "--model", model, "--data", other.toString(), picture);
    assertEquals(2, refused.code());
    assertTrue(refused.err().contains("expected 3 class folders"), refused.err());
  }

  @Test
  void onnxRuntimeComputesTheSameScores() throws Exception {
    Reference reference = reference();
    Path plain = directory.resolve("plain.onnx");
    Path normalizing = directory.resolve("normalizing.onnx");
    export("onnx", run.toString(), "--out", plain.toString());
    export("onnx", run.toString(), "--normalize", "--out", normalizing.toString());
    long[] shape = {9, 3, 32, 32};
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OnnxTensor images =
            OnnxTensor.createTensor(environment, FloatBuffer.wrap(reference.normalised), shape);
        OnnxTensor bytes =
            OnnxTensor.createTensor(
                environment, ByteBuffer.wrap(reference.pixels), shape, OnnxJavaType.UINT8)) {
      assertArrayEquals(reference.scores, scores(plain, images), TOLERANCE);
      assertArrayEquals(reference.scores, scores(normalizing, bytes), TOLERANCE);
    }
  }

  private static float[] scores(Path file, OnnxTensor images) throws Exception {
    try (OrtSession session = OrtEnvironment.getEnvironment().createSession(file.toString());
        OrtSession.Result result = session.run(Map.of("images", images))) {
      OnnxTensor scores = (OnnxTensor) result.get("scores").orElseThrow();
      assertArrayEquals(new long[] {9, 3}, scores.getInfo().getShape());
      FloatBuffer buffer = scores.getFloatBuffer();
      float[] values = new float[buffer.remaining()];
      buffer.get(values);
      return values;
    }
  }

  private static void export(String... arguments) {
    CommandLineRun exported =
        CommandLineRun.of(
            Stream.concat(Stream.of("export", "--format"), Stream.of(arguments))
                .toArray(String[]::new));
    assertEquals(0, exported.code(), exported.err());
  }

  @Test
  void pyTorchComputesTheSameScores() throws Exception {
    PythonWithTorch python = PythonWithTorch.required();
    Reference reference = reference();
    Path exports = Files.createDirectories(directory.resolve("exports"));
    Files.copy(run.resolve("best_model.pt"), exports.resolve("best_model.pt"));
    export("python", run.toString(), "--out", exports.resolve("network.py").toString());
    export("torchscript", run.toString(), "--out", exports.resolve("plain.pt").toString());
    export(
        "torchscript",
        run.toString(),
        "--normalize",
        "--out",
        exports.resolve("normalizing.pt").toString());
    assertTrue(Files.readString(exports.resolve("network.py")).contains("nn.Linear(1024, 3)"));
    write(exports.resolve("scores.bin"), reference.scores);
    Path normalised = exports.resolve("normalised.bin");
    write(normalised, reference.normalised);
    Path pixels = Files.write(exports.resolve("pixels.bin"), reference.pixels);
    PythonProcess.Result result =
        python.run(
            "check_exports.py",
            List.of(pixels.toString(), normalised.toString(), exports.toString()));
    System.out.println(result.output());
    assertEquals(0, result.code(), result.output());
    assertEquals(7, result.output().lines().filter(l -> l.contains("difference")).count());
  }

  private static void write(Path file, float[] values) throws Exception {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    Files.write(file, bytes.array());
  }

  @Test
  void withoutTestImagesNoTestAccuracyIsMeasured() throws Exception {
    Path folders = small("without", CLASSES, List.of("train", "val"));
    Path without = directory.resolve("run-without");
    CommandLineRun process = evolve(folders, without, "--pop_size", "1", "--epochs", "1");
    process.endsWith(0);
    assertEquals(
        List.of(folders + ": no test/, so no test accuracy is measured"),
        process.errLines().stream().filter(l -> !l.startsWith("converted ")).toList());
    assertTrue(process.text().contains("none: no test images"), process.text());
    JsonNode facts = facts(without);
    assertTrue(facts.get("test_accuracy").isNull());
    assertFalse(facts.get("interrupted").asBoolean());
    assertEquals(0, facts.get("data").get("test_images").asInt());
    assertTrue(Files.size(without.resolve("best_model.pt")) > 1_000_000);
    CommandLineRun again = CommandLineRun.of("evolve", "--resume", without.toString());
    again.endsWith(0);
    assertTrue(again.text().contains("none: no test images"), "it is over: " + again.text());

    Path chromosomes =
        Files.writeString(directory.resolve("chromosomes"), "00000000000000000000\n");
    CommandLineRun evaluated =
        CommandLineRun.of(
            "evaluate",
            "--test",
            "--json",
            "--data",
            folders.toString(),
            "--epochs",
            "1",
            "--chromosomes",
            chromosomes.toString());
    evaluated.endsWith(0);
    JsonNode row = new ObjectMapper().readTree(evaluated.out());
    assertTrue(row.get("test_accuracy").isNull(), row.toString());
    assertTrue(row.get("error").isNull(), row.toString());
    assertTrue(evaluated.text().contains("no test/, so no test accuracy"), evaluated.text());
  }

  /** On training and validation pictures together, and without test pictures too. */
  @Test
  void theBestNetworkIsTrainedToTheEnd() throws Exception {
    Path full = directory.resolve("full");
    String[] options = {"--epochs", "2", "--batch_size", "8", "--seeds", "1"};
    List<String> line = new ArrayList<>(List.of("train", "--best", run.toString(), "--out"));
    line.add(full.toString());
    line.addAll(List.of(options));
    CommandLineRun.of(line.toArray(String[]::new)).endsWith(0);
    JsonNode facts = facts(full);
    assertEquals(CLASSES, names(facts.get("data").get("classes")));
    assertEquals(30, facts.get("data").get("training_images").asInt());
    assertTrue(facts.get("test_accuracy").isNumber(), facts.toString());
    String model = full.resolve("best_model.pt").toString();
    CommandLineRun predicted =
        CommandLineRun.of("predict", "--model", model, data.resolve("test/ant/0.png").toString());
    assertTrue(predicted.out().contains(" %  Great newt\n"), predicted.out() + predicted.err());
    CommandLineRun.of("train", "--resume", full.toString()).endsWith(0);

    Path without = directory.resolve("full-without");
    Path folders = small("full-data", CLASSES, List.of("train", "val"));
    line = new ArrayList<>(List.of("train", "00000000000000000000", "--data", folders.toString()));
    line.addAll(List.of("--out", without.toString()));
    line.addAll(List.of(options));
    CommandLineRun process = CommandLineRun.of(line.toArray(String[]::new));
    process.endsWith(0);
    assertTrue(process.text().contains("none: no test images"), process.text());
    assertTrue(facts(without).get("test_accuracy").isNull());
  }

  /** Labels of more than a signed byte, and the fewest that there may be. */
  @Test
  void manyClassesAndTwo() throws Exception {
    for (int classes : new int[] {2, 130}) {
      List<String> names =
          IntStream.range(1000, 1000 + classes).mapToObj(i -> "kind " + i).toList();
      Path folders = small(classes + "-classes", names, List.of("train", "val", "test"));
      Path evolved = directory.resolve(classes + "-run");
      CommandLineRun process = evolve(folders, evolved, "--pop_size", "1", "--epochs", "1");
      process.endsWith(0);
      assertEquals(names, names(facts(evolved).get("data").get("classes")));
      CommandLineRun predicted =
          CommandLineRun.of(
              "predict",
              "--json",
              "--model",
              evolved.resolve("best_model.pt").toString(),
              folders.resolve("test/kind 1001/picture.png").toString());
      assertEquals(0, predicted.code(), predicted.err());
      JsonNode found = new ObjectMapper().readTree(predicted.out()).get("classes");
      assertEquals(Math.min(5, classes), found.size());
      for (JsonNode entry : found) {
        assertEquals(names.get(entry.get("label").asInt()), entry.get("class").asText());
      }
    }
  }

  @Test
  void changedPicturesAreNoticedOnResume() throws Exception {
    Path folders = small("changing", CLASSES, List.of("train", "val", "test"));
    Path changing = directory.resolve("run-changing");
    evolve(folders, changing, "--pop_size", "1", "--epochs", "1").endsWith(0);
    for (Map.Entry<String, String> part :
        Map.of("train", "training", "val", "validation", "test", "test").entrySet()) {
      Path picture = folders.resolve(part.getKey()).resolve("ant/picture.png");
      byte[] old = Files.readAllBytes(picture);
      Pictures.write(picture, 8, 8, 0.5f, 77);
      CommandLineRun refused =
          CommandLineRun.of("evolve", "--resume", changing.toString(), "--generations", "2");
      refused.endsWith(2);
      assertTrue(
          refused.text().contains("the %s images of pictures (3".formatted(part.getValue())),
          refused.text());
      Files.write(picture, old);
    }
    CommandLineRun.of("evolve", "--resume", changing.toString(), "--generations", "2").endsWith(0);
  }

  @Test
  void aBrokenPictureIsNamedBeforeAnythingIsWritten() throws Exception {
    Path folders = small("broken", CLASSES, List.of("train"));
    Path broken = Files.writeString(folders.resolve("train/bee/new.jpg"), "no picture");
    Path never = directory.resolve("never");
    CommandLineRun refused = evolve(folders, never);
    refused.endsWith(2);
    List<String> lines =
        refused.errLines().stream().filter(l -> !l.startsWith("converted ")).toList();
    assertEquals(
        List.of(
            "cnn-evolution: %s: expected a PNG or JPEG picture, found one that cannot be read (is neither PNG nor JPEG); replace it or remove it"
                .formatted(broken)),
        lines);
    assertFalse(Files.exists(never));
  }

  /** Networks of equal names, trained on other classes. */
  @Test
  void evaluationsOfOtherClassesAreNotReused() throws Exception {
    Path folders = small("two", List.of("ant", "bee"), List.of("train", "val", "test"));
    Path reusing = directory.resolve("run-reusing");
    String[] options = {"--pop_size", "3", "--epochs", "4", "--reuse", run.toString()};
    evolve(folders, reusing, options).endsWith(0);
    assertFalse(facts(reusing).has("reused"));
    Path same = directory.resolve("run-same");
    evolve(data, same, options).endsWith(0);
    assertTrue(facts(same).has("reused"), "of the same classes they are");
  }
}
