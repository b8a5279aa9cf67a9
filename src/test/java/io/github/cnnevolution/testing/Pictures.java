package io.github.cnnevolution.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import javax.imageio.ImageIO;

/** Class folders with pictures of all sizes, for tests. */
public final class Pictures {
  private Pictures() {}

  /**
   * Writes a picture of noise around one colour.
   *
   * @param file ends in {@code .png}, or it becomes a JPEG
   * @param hue of the colour, in [0, 1)
   */
  public static Path write(Path file, int width, int height, float hue, long seed)
      throws IOException {
    Files.createDirectories(file.getParent());
    Random random = new Random(seed);
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        float brightness = 0.5f + 0.5f * random.nextFloat();
        picture.setRGB(x, y, Color.HSBtoRGB(hue, 0.9f, brightness));
      }
    }
    boolean png = file.toString().toLowerCase(Locale.ROOT).endsWith(".png");
    assertTrue(ImageIO.write(picture, png ? "png" : "jpeg", file.toFile()));
    return file;
  }

  /**
   * Fills the class folders of a part, such as {@code train}, with pictures of different sizes and
   * kinds.
   *
   * @param count pictures in each folder
   */
  public static void fill(Path part, List<String> classes, int count) throws IOException {
    for (int label = 0; label < classes.size(); label++) {
      for (int i = 0; i < count; i++) {
        String ending = List.of("png", "jpg", "JPEG").get(i % 3);
        Path file = part.resolve(classes.get(label)).resolve("%d.%s".formatted(i, ending));
        long seed = 1000L * part.getFileName().hashCode() + 100L * label + i;
        write(file, 20 + 7 * i + label, 50 - 3 * (i % 10), (float) label / classes.size(), seed);
      }
    }
  }
}
