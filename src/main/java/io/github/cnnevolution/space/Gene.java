package io.github.cnnevolution.space;

/**
 * The fields of a chromosome and where they sit, written [from, to).
 *
 * <p>The layout is fixed: other implementations decode the same strings. Bits 2, 5, 8, 11 and all
 * from 19 on separate or pad, and carry nothing.
 */
public enum Gene {
  /**
   * Index o into {@link Architecture#WIDTHS}: the width of the stem; the network has o + 1 blocks.
   */
  STEM_WIDTH(0, 2),
  /** Index into {@link Architecture#KERNELS}: the side of every convolution's kernel. */
  KERNEL(3, 5),
  /** Index into {@link Architecture#ACTIVATIONS}. */
  ACTIVATION(6, 8),
  /** Reserved: decoded and shown, but without effect on the network. */
  POOL(9, 11),
  /** One bit a block, the first for block 0; only the first o + 1 are read. */
  BLOCKS(12, 19);

  private final int from;
  private final int to;

  Gene(int from, int to) {
    this.from = from;
    this.to = to;
  }

  /** The first bit of this field. */
  public int from() {
    return from;
  }

  /** The bit after the last of this field. */
  public int to() {
    return to;
  }

  /** This field of {@code chromosome}, as an unsigned big-endian number. */
  public int read(Chromosome chromosome) {
    return chromosome.field(from, to);
  }
}
