package io.github.cnnevolution.data;

/**
 * The shapes of {@link SyntheticImages}: what is figure and what is ground.
 *
 * <p>Coordinates are those of the figure, 0 at its middle and about -1 and 1 at the borders of the
 * image, u to the right and v down. Every motif is its own mirror image, up to a phase and a turn.
 */
enum Motif {
  /** Horizontal stripes, a period of about 4.5 pixels. */
  ROWS {
    @Override
    double depth(double u, double v, double phaseU, double phaseV) {
      return STEEPNESS * StrictMath.sin(FINE * v + phaseV);
    }
  },
  /** Vertical stripes of the same period. */
  COLUMNS {
    @Override
    double depth(double u, double v, double phaseU, double phaseV) {
      return STEEPNESS * StrictMath.sin(FINE * u + phaseU);
    }
  },
  /** A chessboard of the same period. */
  FINE_CHECKERS {
    @Override
    double depth(double u, double v, double phaseU, double phaseV) {
      return STEEPNESS * StrictMath.sin(FINE * u + phaseU) * StrictMath.sin(FINE * v + phaseV);
    }
  },
  /** Stripes of the same period that rise to the right or to the left, half of them each. */
  DIAGONALS {
    @Override
    double depth(double u, double v, double phaseU, double phaseV) {
      double across = Math.sqrt(0.5) * (phaseV < Math.PI ? u + v : u - v);
      return STEEPNESS * StrictMath.sin(FINE * across + phaseU);
    }
  },
  /** A disc that covers about a quarter of the image. */
  DISC {
    @Override
    double depth(double u, double v, double phaseU, double phaseV) {
      return 8 * (0.6 - Math.sqrt(u * u + v * v));
    }
  };

  /** Radians a half image: period = 2 pi * 16 pixels / this. */
  private static final double FINE = 22;

  /** Softens the edges over about a pixel. */
  private static final double STEEPNESS = 1;

  /**
   * How deep a point lies inside the figure: below -1/2 is ground, above 1/2 figure, between them
   * the soft edge.
   *
   * @param phaseU shifts a repeating motif sideways, in radians
   * @param phaseV shifts it up or down
   */
  abstract double depth(double u, double v, double phaseU, double phaseV);
}
