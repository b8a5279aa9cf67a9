package io.github.cnnevolution.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The orientation of a photograph, the tag 0x0112 of EXIF (Exif 2.32, section 4.6.4): how a viewer
 * must turn the stored pixels.
 *
 * @param tag from 1, upright, to 8; an even number up to 4, and 5 and 7, mirror the picture
 */
record Orientation(int tag) {
  /** The stored pixels are upright. */
  static final Orientation UPRIGHT = new Orientation(1);

  private static final int TAG = 0x0112;
  private static final int MAX_TAG = 8;
  private static final int TIFF_MAGIC = 42;
  private static final int SHORT = 3;
  private static final int HEADER_BYTES = 8;
  private static final int ENTRY_BYTES = 12;

  /** Checks the tag. */
  Orientation {
    if (tag < 1 || tag > MAX_TAG) {
      throw new IllegalArgumentException("the orientation must be in [1, 8], but was " + tag);
    }
  }

  /**
   * Reads the orientation from EXIF data. Damaged data mean that the picture is upright: its pixels
   * are not affected.
   *
   * @param tiff the data, from the TIFF header on
   */
  static Orientation of(byte[] tiff) {
    if (tiff.length < HEADER_BYTES || tiff[0] != tiff[1] || (tiff[0] != 'I' && tiff[0] != 'M')) {
      return UPRIGHT;
    }
    ByteBuffer data =
        ByteBuffer.wrap(tiff)
            .order(tiff[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int directory = data.getInt(4);
    if (data.getShort(2) != TIFF_MAGIC || directory < 0 || directory > tiff.length - 2) {
      return UPRIGHT;
    }
    int entries = data.getShort(directory) & 0xffff;
    for (int i = 0; i < entries; i++) {
      int at = directory + 2 + i * ENTRY_BYTES;
      if (at > tiff.length - ENTRY_BYTES) {
        return UPRIGHT;
      }
      if ((data.getShort(at) & 0xffff) == TAG) {
        int value = data.getShort(at + 8) & 0xffff;
        boolean valid = data.getShort(at + 2) == SHORT && value >= 1 && value <= MAX_TAG;
        return valid ? new Orientation(value) : UPRIGHT;
      }
    }
    return UPRIGHT;
  }

  /** Returns whether the stored columns run against those of the upright picture. */
  boolean mirrorsColumns() {
    return tag == 2 || tag == 3 || tag == 7 || tag == 8;
  }

  /** Returns whether the stored rows run against those of the upright picture. */
  boolean mirrorsRows() {
    return tag == 3 || tag == 4 || tag == 6 || tag == 7;
  }

  /** Returns whether the stored rows are the columns of the upright picture. */
  private boolean swapsAxes() {
    return tag > 4;
  }

  /** Turns a square image upright, [3, 32, 32] uint8. */
  byte[] upright(byte[] stored) {
    if (tag == 1) {
      return stored;
    }
    int side = ImageSet.SIDE;
    byte[] upright = new byte[stored.length];
    for (int i = 0; i < stored.length; i++) {
      int x = i % side;
      int y = i / side % side;
      int column = swapsAxes() ? y : x;
      int row = swapsAxes() ? x : y;
      int from =
          (mirrorsRows() ? side - 1 - row : row) * side
              + (mirrorsColumns() ? side - 1 - column : column);
      upright[i] = stored[i - y * side - x + from];
    }
    return upright;
  }
}
