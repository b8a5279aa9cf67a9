package io.github.cnnevolution.data;

/**
 * Scales a square to 32 x 32: each target pixel is the mean of the source pixels, weighted by the
 * area that it covers. Transparent parts become white.
 *
 * <p>Sums of opaque pixels are exact integers, so the order of the rows does not matter for them.
 */
final class AreaMean implements PixelRows {
  private static final int WHITE = 255;
  private static final int SIDE = ImageSet.SIDE;

  private final int source;
  private final double[] sums = new double[ImageSet.PIXELS];

  /**
   * Creates the mean of a square.
   *
   * @param source the side of the square in pixels
   */
  AreaMean(int source) {
    this.source = source;
  }

  @Override
  public void add(int y, int[] argb) {
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

  /** Returns the scaled square, [3, 32, 32] uint8. */
  byte[] bytes() {
    byte[] pixels = new byte[ImageSet.PIXELS];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) Math.round(sums[i] / ((double) source * source));
    }
    return pixels;
  }
}
