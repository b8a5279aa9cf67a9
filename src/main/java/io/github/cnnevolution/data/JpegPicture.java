package io.github.cnnevolution.data;

import io.github.cnnevolution.text.Text;
import java.awt.Point;
import java.awt.Rectangle;
import java.awt.color.CMMException;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.SampleModel;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;

/**
 * A JPEG file (ITU-T T.81), decoded by the JDK.
 *
 * <p>The JDK's decoder takes cut files, brightens CMYK, and guesses the colours of files without a
 * JFIF header in its own way. So this class reads the markers itself. It gives the decoder a clean
 * header and one picture that ends with an end marker. The decoder's warnings then show whether the
 * picture is complete.
 */
final class JpegPicture {
  /** The first bytes of each file. */
  static final String SIGNATURE = "\u00ff\u00d8\u00ff";

  /** The number of CMYK pixels decoded at a time, and of others if rows cannot be intercepted. */
  private static final int STRIP_PIXELS = 1 << 23;

  private static final int MARKER = 0xff;
  private static final int PROGRESSIVE = 0xc2;
  private static final int END = 0xd9;
  private static final int START_OF_SCAN = 0xda;
  private static final byte[] START_OF_IMAGE = {(byte) MARKER, (byte) 0xd8};
  private static final byte[] END_OF_IMAGE = {(byte) MARKER, (byte) END};

  /** Says that three components are YCbCr. */
  private static final byte[] JFIF = {
    (byte) MARKER, (byte) 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 2, 0, 0, 1, 0, 1, 0, 0
  };

  /** Says that three components are red, green and blue. */
  private static final byte[] ADOBE_RGB = {
    (byte) MARKER, (byte) 0xee, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0
  };

  private static final String PROFILE = "ICC_PROFILE\0";
  private static final String EXIF = "Exif\0\0";
  private static final int YCCK = 2;
  private static final int WHITE = 255;

  private final FileBytes file;

  /** The segments that the decoder needs, as [from, to). */
  private final List<long[]> segments = new ArrayList<>();

  private final List<long[]> profileSegments = new ArrayList<>();
  private Orientation orientation = Orientation.UPRIGHT;
  private boolean exif;
  private boolean jfif;
  private int adobeTransform = -1;
  private int frame = -1;
  private int width;
  private int height;
  private int[] componentIds = new int[0];
  private boolean severalScans;
  private int scans = 1;
  private boolean complete;

  /**
   * Reads the markers.
   *
   * @throws IOException if the file has no picture of a kind that is read
   */
  JpegPicture(FileBytes file) throws IOException {
    this.file = file;
    long scan = header();
    PictureFile.checkSize(width, height);
    long end = scans(scan);
    segments.add(new long[] {scan, end});
    if (!complete && severalScans) {
      // Such a picture may lack whole scans, which the decoder would not notice.
      throw new IOException("is cut off: its end marker is missing");
    }
  }

  /** Reads the segments before the first scan; returns its position. */
  private long header() throws IOException {
    long at = START_OF_IMAGE.length;
    while (true) {
      // Decoders skip other bytes between segments.
      while (file.at(at) != MARKER && file.at(at) >= 0) {
        at++;
      }
      long start = at;
      while (file.at(at) == MARKER) {
        start = at++;
      }
      int marker = file.at(at);
      at++;
      if (marker == END) {
        throw new IOException("is damaged: it has no pixels");
      }
      if (marker == 0 || marker == 1 || (marker >= 0xd0 && marker <= 0xd8)) {
        continue;
      }
      int length = file.number2(at);
      if (marker < 0 || length < 0 || at + length > file.size()) {
        throw new IOException("is cut off: it has no pixels");
      }
      if (marker == START_OF_SCAN) {
        if (frame < 0) {
          throw new IOException("is damaged: it has no frame header");
        }
        return start;
      }
      segment(marker, start, at + 2, at + Math.max(2, length));
      at += Math.max(2, length);
    }
  }

