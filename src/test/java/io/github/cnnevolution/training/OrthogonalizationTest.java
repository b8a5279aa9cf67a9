package io.github.cnnevolution.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrthogonalizationTest {
  private static final UnaryOperator<Tensor> ONCE = UnaryOperator.identity();

  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
  }

  /** Uniform in [-1, 1), [count,rows,columns]. */
  private static Tensor random(long seed, long... shape) {
    GeneratorOptional generator = new GeneratorOptional(Devices.cpu().generator(seed));
    return torch.empty(shape).uniform_(-1, 1, generator);
  }

  private static double distance(Tensor a, Tensor b) {
    return a.sub(b).abs().max().item_double();
  }

  /** The documented polynomial of the singular values, by LibTorch's decomposition in double. */
  @ParameterizedTest
  @CsvSource({"8,8", "8,72", "72,8", "27,64", "2,3"})
  void followsTheDecomposition(long rows, long columns) {
    try (PointerScope scope = new PointerScope()) {
      Tensor matrix = random(rows * columns, 1, rows, columns);
      T_TensorTensorTensor_T parts = torch.linalg_svd(matrix.to(ScalarType.Double), false, null);
      Tensor s = parts.get1().div(parts.get1().norm());
      for (int i = 0; i < 3; i++) {
        Tensor square = s.square();
        s =
            square
                .square()
                .mul(new Scalar(2.0315))
                .add(square, new Scalar(-4.7750))
                .add(new Scalar(3.4445))
                .mul(s);
      }
      Tensor expected = parts.get0().mul(s.unsqueeze(1)).matmul(parts.get2());
      Tensor actual = new Orthogonalization(3, ScalarType.Float).of(matrix, ONCE);
      assertEquals(0, distance(expected.to(ScalarType.Float), actual), 2e-5);
    }
  }

  /** With the iterations of the literature all singular values come near 1. */
  @ParameterizedTest
  @CsvSource({"Float,0.6,1.25", "BFloat16,0.5,1.3"})
  void singularValuesComeNearOne(ScalarType type, double least, double most) {
    try (PointerScope scope = new PointerScope()) {
      Tensor matrix = random(1, 1, 32, 288);
      Tensor values = torch.linalg_svdvals(new Orthogonalization(5, type).of(matrix, ONCE));
      assertTrue(values.min().item_double() > least, "least " + values.min().item_double());
      assertTrue(values.max().item_double() < most, "most " + values.max().item_double());
    }
  }

  @Test
  void eachMatrixIsOnItsOwn() {
    try (PointerScope scope = new PointerScope()) {
      Orthogonalization orthogonalization = new Orthogonalization(3, ScalarType.Float);
      Tensor matrices = random(1, 3, 4, 9);
      matrices.narrow(0, 1, 1).mul_(new Scalar(1000));
      Tensor together = orthogonalization.of(matrices, ONCE);
      for (int i = 0; i < 3; i++) {
        Tensor alone = orthogonalization.of(matrices.narrow(0, i, 1), ONCE);
        assertEquals(0, distance(alone, together.narrow(0, i, 1)), 1e-5, "matrix " + i);
      }
    }
  }

  @Test
  void aRowIsNormalised() {
    try (PointerScope scope = new PointerScope()) {
      Tensor rows = random(1, 5, 1, 9);
      Tensor expected = rows.div(rows.square().sum(2).sqrt_().unsqueeze(2));
      Tensor actual = new Orthogonalization(3, ScalarType.BFloat16).of(rows, ONCE);
      assertEquals(0, distance(expected, actual), 1e-6);
    }
  }

  @Test
  void zerosStayZeros() {
    try (PointerScope scope = new PointerScope()) {
      Orthogonalization orthogonalization = new Orthogonalization(3, ScalarType.Float);
      for (long rows : new long[] {1, 4, 40}) {
        Tensor zeros = torch.zeros(new long[] {2, rows, 9});
        assertTrue(orthogonalization.of(zeros, ONCE).equal(zeros), rows + " rows");
      }
    }
  }

  /** Neither the scale of a loss nor small gradients change the direction. */
  @Test
  void theScaleDoesNotMatter() {
    try (PointerScope scope = new PointerScope()) {
      Orthogonalization orthogonalization = new Orthogonalization(3, ScalarType.Float);
      Tensor matrix = random(1, 1, 8, 72);
      Tensor expected = orthogonalization.of(matrix, ONCE);
      for (double factor : new double[] {1e-6, 1e6}) {
        Tensor actual = orthogonalization.of(matrix.mul(new Scalar(factor)), ONCE);
        assertEquals(0, distance(expected, actual), 1e-5, "times " + factor);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1,9", "4,9", "40,9"})
  void theScaleMultipliesTheResult(long rows, long columns) {
    try (PointerScope scope = new PointerScope()) {
      Orthogonalization orthogonalization = new Orthogonalization(3, ScalarType.Float);
      Tensor matrices = random(1, 2, rows, columns);
      Tensor expected = orthogonalization.of(matrices, ONCE).mul(new Scalar(3));
      Tensor actual = orthogonalization.of(matrices, factor -> factor.mul(new Scalar(3)));
      assertEquals(0, distance(expected, actual), 1e-5);
    }
  }
}
