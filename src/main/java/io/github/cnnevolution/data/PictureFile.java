package io.github.cnnevolution.data;

import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Converts a picture of any size to a 32 x 32 image: it takes the largest square around the centre,
 * and each pixel becomes the mean of the area that it covers. A smaller picture is enlarged in the
 * same way.
 *
 * <p>The means are of the sRGB values, without linearisation. Transparent parts become white. The
 * EXIF orientation is applied. A picture is decoded once, row by row, whatever its size. One whose
 * pixels are not complete is refused; damaged metadata do not matter.
 */
public final class PictureFile {
  /**
   * The size limit. A larger size more likely comes from a damaged header than from a real picture.
   */
  static final long MAX_PIXELS = 500_000_000;

  /** The first bytes of formats that are refused by name, or the bytes from the fifth on. */
  private static final Map<String, String> OTHER_FORMATS = otherFormats();

  private PictureFile() {}

  private static Map<String, String> otherFormats() {
    Map<String, String> formats = new LinkedHashMap<>();
    formats.put("GIF8", "a GIF");
    formats.put("BM", "a BMP");
    formats.put("II*\0", "a TIFF or raw photograph");
    formats.put("MM\0*", "a TIFF or raw photograph");
    formats.put("8BPS", "a Photoshop file");
    formats.put("\0\0\1\0", "an icon (ICO)");
    formats.put("\0\0\0\u000cjP  ", "a JPEG 2000");
    formats.put("\u00ffO\u00ffQ", "a JPEG 2000");
    formats.put("\0\0\0\u000cJXL ", "a JPEG XL");
    formats.put("\u00ff\n", "a JPEG XL");
    formats.put("\u008aMNG", "an MNG");
    formats.put("<svg", "an SVG");
    formats.put("<?xml", "an XML or SVG file");
    formats.put("<!DOCTYPE", "a web page");
    formats.put("<html", "a web page");
    formats.put("%PDF", "a PDF");
    return formats;
  }

  /**
   * Reads a PNG or JPEG file.
   *
   * @param named its name, even if Java could not read some bytes of it as text
   * @return [3, 32, 32] uint8, in the layout of {@link ImageSet}
   * @throws IOException if the file cannot be read, is not complete, or is neither PNG nor JPEG;
   *     the message gives the reason without the file's name
   */
  public static byte[] read(Path named) throws IOException {
    Path file = FileName.find(named);
    if (!Files.exists(file)) {
      throw new IOException(
          Files.isSymbolicLink(file) ? "is a broken link" : "there is no such file");
    }
    // Check first: opening a pipe would block until another process writes to it.
    if (!Files.isRegularFile(file)) {
      throw new IOException(Files.isDirectory(file) ? "is a directory" : "is not a regular file");
    }
    try (FileBytes bytes = new FileBytes(file)) {
      return read(bytes);
    } catch (RuntimeException e) {
      // The decoders throw these for some kinds of damage.
      throw new IOException("is damaged: " + e.getMessage(), e);
    }
  }

  private static byte[] read(FileBytes bytes) throws IOException {
    if (bytes.has(0, PngPicture.SIGNATURE)) {
      PngPicture png = new PngPicture(bytes);
      return convert(png.width(), png.height(), png.orientation(), png::read);
    }
    if (bytes.has(0, JpegPicture.SIGNATURE)) {
      JpegPicture jpeg = new JpegPicture(bytes);
      return convert(jpeg.width(), jpeg.height(), jpeg.orientation(), jpeg::read);
    }
    throw new IOException(otherFormat(bytes));
  }

  /** Passes the rows of a square on. */
  private interface Decoder {
    void read(Square square, PixelRows rows) throws IOException;
  }

  private static byte[] convert(int width, int height, Orientation orientation, Decoder decoder)
      throws IOException {
    Square square = Square.of(width, height, orientation);
    AreaMean mean = new AreaMean(square.side());
    decoder.read(square, mean);
    return orientation.upright(mean.bytes());
  }

  /** Refuses a picture that is too large. */
  static void checkSize(int width, int height) throws IOException {
    if ((long) width * height > MAX_PIXELS) {
      throw new IOException(
          Text.format(
              "has %d x %d pixels; scale it down to at most %d million",
              width, height, MAX_PIXELS / 1_000_000));
    }
  }

  private static String otherFormat(FileBytes bytes) throws IOException {
    if (bytes.size() == 0) {
      return "is empty";
    }
    String format = "";
    for (Map.Entry<String, String> other : OTHER_FORMATS.entrySet()) {
      if (bytes.has(0, other.getKey())) {
        format = other.getValue();
      }
    }
    if (bytes.has(0, "RIFF") && bytes.has(8, "WEBP")) {
      format = "a WebP";
    } else if (bytes.has(4, "ftypavi")) {
      format = "an AVIF";
    } else if (bytes.has(4, "ftyp")) {
      format = "a HEIC photograph or a film";
    }
    return format.isEmpty()
        ? "is neither PNG nor JPEG"
        : Text.format("is neither PNG nor JPEG but %s; convert it", format);
  }
}
