package io.github.cnnevolution.data;

import io.github.cnnevolution.text.Text;
import java.awt.Rectangle;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.awt.image.Raster;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;

/**
 * Converts a picture of any size to a 32 x 32 image: it takes the largest square around the centre,
 * and each pixel becomes the mean of the area that it covers. A smaller picture is enlarged in the
 * same way.
 *
 * <p>The means are of the sRGB values, without linearisation. Transparent parts become white. The
 * EXIF orientation of a photograph is ignored.
 */
public final class PictureFile {
  /**
   * The size limit. A larger size more likely comes from a damaged header than from a real picture.
   */
  static final long MAX_PIXELS = 500_000_000;

  /** The number of pixels decoded at a time. Each takes at least four bytes. */
  private static final int STRIP_PIXELS = 1 << 23;

  private static final List<String> FORMATS = List.of("png", "jpeg");
  private static final int WHITE = 255;
  private static final int SIDE = ImageSet.SIDE;

  private PictureFile() {}

  /**
   * Reads a PNG or JPEG file.
   *
   * @return [3, 32, 32] uint8, in the layout of {@link ImageSet}
   * @throws IOException if the file cannot be read or is neither PNG nor JPEG; the message gives
   *     the reason without the file's name
   */
  public static byte[] read(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new IOException("there is no such file");
    }
    // Check first: opening a pipe would block until another process writes to it.
    if (!Files.isRegularFile(file)) {
      throw new IOException(Files.isDirectory(file) ? "is a directory" : "is not a regular file");
    }
    File readable = file.toFile();
    try (ImageInputStream in = new FileImageInputStream(readable)) {
      ImageReader reader = reader(in);
      try {
        reader.setInput(in);
        return read(reader);
      } finally {
        reader.dispose();
      }
    } catch (RuntimeException e) {
      // The decoders throw these for some kinds of damage.
      throw new IOException("is damaged: " + e.getMessage(), e);
    }
  }

  private static ImageReader reader(ImageInputStream in) throws IOException {
    Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (FORMATS.contains(reader.getFormatName().toLowerCase(Locale.ROOT))) {
        return reader;
      }
      reader.dispose();
    }
    throw new IOException("is neither PNG nor JPEG");
  }

  private static byte[] read(ImageReader reader) throws IOException {
    int width = reader.getWidth(0);
    int height = reader.getHeight(0);
    if ((long) width * height > MAX_PIXELS) {
      throw new IOException(
          Text.format(
              "has %d x %d pixels; scale it down to at most %d million",
              width, height, MAX_PIXELS / 1_000_000));
    }
    int side = Math.min(width, height);
    int left = (width - side) / 2;
    int top = (height - side) / 2;
    AreaMean mean = new AreaMean(side);
    int rows = Math.max(1, STRIP_PIXELS / side);
    for (int y = 0; y < side; y += rows) {
      ImageReadParam strip = reader.getDefaultReadParam();
      strip.setSourceRegion(new Rectangle(left, top + y, side, Math.min(rows, side - y)));
      add(reader.read(0, strip), y, mean);
    }
    return mean.bytes();
  }

  private static void add(BufferedImage decoded, int firstRow, AreaMean mean) {
    int colours = decoded.getColorModel().getNumColorComponents();
    BufferedImage image = colours == 1 ? decoded : toSrgb(decoded);
    int width = image.getWidth();
    int[] row = new int[width];
    for (int y = 0; y < image.getHeight(); y++) {
      if (colours == 1) {
        grey(image, y, row);
      } else {
        image.getRGB(0, y, width, 1, row, 0, width);
      }
      mean.add(firstRow + y, row);
    }
  }

  /** Returns the image in the sRGB colour space. */
  private static BufferedImage toSrgb(BufferedImage image) {
    ColorSpace space = image.getColorModel().getColorSpace();
    if (space.isCS_sRGB()) {
      return image;
    }
    BufferedImage converted =
        new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_ARGB);
    return new ColorConvertOp(null).filter(image, converted);
  }

  /**
   * Reads a row of grey values directly: Java would treat them as linear light and brighten them,
   * but they are not linear.
   */
  private static void grey(BufferedImage image, int y, int[] row) {
    Raster raster = image.getRaster();
    boolean alpha = image.getColorModel().hasAlpha();
    int shift = image.getColorModel().getComponentSize(0) - Byte.SIZE;
    for (int x = 0; x < row.length; x++) {
      int value = toByte(raster.getSample(x, y, 0), shift);
      int opacity = alpha ? toByte(raster.getSample(x, y, 1), shift) : WHITE;
      row[x] = opacity << 24 | value << 16 | value << 8 | value;
    }
  }

  private static int toByte(int sample, int shift) {
    return shift >= 0 ? sample >>> shift : sample * WHITE / ((1 << (Byte.SIZE + shift)) - 1);
  }

  /** Computes target pixels as means of the source pixels, weighted by the covered area. */
  private static final class AreaMean {
    private final int source;
    private final double[] sums = new double[ImageSet.PIXELS];

    AreaMean(int source) {
      this.source = source;
    }

    /** Adds a row of source pixels, 0xAARRGGBB. */
    void add(int y, int[] argb) {
      // The unit is 1/SIDE of a source pixel. Target pixel t covers [t*source, (t+1)*source).
      double[] row = new double[ImageSet.CHANNELS * SIDE];
      for (int x = 0; x < source; x++) {
        int pixel = argb[x];
        int opacity = pixel >>> 24;
        for (int channel = 0; channel < ImageSet.CHANNELS; channel++) {
          int value = pixel >> (16 - 8 * channel) & 0xff;
          double shown = (value * opacity + WHITE * (WHITE - opacity)) / (double) WHITE;
          for (int target = firstTarget(x); target < SIDE && overlap(x, target) > 0; target++) {
            row[channel * SIDE + target] += shown * overlap(x, target);
          }
        }
      }
      for (int target = firstTarget(y); target < SIDE && overlap(y, target) > 0; target++) {
        for (int channel = 0; channel < ImageSet.CHANNELS; channel++) {
          for (int x = 0; x < SIDE; x++) {
            sums[(channel * SIDE + target) * SIDE + x] +=
                row[channel * SIDE + x] * overlap(y, target);
          }
        }
      }
    }

    /** Returns the first target pixel that overlaps a source pixel. */
    private int firstTarget(int position) {
      return (int) ((long) position * SIDE / source);
    }

    /**
     * Returns the overlap of a source pixel with a target pixel, in units of 1/SIDE of a source
     * pixel.
     */
    private long overlap(int position, int target) {
      long from = Math.max((long) position * SIDE, (long) target * source);
      long to = Math.min((position + 1L) * SIDE, (target + 1L) * source);
      return to - from;
    }

    byte[] bytes() {
      byte[] pixels = new byte[ImageSet.PIXELS];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (byte) Math.round(sums[i] / ((double) source * source));
      }
      return pixels;
    }
  }
}
