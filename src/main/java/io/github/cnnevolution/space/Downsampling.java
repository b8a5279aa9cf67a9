package io.github.cnnevolution.space;

/** How a network of a {@link StagedSpace} halves the side of its images between stages. */
public enum Downsampling {
  /** The first convolution of a stage has stride 2. */
  STRIDE("stride", "", 0),
  /** The maximum over windows of 2 x 2. */
  POOL_2("pool2", "-pool", 2),
  /** The maximum over windows of 3 x 3 that overlap. */
  POOL_3("pool3", "-pool3", 3);

  private final String text;
  private final String suffix;
  private final int window;

  Downsampling(String text, String suffix, int window) {
    this.text = text;
    this.suffix = suffix;
    this.window = window;
  }

  /** The name in files. */
  public String text() {
    return text;
  }

  /** The part of a network's name that says it. */
  String suffix() {
    return suffix;
  }

  /** The side of the window; 0 without a pooling. */
  int window() {
    return window;
  }
}
