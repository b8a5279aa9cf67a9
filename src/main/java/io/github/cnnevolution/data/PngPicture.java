package io.github.cnnevolution.data;

import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * A PNG file (ISO/IEC 15948), decoded row by row.
 *
 * <p>Not by the JDK's decoder. That one decodes everything above a strip again for each strip,
 * misplaces or miscolours pictures with a transparent colour, and stops at damaged text chunks.
 * Only the chunks that pixels depend on are read, and the EXIF orientation. Colour profiles and
 * gamma are ignored.
 */
final class PngPicture {
  /** The first bytes of each file. */
  static final String SIGNATURE = "\u0089PNG\r\n\u001a\n";

  /** The number of pixels of an interlaced picture that are held at a time. */
  private static final int STRIP_PIXELS = 1 << 23;

  private static final int MAX_ROW_BYTES = 1 << 28;
  private static final int CHUNK_FRAME = 12;
  private static final int HEADER_BYTES = 13;
  private static final int MAX_EXIF_BYTES = 1 << 20;
  private static final int BUFFER_BYTES = 1 << 14;
  private static final int OPACITY = 255;
  private static final int OPAQUE = 0xff000000;

  /** First column, first row, column step, row step of each pass of Adam7. */
  private static final int[][] ADAM7 = {
    {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
  };

  private static final int[][] WHOLE = {{0, 0, 1, 1}};

  private final FileBytes file;

  /** The data chunks: position and length. */
  private final List<long[]> data = new ArrayList<>();

  /** The first chunk of each other type: position and length. */
  private final Map<String, long[]> chunks = new HashMap<>();

  private final int width;
  private final int height;
  private final int depth;
  private final Colour colour;
  private final boolean interlaced;
  private final int[] palette;
  private final int[] transparent;

  /** The colour type, with the number of samples of a pixel. */
  private enum Colour {
    GREY(1),
    RGB(3),
    PALETTE(1),
    GREY_ALPHA(2),
    RGB_ALPHA(4);

    private final int samples;

    Colour(int samples) {
      this.samples = samples;
    }

    static Colour of(int type, int depth) throws IOException {
      Colour colour =
          switch (type) {
            case 0 -> GREY;
            case 2 -> RGB;
            case 3 -> PALETTE;
            case 4 -> GREY_ALPHA;
            case 6 -> RGB_ALPHA;
            default -> throw new IOException("is damaged: it has the unknown colour type " + type);
          };
      boolean small = depth == 1 || depth == 2 || depth == 4;
      boolean allowed =
          switch (colour) {
            case GREY -> small || depth == 8 || depth == 16;
            case PALETTE -> small || depth == 8;
            default -> depth == 8 || depth == 16;
          };
      if (!allowed) {
        throw new IOException(
            Text.format("is damaged: colour type %d has no samples of %d bits", type, depth));
      }
      return colour;
    }
  }

  /**
   * Reads everything but the pixels.
   *
   * @throws IOException if the header is damaged
   */
  PngPicture(FileBytes file) throws IOException {
    this.file = file;
    listChunks();
    long[] header = chunks.get("IHDR");
    if (header == null || header[1] != HEADER_BYTES) {
      throw new IOException(
          chunks.containsKey("CgBI")
              ? "is a PNG in Apple's own format (CgBI), which is not read; convert it to PNG or JPEG"
              : "is cut off or damaged: it has no complete PNG header");
    }
    long at = header[0];
    this.width = size(at);
    this.height = size(at + 4);
    PictureFile.checkSize(width, height);
    this.depth = file.at(at + 8);
    this.colour = Colour.of(file.at(at + 9), depth);
    if (file.at(at + 10) != 0 || file.at(at + 11) != 0 || file.at(at + 12) > 1) {
      throw new IOException("is damaged: it has an unknown compression, filter or interlacing");
    }
    this.interlaced = file.at(at + 12) == 1;
    if (rowBytes(width) > MAX_ROW_BYTES) {
      throw new IOException(Text.format("is %d pixels wide; scale it down", width));
    }
    checkSum("IHDR");
    byte[] transparency = bytes("tRNS", 256 * 3);
    this.transparent = transparent(transparency);
    this.palette = colour == Colour.PALETTE ? palette(transparency) : new int[0];
  }

  private int size(long position) throws IOException {
    long number = file.number4(position);
    if (number < 1 || number > Integer.MAX_VALUE) {
      throw new IOException("is damaged: its header says a size of " + number);
    }
    return (int) number;
  }

  /** Lists the chunks up to the end, or up to what is no chunk. */
  private void listChunks() throws IOException {
    long at = SIGNATURE.length();
    while (at + CHUNK_FRAME - 4 <= file.size()) {
      long length = file.number4(at);
      String type = type(at + 4);
      if (type.isEmpty() || length < 0 || type.equals("IEND")) {
        return;
      }
      long there = Math.min(length, file.size() - at - 8);
      if (type.equals("IDAT")) {
        data.add(new long[] {at + 8, there});
      } else if (there == length
          && (data.isEmpty() || type.equals("eXIf"))
          && (chunks.containsKey("IHDR") || type.equals("IHDR") || type.equals("CgBI"))) {
        chunks.putIfAbsent(type, new long[] {at + 8, length});
      }
      at += length + CHUNK_FRAME;
    }
  }

  /** Returns the type of a chunk, or an empty text if it is not four letters. */
  private String type(long position) throws IOException {
    StringBuilder type = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      int letter = file.at(position + i);
      if ((letter < 'A' || letter > 'Z') && (letter < 'a' || letter > 'z')) {
        return "";
      }
      type.append((char) letter);
    }
    return type.toString();
  }

