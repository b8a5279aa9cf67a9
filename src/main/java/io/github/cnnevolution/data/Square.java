package io.github.cnnevolution.data;

/**
 * The largest square around the centre of a stored picture. An odd margin is cut so that the square
 * is the one that the upright picture has.
 *
 * @param left the first column
 * @param top the first row
 * @param side the width and height
 */
record Square(int left, int top, int side) {
  /** Returns the square of a picture of this size, before it is turned. */
  static Square of(int width, int height, Orientation orientation) {
    int side = Math.min(width, height);
    int horizontal = width - side;
    int vertical = height - side;
    return new Square(
        orientation.mirrorsColumns() ? horizontal - horizontal / 2 : horizontal / 2,
        orientation.mirrorsRows() ? vertical - vertical / 2 : vertical / 2,
        side);
  }

  /** Returns the row after the last one. */
  int bottom() {
    return top + side;
  }
}
