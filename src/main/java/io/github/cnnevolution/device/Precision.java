package io.github.cnnevolution.device;

import java.util.Locale;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The number format of matrix products and convolutions in training. Weights and loss are always
 * float32.
 */
public enum Precision {
  /** IEEE single precision throughout. */
  FP32(ScalarType.Float),
  /**
   * Autocast to bfloat16. It has the range of float32 with 8 bits of precision, so it needs no loss
   * scaling.
   */
  BF16(ScalarType.BFloat16),
  /**
   * Autocast to IEEE half precision, with dynamic loss scaling (Micikevicius et al. 2017,
   * arXiv:1710.03740).
   */
  FP16(ScalarType.Half);

  private final ScalarType scalarType;

  Precision(ScalarType scalarType) {
    this.scalarType = scalarType;
  }

  /** Returns the element type of the tensors that autocast produces. */
  public ScalarType scalarType() {
    return scalarType;
  }

  /** Returns the name that options and files use: {@code fp32}, {@code bf16} or {@code fp16}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