  private byte[] bytes(String type, int max) throws IOException {
    long[] chunk = chunks.get(type);
    return chunk == null || chunk[1] > max ? new byte[0] : file.copy(chunk[0], (int) chunk[1]);
  }

  private void checkSum(String type) throws IOException {
    long[] chunk = chunks.get(type);
    CRC32 crc = new CRC32();
    crc.update(file.copy(chunk[0] - 4, (int) chunk[1] + 4));
    if (crc.getValue() != file.number4(chunk[0] + chunk[1])) {
      throw new IOException(Text.format("is damaged: the checksum of its %s is wrong", type));
    }
  }

  /** Returns the colours of the palette, 256 of them: those that it lacks are black. */
  private int[] palette(byte[] transparency) throws IOException {
    byte[] colours = bytes("PLTE", 256 * 3);
    if (colours.length < 3) {
      throw new IOException("is damaged: it has no palette");
    }
    checkSum("PLTE");
    int[] palette = new int[256];
    Arrays.fill(palette, OPAQUE);
    for (int i = 0; i < colours.length / 3; i++) {
      int opacity = i < transparency.length ? transparency[i] & 0xff : 255;
      palette[i] =
          opacity << 24
              | (colours[3 * i] & 0xff) << 16
              | (colours[3 * i + 1] & 0xff) << 8
              | (colours[3 * i + 2] & 0xff);
    }
    return palette;
  }

