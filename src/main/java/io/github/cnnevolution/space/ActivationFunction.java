package io.github.cnnevolution.space;

/** The nonlinearities of networks. */
public enum ActivationFunction {
  /** max(0, x). */
  RELU("ReLU", true),
  /** x for x &gt; 0, else exp(x) - 1 (alpha 1; Clevert et al. 2015, arXiv:1511.07289). */
  ELU("ELU", true),
  /** x for x &gt; 0, else 0.01 x. */
  LEAKY_RELU("LeakyReLU", true),
  /**
   * x times the normal distribution function of x, computed with erf (Hendrycks and Gimpel 2016,
   * arXiv:1606.08415).
   */
  GELU("GELU", false),
  /** x / (1 + exp(-x)) (Elfwing et al. 2017, arXiv:1702.03118). */
  SILU("SiLU", false),
  /** 1 / (1 + exp(-x)): between 0 and 1, for gates. */
  SIGMOID("Sigmoid", true);

  private final String torchName;
  private final boolean monotone;

  ActivationFunction(String torchName, boolean monotone) {
    this.torchName = torchName;
    this.monotone = monotone;
  }

  /** The name of the PyTorch module, such as {@code LeakyReLU}. */
  public String torchName() {
    return torchName;
  }

  /**
   * Whether the function never decreases. Such a function commutes with max pooling, so that it may
   * be applied to the pooled tensor, a quarter of the size, with the same result.
   */
  public boolean monotone() {
    return monotone;
  }
}
