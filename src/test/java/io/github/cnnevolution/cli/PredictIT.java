package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.data.ImageSet;
import java.awt.image.BufferedImage;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures in files, from the command line to class names. */
class PredictIT {
  @TempDir private static Path directory;

  private static String model;
  private static float[] scores;

  @BeforeAll
  static void aModel() throws Exception {
    scores = ModelFiles.write(directory.resolve("run"), "00001000000010000000");
    model = directory.resolve("run/best_model.pt").toString();
  }

  /** A test image as a PNG. */
  private static String png(int image) throws Exception {
    BufferedImage picture =
        new BufferedImage(ImageSet.SIDE, ImageSet.SIDE, BufferedImage.TYPE_INT_RGB);
    ImageSet images = ModelFiles.TEST;
    for (int y = 0; y < ImageSet.SIDE; y++) {
      for (int x = 0; x < ImageSet.SIDE; x++) {
        int rgb = 0;
        for (int channel = 0; channel < ImageSet.CHANNELS; channel++) {
          rgb = rgb << 8 | images.pixel(image, channel, y, x);
        }
        picture.setRGB(x, y, rgb);
      }
    }
    File file = directory.resolve("image " + image + ".png").toFile();
    assertTrue(ImageIO.write(picture, "png", file));
    return file.toString();
  }

  /** The directory of a run stands for its best model. */
  @Test
  void theDirectoryOfARunIsAModel() throws Exception {
    String picture = png(3);
    CommandLineRun byFile = CommandLineRun.of("predict", "--model", model, picture);
    CommandLineRun byRun =
        CommandLineRun.of("predict", "--model", directory.resolve("run").toString(), picture);
    assertEquals(0, byRun.code(), byRun.err());
    assertEquals(byFile.out(), byRun.out());
  }

  private static double[] expected(int image) {
    double[] exponentials =
        IntStream.range(0, ImageSet.CLASSES)
            .mapToDouble(label -> Math.exp(scores[image * ImageSet.CLASSES + label]))
            .toArray();
    double sum = Arrays.stream(exponentials).sum();
    return Arrays.stream(exponentials).map(value -> value / sum).toArray();
  }

  /** More than a batch of them. */
  @Test
  void probabilitiesAreThoseOfTheNetwork() throws Exception {
    List<String> arguments = new ArrayList<>(List.of("predict", "--json", "--model", model));
    for (int i = 0; i < 300; i++) {
      arguments.add(i < 5 ? png(i) : arguments.get(4 + i % 5));
    }
    CommandLineRun run = CommandLineRun.of(arguments.toArray(String[]::new));
    assertEquals(0, run.code(), run.err());
    assertEquals(300, run.outLines().size());
    for (int i : new int[] {0, 3, 4, 299}) {
      JsonNode line = new ObjectMapper().readTree(run.outLines().get(i));
      double[] expected = expected(i % 5);
      assertEquals(arguments.get(4 + i % 5), line.get("image").asText());
      assertEquals(5, line.get("classes").size());
      double[] sorted = Arrays.stream(expected).map(p -> -p).sorted().map(p -> -p).toArray();
      for (int rank = 0; rank < 5; rank++) {
        JsonNode entry = line.get("classes").get(rank);
        assertEquals(
            expected[entry.get("label").asInt()], entry.get("probability").asDouble(), 1e-5);
        assertEquals(sorted[rank], entry.get("probability").asDouble(), 1e-5);
        assertEquals("class " + entry.get("label").asInt(), entry.get("class").asText());
      }
    }
  }

  @Test
  void aBrokenImageHasItsOwnLineAndTheOthersGoOn() throws Exception {
    Path broken = Files.writeString(directory.resolve("bro\nken.png"), "no picture");
    CommandLineRun run =
        CommandLineRun.of(
            "predict", "--model", model, png(1), broken.toString(), "no/such.jpg", png(2));
    assertEquals(1, run.code());
    assertEquals(
        "cnn-evolution: %s: is neither PNG nor JPEG%ncnn-evolution: no/such.jpg: there is no such file%n"
            .formatted(broken.toString().replace("\n", "\\n")),
        run.err());
    List<String> lines = run.outLines();
    assertEquals(2 * 6, lines.size(), run.out());
    assertEquals(png(1), lines.get(0));
    assertEquals(png(2), lines.get(6));
    assertTrue(lines.get(1).matches(" +\\d+\\.\\d\\d %  class \\d+"), lines.get(1));
  }

  @Test
  void namesComeFromTheDataSet() throws Exception {
    Path data = Files.createDirectories(directory.resolve("data"));
    CommandLineRun none =
        CommandLineRun.of("predict", "--model", model, "--data", data.toString(), png(0));
    assertEquals(2, none.code());
    assertTrue(none.err().contains("fine_label_names.txt"), none.err());
    Files.write(
        data.resolve("fine_label_names.txt"),
        IntStream.range(0, 100).mapToObj(i -> "thing" + i).toList());
    CommandLineRun run =
        CommandLineRun.of("predict", "--model", model, "--data", data.toString(), png(0));
    assertEquals(0, run.code(), run.err());
    assertTrue(run.outLines().get(1).matches(".* %  thing\\d+"), run.out());
  }

  @Test
  void aModelWithoutItsFactsIsRefused() throws Exception {
    Path alone = directory.resolve("alone/best_model.pt");
    Files.createDirectories(alone.getParent());
    Files.copy(Path.of(model), alone);
    CommandLineRun run = CommandLineRun.of("predict", "--model", alone.toString(), png(0));
    assertEquals(2, run.code());
    assertTrue(run.err().contains("best_chromosome.json: missing"), run.err());
    assertEquals("", run.out());
  }
}
