package io.github.cnnevolution.data;

/** Receives the rows of the central square of a picture. */
@FunctionalInterface
interface PixelRows {
  /**
   * Adds a row. Called once for each row of the square, from the top.
   *
   * @param y the row within the square
   * @param argb the pixels of the row, 0xAARRGGBB, not premultiplied; reused after the call
   */
  void add(int y, int[] argb);
}
