package io.github.cnnevolution.space;

/** The two kinds of convolution block of {@link PlainSpace}. */
public enum BlockType {
  /** Gene 0: a strided convolution, then one of stride 1. */
  DOUBLE('d'),
  /** Gene 1: one convolution of stride 1. */
  SINGLE('s');

  private final char symbol;

  BlockType(char symbol) {
    this.symbol = symbol;
  }

  /** The letter that stands for this type in the names of networks. */
  char symbol() {
    return symbol;
  }
}
