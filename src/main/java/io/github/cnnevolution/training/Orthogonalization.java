package io.github.cnnevolution.training;

import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Replaces the singular values of matrices by values near 1: an approximation of U V^T, where U S
 * V^T is the matrix. Each iteration applies an odd polynomial of degree 5 to the singular values,
 * with the coefficients of Jordan et al. 2024 (kellerjordan.github.io/posts/muon). They bring small
 * ones up fast and end between 0.7 and 1.2.
 *
 * <p>An odd polynomial of a matrix X is a polynomial of its Gram matrix X X^T, times X. The
 * iterations run on the Gram matrix alone, whose side is the shorter one of X: of a 3x3 convolution
 * with equal channels it has a ninth of the elements. They are float32: in 16 bits a Gram matrix,
 * whose values are squares, loses the small singular values. X itself is read twice and never
 * scaled: the trace of the Gram matrix is its squared norm.
 *
 * @param iterations at least 1
 * @param type of the elements in the last product, that with X; float32 instead of float16, which
 *     small gradients would leave
 */
record Orthogonalization(int iterations, ScalarType type) {
  private static final double LINEAR = 3.4445;
  private static final double CUBIC = -4.7750;
  private static final double QUINTIC = 2.0315;

  /** Added to a squared norm, so that a matrix of zeros is not divided by 0. */
  private static final double TINY = 1e-30;

  Orthogonalization {
    type = type == ScalarType.Half ? ScalarType.Float : type;
  }

  /**
   * Makes matrices orthogonal, each for itself.
   *
   * @param matrices [n,rows,columns] float32
   * @param scale multiplies a tensor by what the result is to be multiplied by; called with a small
   *     one
   * @return of the same shape, float32; the caller's scope owns it
   */
  Tensor of(Tensor matrices, UnaryOperator<Tensor> scale) {
    if (matrices.size(1) == 1) {
      // One row has one singular value, its norm.
      Tensor squares = matrices.square().sum(new long[] {2}, true, new ScalarTypeOptional());
      return matrices.mul(scale.apply(squares.add_(new Scalar(TINY)).rsqrt_()));
    }
    boolean tall = matrices.size(1) > matrices.size(2);
    Tensor wide = tall ? matrices.transpose(1, 2) : matrices;
    Tensor gram = wide.matmul(wide.transpose(1, 2));
    Tensor squares = gram.diagonal(0, 1, 2).sum(new long[] {1}, true, new ScalarTypeOptional());
    Tensor inverse = squares.unsqueeze(2).add_(new Scalar(TINY)).rsqrt_();
    Tensor factor = polynomial(gram.mul_(inverse).mul_(inverse)).mul_(inverse);
    Tensor orthogonal = scale.apply(factor).to(type).matmul(wide.to(type)).to(ScalarType.Float);
    return tall ? orthogonal.transpose(1, 2) : orthogonal;
  }

  /** The product of the polynomials of all iterations, [n,r,r], of Gram matrices of this shape. */
  private Tensor polynomial(Tensor gram) {
    Tensor product = factor(gram);
    Tensor last = product;
    Tensor current = gram;
    for (int i = 1; i < iterations; i++) {
      // All of them are polynomials of the first Gram matrix, so the order does not matter.
      current = last.matmul(current).matmul(last);
      last = factor(current);
      product = last.matmul(product);
    }
    return product;
  }

  private static Tensor factor(Tensor gram) {
    Tensor factor = gram.matmul(gram).mul_(new Scalar(QUINTIC)).add_(gram, new Scalar(CUBIC));
    factor.diagonal(0, 1, 2).add_(new Scalar(LINEAR));
    return factor;
  }
}
