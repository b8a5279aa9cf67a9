package io.github.cnnevolution.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.cnnevolution.files.Sha256;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntBinaryOperator;
import javax.imageio.ImageIO;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureFileTest {
  @TempDir private Path directory;

  private static BufferedImage picture(int width, int height, int type, IntBinaryOperator argb) {
    BufferedImage picture = new BufferedImage(width, height, type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        picture.setRGB(x, y, argb.applyAsInt(x, y));
      }
    }
    return picture;
  }

  private static byte[] bytes(BufferedImage picture, String format) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      assertTrue(ImageIO.write(picture, format, out));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private ImageSet read(BufferedImage picture, String format) throws IOException {
    Path file = Files.write(directory.resolve("picture"), bytes(picture, format));
    return new ImageSet(PictureFile.read(file), new byte[1]);
  }

  private static int mix(int x, int y) {
    return 0xff000000 | (x * 7 + y * 13) % 256 << 16 | (x * 3 + y * 29) % 256 << 8 | (x ^ y) % 256;
  }

  private static int channel(int argb, int channel) {
    return argb >> (16 - 8 * channel) & 0xff;
  }

  @Test
  void keepsThePixelsOfA32By32Picture() throws IOException {
    ImageSet image = read(picture(32, 32, BufferedImage.TYPE_INT_RGB, PictureFileTest::mix), "png");
    for (int i = 0; i < ImageSet.PIXELS; i++) {
      int x = i % 32;
      int y = i / 32 % 32;
      assertEquals(channel(mix(x, y), i / 1024), image.pixel(0, i / 1024, y, x));
    }
  }

  /**
   * A picture of 68 x 100: the square starts at row 16, and a target pixel covers 2.125 x 2.125
   * source pixels.
   */
  @Test
  void averagesAreasOfTheCentralSquare() throws IOException {
    ImageSet image =
        read(picture(68, 100, BufferedImage.TYPE_INT_RGB, PictureFileTest::mix), "png");
    for (int[] at : new int[][] {{0, 0}, {31, 31}, {5, 17}}) {
      for (int channel = 0; channel < 3; channel++) {
        double sum = 0;
        double area = 0;
        // Counts in eighths of a pixel.
        for (int v = at[1] * 17; v < (at[1] + 1) * 17; v++) {
          for (int u = at[0] * 17; u < (at[0] + 1) * 17; u++) {
            sum += channel(mix(u / 8, 16 + v / 8), channel);
            area++;
          }
        }
        assertEquals(Math.round(sum / area), image.pixel(0, channel, at[1], at[0]));
      }
    }
  }

  @Test
  void enlargesASmallerPicture() throws IOException {
    ImageSet image =
        read(
            picture(2, 3, BufferedImage.TYPE_INT_RGB, (x, y) -> x == 0 ? 0xff0000 : 0x0000ff),
            "png");
    assertEquals(255, image.pixel(0, 0, 31, 15));
    assertEquals(0, image.pixel(0, 0, 31, 16));
    assertEquals(255, image.pixel(0, 2, 0, 16));
  }

  @Test
  void transparentPartsBecomeWhite() throws IOException {
    ImageSet image =
        read(
            picture(
                32,
                32,
                BufferedImage.TYPE_INT_ARGB,
                (x, y) -> x == 0 ? 0x00123456 : x == 1 ? 0x80000000 : 0xff123456),
            "png");
    assertEquals(255, image.pixel(0, 0, 0, 0));
    assertEquals(127, image.pixel(0, 1, 0, 1));
    assertEquals(0x56, image.pixel(0, 2, 0, 2));
  }

  /** Java's colour conversion would turn a grey of 100 into 168. */
  @Test
  void keepsGreyValues() throws IOException {
    BufferedImage eight = new BufferedImage(32, 32, BufferedImage.TYPE_BYTE_GRAY);
    BufferedImage sixteen = new BufferedImage(32, 32, BufferedImage.TYPE_USHORT_GRAY);
    BufferedImage one = new BufferedImage(32, 32, BufferedImage.TYPE_BYTE_BINARY);
    for (int x = 0; x < 32; x++) {
      eight.getRaster().setSample(x, 0, 0, 100);
      sixteen.getRaster().setSample(x, 0, 0, 100 << 8 | 77);
      one.getRaster().setSample(x, 0, 0, 1);
    }
    assertEquals(100, read(eight, "png").pixel(0, 1, 0, 5));
    assertEquals(100, read(eight, "jpeg").pixel(0, 1, 0, 5), 3);
    assertEquals(100, read(sixteen, "png").pixel(0, 2, 0, 5));
    assertEquals(255, read(one, "png").pixel(0, 0, 0, 5));
    assertEquals(0, read(one, "png").pixel(0, 0, 1, 5));
  }

  /**
   * Pictures that were read correctly in 0.1.0 keep their pixels: stored results depend on them.
   * The digest was computed with the decoders of that version.
   */
  @Test
  void picturesKeepThePixelsOfEarlierVersions() throws IOException {
    MessageDigest digest = Sha256.begin();
    int[] types = {
      BufferedImage.TYPE_INT_RGB,
      BufferedImage.TYPE_INT_ARGB,
      BufferedImage.TYPE_BYTE_GRAY,
      BufferedImage.TYPE_USHORT_GRAY,
      BufferedImage.TYPE_BYTE_BINARY,
      BufferedImage.TYPE_BYTE_INDEXED
    };
    int read = 0;
    for (int type : types) {
      for (int[] size : new int[][] {{41, 20}, {20, 57}, {33, 33}, {100, 64}, {3, 2}}) {
        BufferedImage picture =
            picture(
                size[0],
                size[1],
                type,
                (x, y) -> mix(x, y) & (type == BufferedImage.TYPE_INT_ARGB ? 0x9fffffff : -1));
        List<byte[]> files = new ArrayList<>(List.of(bytes(picture, "png")));
        if (type == BufferedImage.TYPE_INT_RGB || type == BufferedImage.TYPE_BYTE_GRAY) {
          files.add(bytes(picture, "jpeg"));
        }
        for (byte[] file : files) {
          digest.update(PictureFile.read(Files.write(directory.resolve("picture"), file)));
          read++;
        }
      }
    }
    assertEquals(40, read);
    assertEquals(
        "91395da6b58ed2de64717d481b0d8bdb9be06d021f4907d04a77fd227bd9b714", Sha256.hex(digest));
  }

  /** Larger than what is held in memory of an interlaced picture. */
  @Test
  void aLargePhotographHasNoSeam() throws IOException {
    BufferedImage large = new BufferedImage(3300, 3200, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < 3200; y++) {
      int[] row = new int[3300];
      Arrays.fill(row, y / 100 * 8);
      large.getRaster().setPixels(0, y, 3300, 1, row);
    }
    ImageSet image = read(large, "png");
    for (int y = 0; y < 32; y++) {
      assertEquals(y * 8, image.pixel(0, 0, y, 31));
    }
  }

  @Test
  void rejectsFilesThatAreNotPictures() throws IOException {
    byte[] png = bytes(picture(40, 40, BufferedImage.TYPE_INT_RGB, PictureFileTest::mix), "png");
    byte[] huge = png.clone();
    // Changes the width. The reader checks the size before it checks the checksum.
    huge[16] = 0x40;
    assertRefused(
        Files.write(directory.resolve("a"), huge), "pixels; scale it down to at most 500 million");
    assertRefused(Files.write(directory.resolve("b"), Arrays.copyOf(png, png.length / 2)), "");
    assertRefused(
        Files.write(
            directory.resolve("c"),
            bytes(picture(4, 4, BufferedImage.TYPE_INT_RGB, (x, y) -> 0), "gif")),
        "is neither PNG nor JPEG");
    assertRefused(Files.write(directory.resolve("d"), new byte[0]), "is empty");
    assertRefused(directory, "is a directory");
    assertRefused(Path.of("/dev/zero"), "is not a regular file");
    assertRefused(directory.resolve("e"), "there is no such file");
  }

  /** As Java passes on an argument of the command line that is not UTF-8. */
  @Test
  void aNameWithReplacedBytesMeansTheOnlyFileThatLooksLikeIt() throws Exception {
    assumeTrue(
        "UTF-8".equals(System.getProperty("sun.jnu.encoding")),
        "file names of this process are not UTF-8; set LC_ALL=C.UTF-8");
    byte[] png = bytes(picture(4, 4, BufferedImage.TYPE_INT_RGB, (x, y) -> 0xff), "png");
    Path plain = Files.write(directory.resolve("plain.png"), png);
    shell("cp plain.png \"$(printf 'caf\\351.png')\"");
    Path named = directory.resolve("caf\ufffd.png");
    assertArrayEquals(PictureFile.read(plain), PictureFile.read(named));
    shell("cp plain.png \"$(printf 'caf\\350.png')\"");
    assertRefused(named, "there is no such file");
  }

  private void shell(String script) throws IOException, InterruptedException {
    Process shell = new ProcessBuilder("sh", "-c", script).directory(directory.toFile()).start();
    assertEquals(0, shell.waitFor(), script);
  }

  private static void assertRefused(Path file, String expected) {
    IOException e = assertThrows(IOException.class, () -> PictureFile.read(file));
    assertTrue(String.valueOf(e.getMessage()).contains(expected), e.getMessage());
  }

  /** Any bytes give an image or an IOException, nothing else. */
  @Property(tries = 400, seed = "1")
  void readsOrRejectsDamagedFiles(
      @ForAll boolean jpeg, @ForAll @IntRange(max = 30) int flips, @ForAll long seed)
      throws IOException {
    Random random = new Random(seed);
    byte[] bytes =
        bytes(
            picture(24, 20, BufferedImage.TYPE_INT_RGB, PictureFileTest::mix),
            jpeg ? "jpeg" : "png");
    for (int i = 0; i < flips; i++) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    Path file = Files.createTempFile("picture", List.of(".png", ".jpg").get(jpeg ? 1 : 0));
    try {
      Files.write(file, bytes);
      assertEquals(ImageSet.PIXELS, PictureFile.read(file).length);
    } catch (IOException e) {
      assertTrue(flips > 0, "intact files are read: " + e.getMessage());
    } finally {
      Files.delete(file);
    }
  }
}