  /** Returns the samples of the transparent colour, or none. */
  private int[] transparent(byte[] transparency) {
    boolean possible = colour == Colour.GREY || colour == Colour.RGB;
    if (!possible || transparency.length < 2 * colour.samples) {
      return new int[0];
    }
    int[] samples = new int[colour.samples];
    for (int i = 0; i < samples.length; i++) {
      int sample = (transparency[2 * i] & 0xff) << 8 | (transparency[2 * i + 1] & 0xff);
      // The standard says that only the lower bits count.
      samples[i] = sample & ((1 << depth) - 1);
    }
    return samples;
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** Returns the orientation, from the chunk eXIf. */
  Orientation orientation() throws IOException {
    return Orientation.of(bytes("eXIf", MAX_EXIF_BYTES));
  }

  /**
   * Decodes all rows and passes on those of the square.
   *
   * @throws IOException if the pixels are not complete
   */
  void read(Square square, PixelRows rows) throws IOException {
    if (!interlaced) {
      int[] argb = new int[square.side()];
      decode(
          WHOLE,
          (pass, y, samples) -> {
            if (y >= square.top() && y < square.bottom()) {
              for (int x = 0; x < argb.length; x++) {
                argb[x] = argb(samples, square.left() + x);
              }
              rows.add(y - square.top(), argb);
            }
          });
      return;
    }
    int side = square.side();
    int stripRows = Math.max(1, Math.min(side, STRIP_PIXELS / side));
    int[] strip = new int[stripRows * side];
    int[] argb = new int[side];
    for (int first = 0; first < side; first += stripRows) {
      int from = square.top() + first;
      int to = Math.min(square.bottom(), from + stripRows);
      decode(ADAM7, (pass, row, samples) -> spread(pass, row, samples, square, from, to, strip));
      for (int y = from; y < to; y++) {
        System.arraycopy(strip, (y - from) * side, argb, 0, side);
        rows.add(y - square.top(), argb);
      }
    }
  }

  /** Puts a row of a pass at its places in the strip of the rows [from, to). */
  private void spread(
      int[] pass, int row, byte[] samples, Square square, int from, int to, int[] strip) {
    int y = pass[1] + row * pass[3];
    if (y < from || y >= to) {
      return;
    }
    int columns = count(width, pass[0], pass[2]);
    for (int i = 0; i < columns; i++) {
      int x = pass[0] + i * pass[2] - square.left();
      if (x >= 0 && x < square.side()) {
        strip[(y - from) * square.side() + x] = argb(samples, i);
      }
    }
  }

  private static int count(int size, int first, int step) {
    return first >= size ? 0 : (size - first + step - 1) / step;
  }

  private long rowBytes(int columns) {
    return ((long) columns * colour.samples * depth + 7) / 8;
  }

  /** Receives the unfiltered rows of a pass. */
  private interface SampleRows {
    void add(int[] pass, int row, byte[] samples);
  }

  private void decode(int[][] passes, SampleRows rows) throws IOException {
    int step = Math.max(1, colour.samples * depth / 8);
    long total = 0;
    for (int[] pass : passes) {
      total += count(width, pass[0], pass[2]) == 0 ? 0 : count(height, pass[1], pass[3]);
    }
    long done = 0;
    try (Pixels pixels = new Pixels()) {
      for (int[] pass : passes) {
        int columns = count(width, pass[0], pass[2]);
        int length = (int) rowBytes(columns);
        byte[] current = new byte[length];
        byte[] previous = new byte[length];
        int passRows = columns == 0 ? 0 : count(height, pass[1], pass[3]);
        for (int row = 0; row < passRows; row++, done++) {
          int filter = pixels.filter(done, total);
          pixels.read(current, length, done, total);
          unfilter(filter, current, previous, step);
          rows.add(pass, row, current);
          byte[] swap = previous;
          previous = current;
          current = swap;
        }
      }
      pixels.end();
    } catch (DataFormatException e) {
      throw new IOException(
          Text.format(
              "is damaged: its compressed pixels are wrong behind %s of them (%s)",
              percent(done, total), e.getMessage()),
          e);
    }
  }

  private static String percent(long done, long total) {
    return Text.format("%d %%", 100 * done / total);
  }

  private static void unfilter(int filter, byte[] row, byte[] above, int step) throws IOException {
    switch (filter) {
      case 0 -> {}
      case 1 -> {
        for (int i = step; i < row.length; i++) {
          row[i] += row[i - step];
        }
      }
      case 2 -> {
        for (int i = 0; i < row.length; i++) {
          row[i] += above[i];
        }
      }
      case 3 -> {
        for (int i = 0; i < row.length; i++) {
          int left = i < step ? 0 : row[i - step] & 0xff;
          row[i] += (byte) ((left + (above[i] & 0xff)) / 2);
        }
      }
      case 4 -> {
        for (int i = 0; i < row.length; i++) {
          int left = i < step ? 0 : row[i - step] & 0xff;
          int corner = i < step ? 0 : above[i - step] & 0xff;
          row[i] += (byte) paeth(left, above[i] & 0xff, corner);
        }
      }
      default -> throw new IOException("is damaged: a row has the unknown filter " + filter);
    }
  }

  private static int paeth(int left, int above, int corner) {
    int estimate = left + above - corner;
    int toLeft = Math.abs(estimate - left);
    int toAbove = Math.abs(estimate - above);
    int toCorner = Math.abs(estimate - corner);
    return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
  }

  /** Returns a pixel of a row, 0xAARRGGBB. */
  private int argb(byte[] row, int x) {
    int first = x * colour.samples;
    return switch (colour) {
      case PALETTE -> palette[sample(row, first)];
      case GREY, GREY_ALPHA -> greyPixel(row, first);
      case RGB, RGB_ALPHA -> colourPixel(row, first);
    };
  }

  private int greyPixel(byte[] row, int first) {
    int value = sample(row, first);
    boolean hidden = transparent.length > 0 && value == transparent[0];
    int opacity = colour == Colour.GREY_ALPHA ? grey(sample(row, first + 1)) : hidden ? 0 : OPACITY;
    int grey = grey(value);
    return opacity << 24 | grey << 16 | grey << 8 | grey;
  }

  private int colourPixel(byte[] row, int first) {
    int red = sample(row, first);
    int green = sample(row, first + 1);
    int blue = sample(row, first + 2);
    boolean hidden =
        transparent.length > 0
            && red == transparent[0]
            && green == transparent[1]
            && blue == transparent[2];
    int opacity =
        colour == Colour.RGB_ALPHA ? rounded(sample(row, first + 3)) : hidden ? 0 : OPACITY;
    return opacity << 24 | rounded(red) << 16 | rounded(green) << 8 | rounded(blue);
  }

  private int sample(byte[] row, int index) {
    if (depth == 8) {
      return row[index] & 0xff;
    }
    if (depth == 16) {
      return (row[2 * index] & 0xff) << 8 | (row[2 * index + 1] & 0xff);
    }
    int bit = index * depth;
    return row[bit >> 3] >> (8 - depth - (bit & 7)) & ((1 << depth) - 1);
  }

  /** Returns a grey or opacity of 8 bits: the upper 8 of 16. Stores depend on this rule. */
  private int grey(int sample) {
    return depth == 16 ? sample >>> 8 : depth == 8 ? sample : sample * 255 / ((1 << depth) - 1);
  }

  /** Returns a colour of 8 bits: the nearest to one of 16. Stores depend on this rule. */
  private int rounded(int sample) {
    return depth == 16 ? (int) (sample * 255f / 65535f + 0.5f) : sample;
  }

  /** The decompressed data of all data chunks. */
  private final class Pixels implements AutoCloseable {
    private final Inflater inflater = new Inflater();
    private final byte[] compressed = new byte[BUFFER_BYTES];
    private final byte[] one = new byte[1];
    private int chunk;
    private long used;

    /** Reads the filter of a row. */
    int filter(long done, long total) throws IOException, DataFormatException {
      read(one, 1, done, total);
      return one[0] & 0xff;
    }

    void read(byte[] target, int count, long done, long total)
        throws IOException, DataFormatException {
      for (int filled = 0; filled < count; ) {
        int inflated = inflater.inflate(target, filled, count - filled);
        filled += inflated;
        if (inflated == 0 && (inflater.finished() || inflater.needsDictionary() || !feed())) {
          throw new IOException(
              data.isEmpty()
                  ? "is cut off: it has no pixels"
                  : Text.format(
                      "is cut off: only %s of its pixels are there", percent(done, total)));
        }
      }
    }

    /** Gives the inflater more bytes if it needs them; returns false if there are none left. */
    private boolean feed() throws IOException {
      if (!inflater.needsInput()) {
        return true;
      }
      while (chunk < data.size()) {
        long[] current = data.get(chunk);
        int count = (int) Math.min(compressed.length, current[1] - used);
        int read = count == 0 ? 0 : file.read(current[0] + used, compressed, 0, count);
        if (read > 0) {
          used += read;
          inflater.setInput(compressed, 0, read);
          return true;
        }
        chunk++;
        used = 0;
      }
      return false;
    }

    /** Lets the inflater compare its checksum of the pixels, if the file still has it. */
    void end() throws IOException, DataFormatException {
      while (!inflater.finished() && inflater.inflate(one) == 0 && feed()) {
        // The last call of inflate has read only a part of the checksum.
      }
    }

    @Override
    public void close() {
      inflater.end();
    }
  }
}