  private void segment(int marker, long start, long content, long end) throws IOException {
    switch (marker) {
      case 0xe0 -> jfif |= file.has(content, "JFIF\0");
      case 0xe1 -> {
        if (!exif && file.has(content, EXIF)) {
          exif = true;
          long tiff = content + EXIF.length();
          orientation = Orientation.of(file.copy(tiff, (int) (end - tiff)));
        }
      }
      case 0xe2 -> {
        if (file.has(content, PROFILE)) {
          profileSegments.add(new long[] {start, end});
        }
      }
      case 0xee -> {
        if (file.has(content, "Adobe") && end - content >= 12) {
          adobeTransform = file.at(content + 11);
        }
      }
      // Quantisation and Huffman tables, restart interval.
      case 0xdb, 0xc4, 0xdd -> segments.add(new long[] {start, end});
      default -> {
        boolean isFrame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc8 && marker != 0xcc;
        if (isFrame && frame < 0) {
          frame(marker, content, end);
          segments.add(new long[] {start, end});
        }
      }
    }
  }

  private void frame(int marker, long content, long end) throws IOException {
    String kind =
        switch (marker) {
          case 0xc0, 0xc1, 0xc2 -> "";
          case 0xc3 -> "a lossless JPEG";
          case 0xc9, 0xca, 0xcb -> "an arithmetic-coded JPEG";
          default -> "a hierarchical JPEG";
        };
    int depth = file.at(content);
    int components = file.at(content + 5);
    if (kind.isEmpty() && depth != Byte.SIZE) {
      kind = Text.format("a JPEG with %d bits per colour", depth);
    } else if (kind.isEmpty() && components != 1 && components != 3 && components != 4) {
      kind = Text.format("a JPEG with %d colour components", components);
    }
    if (!kind.isEmpty()) {
      throw new IOException(
          Text.format("is %s, which is not read; convert it to a usual JPEG or to PNG", kind));
    }
    frame = marker;
    height = file.number2(content + 1);
    width = file.number2(content + 3);
    if (width < 1 || height < 1 || end - content < 6 + 3L * components) {
      throw new IOException(
          Text.format("is damaged: its header says %d x %d pixels", width, height));
    }
    componentIds = new int[components];
    for (int i = 0; i < components; i++) {
      componentIds[i] = file.at(content + 6 + 3L * i);
    }
  }

  /** Passes over all scans; returns the position of the end marker or the end of the file. */
  private long scans(long scan) throws IOException {
    int inFirst = file.at(scan + 4);
    severalScans = frame == PROGRESSIVE || inFirst < componentIds.length;
    long at = scan + 2 + file.number2(scan + 2);
    while (true) {
      int value = file.at(at++);
      while (value != MARKER) {
        if (value < 0) {
          return file.size();
        }
        value = file.at(at++);
      }
      while (value == MARKER) {
        value = file.at(at++);
      }
      if (value == END) {
        complete = true;
        return at - 2;
      }
      boolean segment =
          value == START_OF_SCAN
              || value == 0xdb
              || value == 0xc4
              || value == 0xdd
              || value == 0xfe
              || (value >= 0xe0 && value <= 0xef);
      if (value == START_OF_SCAN) {
        scans++;
      }
      if (segment) {
        at += Math.max(2, file.number2(at));
      }
    }
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  Orientation orientation() {
    return orientation;
  }

  /**
   * Decodes all rows and passes on those of the square.
   *
   * @throws IOException if the pixels are not complete
   */
  void read(Square square, PixelRows rows) throws IOException {
    if (componentIds.length == 4) {
      decode(stream(List.of()), reader -> readCmyk(reader, square, rows));
      return;
    }
    // The profile comes first: without a picture no row has been passed on.
    boolean[] started = {false};
    PixelRows noted =
        (y, argb) -> {
          started[0] = true;
          rows.add(y, argb);
        };
    try {
      decode(stream(profileSegments), reader -> readColours(reader, square, noted));
    } catch (IOException | RuntimeException e) {
      if (profileSegments.isEmpty() || started[0]) {
        throw e;
      }
      // A damaged colour profile: decoders of other programs ignore it.
      decode(stream(List.of()), reader -> readColours(reader, square, rows));
    }
  }

  /** Returns what the decoder reads, with a header that states the colours. */
  private SplicedStream stream(List<long[]> profile) {
    SplicedStream stream = new SplicedStream(file).add(START_OF_IMAGE);
    if (componentIds.length == 3) {
      stream.add(isRgb() ? ADOBE_RGB : JFIF);
    }
    profile.forEach(part -> stream.add(part[0], part[1]));
    segments.forEach(part -> stream.add(part[0], part[1]));
    return stream.add(END_OF_IMAGE);
  }

  /** Returns whether three components are red, green and blue, by the rules of libjpeg. */
  private boolean isRgb() {
    if (jfif || exif) {
      return false;
    }
    if (adobeTransform >= 0) {
      return adobeTransform == 0;
    }
    return componentIds[0] == 'R' && componentIds[1] == 'G' && componentIds[2] == 'B';
  }

  /** Reads with a decoder. */
  private interface Decoding {
    void run(ImageReader reader) throws IOException;
  }

  private static void decode(SplicedStream stream, Decoding decoding) throws IOException {
    ImageReader reader = jdkReader();
    List<String> faults = new ArrayList<>();
    try (stream) {
      reader.addIIOReadWarningListener(
          (source, warning) -> {
            if (isFault(warning)) {
              faults.add(warning);
            }
          });
      reader.setInput(stream, false, true);
      decoding.run(reader);
    } finally {
      reader.dispose();
    }
    if (!faults.isEmpty()) {
      boolean early = faults.get(0).contains("remature end");
      throw new IOException(
          early
              ? "is cut off: its pixels end early"
              : "is damaged: some of its pixels are wrong (" + faults.get(0) + ")");
    }
  }

  /** Other warnings of libjpeg concern metadata, or bytes that it passes over. */
  private static boolean isFault(String warning) {
    return warning.startsWith("Premature end")
        || (warning.startsWith("Corrupt JPEG data") && !warning.contains("extraneous bytes"));
  }

  /** Other decoders on the class path would give other pixels. */
  private static ImageReader jdkReader() throws IOException {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("jpeg");
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (reader.getClass().getName().startsWith("com.sun.imageio.")) {
        return reader;
      }
    }
    throw new IOException("cannot be read: this JDK has no JPEG decoder");
  }

