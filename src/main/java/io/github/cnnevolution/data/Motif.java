package io.github.cnnevolution.data;

/**
 * The shapes of {@link SyntheticImages}. A motif divides an image into figure and ground.
 *
 * <p>Coordinates are relative to the figure: 0 is its centre, about -1 and 1 are the borders of the
 * image. u points right and v points down. Every motif equals its mirror image, except for phase
 * and rotation.
 */
enum Motif {
  /** Horizontal stripes with a period of about 4.5 pixels. */
  ROWS {
    @Override
    double depth(double u, double v, double phaseU, double phaseV) {
      return STEEPNESS * StrictMath.sin(FREQUENCY * v + phaseV);
    }
  },
  /** Vertical stripes with the same period. */
  COLUMNS {
    @Override
    double depth(double u, double v, double phaseU, double phaseV) {
      return STEEPNESS * StrictMath.sin(FREQUENCY * u + phaseU);
    }
  },
  /** A chessboard with the same period. */
  FINE_CHECKERS {
    @Override
    double depth(double u, double v, double phaseU, double phaseV) {
      return STEEPNESS
          * StrictMath.sin(FREQUENCY * u + phaseU)
          * StrictMath.sin(FREQUENCY * v + phaseV);
    }
  },
  /**
   * Diagonal stripes with the same period. Half of the images have stripes that rise to the right,
   * half to the left.
   */
  DIAGONALS {
    @Override
    double depth(double u, double v, double phaseU, double phaseV) {
      double across = Math.sqrt(0.5) * (phaseV < Math.PI ? u + v : u - v);
      return STEEPNESS * StrictMath.sin(FREQUENCY * across + phaseU);
    }
  },
  /** A disc that covers about a quarter of the image. */
  DISC {
    @Override
    double depth(double u, double v, double phaseU, double phaseV) {
      return 8 * (0.6 - Math.sqrt(u * u + v * v));
    }
  };

  /**
   * The angular frequency of the stripes, in radians per half image: period = 2 pi * 16 pixels /
   * this.
   */
  private static final double FREQUENCY = 22;

  /** The steepness of the edges. Edges are blurred over about one pixel. */
  private static final double STEEPNESS = 1;

  /**
   * Returns how far a point lies inside the figure: below -1/2 is ground, above 1/2 is figure, and
   * between them is the blurred edge.
   *
   * @param phaseU the horizontal shift of a repeating motif, in radians
   * @param phaseV the vertical shift of a repeating motif, in radians
   */
  abstract double depth(double u, double v, double phaseU, double phaseV);
}
