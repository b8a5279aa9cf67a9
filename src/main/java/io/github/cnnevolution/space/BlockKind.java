package io.github.cnnevolution.space;

import java.util.Locale;

/** The kinds of block of a {@link StagedSpace}; all blocks of a network have the same. */
public enum BlockKind {
  /** Two convolutions, each with normalisation and activation behind it. */
  PLAIN,
  /**
   * Two convolutions, normalisation and activation before each, and a shortcut around them (He et
   * al. 2016, arXiv:1603.05027).
   */
  RESIDUAL,
  /**
   * A grouped convolution between two of 1 x 1, normalisation and activation before each, and a
   * shortcut (Xie et al. 2016, arXiv:1611.05431; Radosavovic et al. 2020, arXiv:2003.13678).
   */
  BOTTLENECK,
  /**
   * More channels by 1 x 1, a depthwise convolution, fewer channels by 1 x 1 without activation,
   * and a shortcut where shapes allow it (Sandler et al. 2018, arXiv:1801.04381).
   */
  INVERTED;

  /** The name in files and of networks, such as {@code plain}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