  private void readColours(ImageReader reader, Square square, PixelRows rows) throws IOException {
    Iterator<ImageTypeSpecifier> types = reader.getImageTypes(0);
    if (!types.hasNext()) {
      throw new IOException("is a JPEG of an unknown colour space; convert it to PNG");
    }
    ImageTypeSpecifier type = types.next();
    RowInterceptor interceptor =
        new RowInterceptor(type.getSampleModel(square.side(), height), square, scans, rows);
    ImageReadParam parameters = reader.getDefaultReadParam();
    parameters.setSourceRegion(new Rectangle(square.left(), 0, square.side(), height));
    parameters.setDestination(new BufferedImage(type.getColorModel(), interceptor, false, null));
    reader.read(0, parameters);
    if (interceptor.passes != scans || interceptor.next != height) {
      throw new IOException(
          Text.format(
              "is damaged: %d of its %d rows and %d of its %d scans were decoded",
              interceptor.next, height, interceptor.passes, scans));
    }
  }

  /**
   * Takes the place of the decoded picture. The decoder hands over one row after the other, which
   * is passed on and not kept: so a picture of any size needs the memory of a row. A picture of
   * several scans comes once after each scan; only the last pass counts.
   */
  private static final class RowInterceptor extends WritableRaster {
    private final Square square;
    private final int lastPass;
    private final PixelRows rows;
    private final int[] argb;
    private int passes;
    private int next;
    private int[] samples = new int[0];

    RowInterceptor(SampleModel model, Square square, int lastPass, PixelRows rows) {
      super(model, new DataBufferByte(1), new Point());
      this.square = square;
      this.lastPass = lastPass;
      this.rows = rows;
      this.argb = new int[square.side()];
    }

    @Override
    public void setRect(int dx, int dy, Raster row) {
      if (dy == 0) {
        passes++;
        next = 0;
      }
      if (dx != 0 || dy != next || row.getHeight() != 1 || row.getWidth() != square.side()) {
        throw new IllegalStateException("row " + dy + " was decoded out of order");
      }
      next++;
      if (passes != lastPass || dy < square.top() || dy >= square.bottom()) {
        return;
      }
      int bands = row.getNumBands();
      if (samples.length == 0) {
        samples = new int[bands * argb.length];
      }
      row.getPixels(row.getMinX(), row.getMinY(), argb.length, 1, samples);
      for (int x = 0; x < argb.length; x++) {
        int red = samples[bands * x];
        int green = samples[bands * x + (bands == 1 ? 0 : 1)];
        int blue = samples[bands * x + (bands == 1 ? 0 : 2)];
        argb[x] = WHITE << 24 | red << 16 | green << 8 | blue;
      }
      rows.add(dy - square.top(), argb);
    }
  }

