package io.github.cnnevolution.search;

/**
 * When a training is stopped early: there is one rung, after the first epochs of it, at which the
 * best third goes on and the others end.
 *
 * @param rung epochs until the rung, at least 1
 * @param epochs of the whole training, more than {@code rung}
 * @param banded whether a network is compared with those of similar FLOPs alone, so that small
 *     networks are not all stopped where their size is an objective too
 */
public record EarlyStopping(int rung, int epochs, boolean banded) {
  /** The rung is after one of so many parts of the training. */
  private static final int PARTS = 5;

  /** The shortest training that has a rung. */
  public static final int FEWEST_EPOCHS = 2;

  /**
   * Checks the epochs.
   *
   * @throws IllegalArgumentException if the rung is not inside the training
   */
  public EarlyStopping {
    Require.atLeast(1, "epochs until the rung", rung);
    Require.atLeast(rung + 1, "epochs of a training with a rung", epochs);
  }

  /**
   * The rung of a training, at a fifth of it.
   *
   * @param epochs of the training, at least {@value #FEWEST_EPOCHS}
   */
  public static EarlyStopping of(int epochs, boolean banded) {
    return new EarlyStopping(Math.max(1, epochs / PARTS), epochs, banded);
  }

  /** The part of the training until the rung. */
  public double fraction() {
    return (double) rung / epochs;
  }

  /** The duration until the rung of a training that takes {@code whole}. */
  long duration(long whole) {
    // Exact, and without the overflow of whole * rung.
    return whole / epochs * rung + whole % epochs * rung / epochs;
  }
}