  private void readCmyk(ImageReader reader, Square square, PixelRows rows) throws IOException {
    int side = square.side();
    int stripRows = Math.max(1, STRIP_PIXELS / side);
    Optional<ColorConvertOp> profile = profile();
    WritableRaster rgb = Raster.createInterleavedRaster(0, side, 1, 3, null);
    int[] argb = new int[side];
    for (int first = 0; first < height; first += stripRows) {
      ImageReadParam strip = reader.getDefaultReadParam();
      int count = Math.min(stripRows, height - first);
      strip.setSourceRegion(new Rectangle(square.left(), first, side, count));
      Raster stored = reader.readRaster(0, strip);
      WritableRaster inks = Raster.createInterleavedRaster(0, side, 1, 4, null);
      for (int y = 0; y < count; y++) {
        if (first + y < square.top() || first + y >= square.bottom()) {
          continue;
        }
        int[] samples = stored.getPixels(0, y, side, 1, (int[]) null);
        for (int x = 0; x < side; x++) {
          argb[x] = toInks(samples, 4 * x);
        }
        if (profile.isPresent()) {
          inks.setPixels(0, 0, side, 1, samples);
          profile.get().filter(inks, rgb);
          int[] colours = rgb.getPixels(0, 0, side, 1, (int[]) null);
          for (int x = 0; x < side; x++) {
            argb[x] =
                WHITE << 24 | colours[3 * x] << 16 | colours[3 * x + 1] << 8 | colours[3 * x + 2];
          }
        }
        rows.add(first + y - square.top(), argb);
      }
    }
  }

  /**
   * Replaces stored samples by the amounts of cyan, magenta, yellow and black. Files store them
   * inverted, as Adobe's programs do.
   *
   * @return the colour without a profile, 0xffRRGGBB
   */
  private int toInks(int[] samples, int at) {
    if (adobeTransform == YCCK) {
      // JFIF 1.02: YCbCr to RGB; what is stored is 255 - RGB, which is again an amount of ink.
      int luma = samples[at];
      double blue = samples[at + 1] - 128;
      double red = samples[at + 2] - 128;
      samples[at] = WHITE - clip(luma + 1.402 * red);
      samples[at + 1] = WHITE - clip(luma - 0.344136 * blue - 0.714136 * red);
      samples[at + 2] = WHITE - clip(luma + 1.772 * blue);
    }
    int paper = samples[at + 3];
    int colour = WHITE;
    for (int i = 0; i < 3; i++) {
      colour = colour << 8 | (samples[at + i] * paper + WHITE / 2) / WHITE;
    }
    for (int i = 0; i < 4; i++) {
      samples[at + i] = WHITE - samples[at + i];
    }
    return colour;
  }

  private static int clip(double value) {
    return (int) Math.round(Math.max(0, Math.min(WHITE, value)));
  }

  /** Returns the conversion from the embedded profile of inks to sRGB, if there is one. */
  private Optional<ColorConvertOp> profile() throws IOException {
    TreeMap<Integer, byte[]> parts = new TreeMap<>();
    for (long[] segment : profileSegments) {
      long number = segment[0] + 4 + PROFILE.length();
      if (segment[1] >= number + 2) {
        parts.put(file.at(number), file.copy(number + 2, (int) (segment[1] - number - 2)));
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    parts.values().forEach(bytes::writeBytes);
    if (bytes.size() == 0) {
      return Optional.empty();
    }
    try {
      ICC_Profile profile = ICC_Profile.getInstance(bytes.toByteArray());
      if (profile.getColorSpaceType() != ColorSpace.TYPE_CMYK) {
        return Optional.empty();
      }
      ColorConvertOp conversion =
          new ColorConvertOp(
              new ICC_Profile[] {profile, ICC_Profile.getInstance(ColorSpace.CS_sRGB)}, null);
      conversion.filter(
          Raster.createInterleavedRaster(0, 1, 1, 4, null),
          Raster.createInterleavedRaster(0, 1, 1, 3, null));
      return Optional.of(conversion);
    } catch (IllegalArgumentException | CMMException e) {
      // A damaged profile is ignored, as in other pictures.
      return Optional.empty();
    }
  }
}
