package io.github.cnnevolution.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.network.NamedTensor;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MuonTest {
  private static final MuonSettings SETTINGS = new MuonSettings(0.5, 3, 64, 0.1, 0.5, 0.75);
  private static final Orthogonalization EXACT = new Orthogonalization(3, ScalarType.Float);

  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
  }

  private static Tensor random(long seed, long... shape) {
    GeneratorOptional generator = new GeneratorOptional(Devices.cpu().generator(seed));
    Tensor values = torch.empty(shape).uniform_(-1, 1, generator);
    return shape.length == 4 ? values.contiguous(MemoryFormat.ChannelsLast) : values;
  }

  private static void setGradient(Tensor parameter, Tensor gradient) {
    parameter.mutable_grad().reset();
    parameter.mul(gradient).sum().backward();
  }

  private static Muon optimizer(List<Tensor> parameters, List<Integer> groups) {
    ParameterGroup all = new ParameterGroup(parameters, groups, true);
    return new Muon(List.of(all), SETTINGS, Precision.FP32);
  }

  private static double distance(Tensor a, Tensor b) {
    return a.detach().sub(b.detach()).abs().max().item_double();
  }

  /** Rows of {@code [outputs, inputs * side * side]}, by blocks, as the documentation says. */
  private static Tensor orthogonal(Tensor direction, int blocks) {
    long outputs = direction.size(0);
    List<Tensor> parts = new ArrayList<>();
    for (int i = 0; i < blocks; i++) {
      long rows = outputs / blocks;
      Tensor matrix = direction.narrow(0, i * rows, rows).contiguous().view(1, rows, -1);
      double aspect = Math.max(1, (double) rows / matrix.size(2));
      parts.add(
          EXACT
              .of(matrix, factor -> factor.mul(new Scalar(Math.sqrt(aspect))))
              .reshape(matrix.size(1), -1));
    }
    return torch
        .cat(new org.bytedeco.pytorch.TensorVector(parts.toArray(new Tensor[0])), 0)
        .view(direction.sizes().vec().get());
  }

  /** Two steps: wide, tall, grouped, depthwise, and more rows than a block has. */
  @ParameterizedTest
  @CsvSource({"8,4,3,1,1", "32,2,1,1,1", "8,2,3,2,2", "6,1,3,6,6", "96,4,3,1,2", "160,3,1,1,4"})
  void convolutionsFollowTheFormula(
      long outputs, long inputs, long side, int groups, int matrices) {
    double rate = 0.125;
    try (PointerScope scope = new PointerScope();
        LossScaler noScaler = new LossScaler(Devices.cpu(), Precision.FP32)) {
      Tensor weight = random(1, outputs, inputs, side, side).set_requires_grad(true);
      Tensor expected = weight.detach().clone();
      Tensor velocity = torch.zeros_like(expected);
      try (Muon optimizer = optimizer(List.of(weight), List.of(groups))) {
        for (int step = 0; step < 2; step++) {
          Tensor gradient = random(10 + step, outputs, inputs, side, side);
          setGradient(weight, gradient);
          Optimizers.step(optimizer, rate, noScaler);
          velocity = velocity.mul(new Scalar(0.5)).add(gradient);
          Tensor direction = gradient.add(velocity, new Scalar(0.5));
          expected = expected.sub(orthogonal(direction, matrices), new Scalar(rate));
          assertEquals(0, distance(expected, weight), 1e-5, "step " + step);
        }
      }
    }
  }

  /** Adam with a tenth of the rate. */
  @Test
  void othersFollowAdam() {
    try (PointerScope scope = new PointerScope();
        LossScaler noScaler = new LossScaler(Devices.cpu(), Precision.FP32)) {
      Tensor weight = torch.full(new long[] {1, 1}, new Scalar(2f)).set_requires_grad(true);
      Tensor bias = torch.full(new long[] {1}, new Scalar(2f)).set_requires_grad(true);
      double expected = 2;
      double m = 0;
      double v = 0;
      try (Muon optimizer = optimizer(List.of(weight, bias), List.of(1, 1))) {
        for (int step = 1; step <= 3; step++) {
          for (Tensor parameter : List.of(weight, bias)) {
            setGradient(parameter, torch.full(new long[] {1}, new Scalar((float) step)));
          }
          Optimizers.step(optimizer, 0.5, noScaler);
          m = 0.5 * m + 0.5 * step;
          v = 0.75 * v + 0.25 * step * step;
          expected -=
              0.05 * m / (1 - Math.pow(0.5, step)) / Math.sqrt(v / (1 - Math.pow(0.75, step)));
          assertEquals(expected, weight.item_double(), 1e-5, "weight after step " + step);
          assertEquals(expected, bias.item_double(), 1e-5, "bias after step " + step);
        }
      }
    }
  }

  /** A recorded step reads the rate from memory. */
  @Test
  void aRateInATensorGivesTheSameBits() {
    try (PointerScope scope = new PointerScope();
        LossScaler noScaler = new LossScaler(Devices.cpu(), Precision.FP32)) {
      List<Tensor> numbers = parameters();
      List<Tensor> tensors = parameters();
      try (Muon ofNumber = optimizer(numbers, List.of(1, 1, 1));
          Muon ofTensor = optimizer(tensors, List.of(1, 1, 1))) {
        for (int step = 0; step < 3; step++) {
          float rate = 0.1f / (step + 1);
          setGradients(numbers, step);
          setGradients(tensors, step);
          WholeUpdate.step(ofNumber, new IValue((double) rate), noScaler);
          WholeUpdate.step(
              ofTensor, new IValue(torch.full(new long[] {1}, new Scalar(rate))), noScaler);
        }
      }
      for (int i = 0; i < numbers.size(); i++) {
        assertTrue(numbers.get(i).equal(tensors.get(i)), "parameter " + i);
      }
    }
  }

  private static List<Tensor> parameters() {
    return List.of(
        random(1, 8, 4, 3, 3).set_requires_grad(true),
        random(2, 5, 8).set_requires_grad(true),
        random(3, 8).set_requires_grad(true));
  }

  private static void setGradients(List<Tensor> parameters, int step) {
    for (int i = 0; i < parameters.size(); i++) {
      setGradient(
          parameters.get(i), random(100 + 10 * i + step, parameters.get(i).sizes().vec().get()));
    }
  }

  /** Scaled gradients give the weights of unscaled ones; an overflow changes nothing at all. */
  @Test
  void theScaleOfTheLossIsTakenOut() {
    try (PointerScope scope = new PointerScope();
        LossScaler noScaler = new LossScaler(Devices.cpu(), Precision.FP32);
        LossScaler scaler = new LossScaler(Devices.cpu(), Precision.FP16)) {
      List<Tensor> plain = parameters();
      List<Tensor> scaled = parameters();
      try (Muon ofPlain = optimizer(plain, List.of(1, 1, 1));
          Muon ofScaled = optimizer(scaled, List.of(1, 1, 1))) {
        for (int step = 0; step < 3; step++) {
          setGradients(plain, step);
          setGradients(scaled, step);
          multiplyGradients(scaled, scaler.state().get(0).item_double());
          Optimizers.step(ofPlain, 0.1, noScaler);
          Optimizers.step(ofScaled, 0.1, scaler);
          assertOverflowChangesNothing(ofScaled, scaled, scaler);
        }
      }
      for (int i = 0; i < plain.size(); i++) {
        assertEquals(0, distance(plain.get(i), scaled.get(i)), 1e-5, "parameter " + i);
      }
    }
  }

  private static void multiplyGradients(List<Tensor> parameters, double factor) {
    try (AutoGradMode noGradients = new AutoGradMode(false)) {
      parameters.forEach(p -> p.grad().mul_(new Scalar(factor)));
    }
  }

  private static void assertOverflowChangesNothing(
      Muon optimizer, List<Tensor> parameters, LossScaler scaler) {
    List<Tensor> before = copies(optimizer, parameters);
    multiplyGradients(parameters, Double.POSITIVE_INFINITY);
    Optimizers.step(optimizer, 0.1, scaler);
    List<Tensor> after = copies(optimizer, parameters);
    for (int i = 0; i < before.size(); i++) {
      assertTrue(before.get(i).equal(after.get(i)), "tensor " + i);
    }
  }

  private static List<Tensor> copies(Muon optimizer, List<Tensor> parameters) {
    List<Tensor> all = new ArrayList<>(parameters);
    optimizer.state().stream().map(NamedTensor::tensor).forEach(all::add);
    return all.stream().map(t -> t.detach().clone()).toList();
  }

  /** As at a layer whose inputs are all 0. */
  @Test
  void aGradientOfZeroChangesNothing() {
    try (PointerScope scope = new PointerScope();
        LossScaler noScaler = new LossScaler(Devices.cpu(), Precision.FP32)) {
      Tensor weight = random(1, 8, 4, 3, 3).set_requires_grad(true);
      Tensor before = weight.detach().clone();
      try (Muon optimizer = optimizer(List.of(weight), List.of(1))) {
        setGradient(weight, torch.zeros_like(before));
        Optimizers.step(optimizer, 0.1, noScaler);
      }
      assertTrue(weight.equal(before));
    }
  }

  /** Weights of a matrix depend on each other. */
  @Test
  void isNotUpdatedInPieces() {
    try (PointerScope scope = new PointerScope();
        Muon optimizer = optimizer(parameters(), List.of(1, 1, 1))) {
      assertFalse(optimizer.isElementwise());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0,3,64,1,.9,.9",
    "1,3,64,1,.9,.9",
    ".5,0,64,1,.9,.9",
    ".5,3,0,1,.9,.9",
    ".5,3,64,0,.9,.9",
    ".5,3,64,1,1,.9",
    ".5,3,64,1,.9,0",
    "NaN,3,64,1,.9,.9",
    ".5,3,64,Infinity,.9,.9"
  })
  void hyperparametersOutOfRangeAreRefused(
      double momentum, int iterations, int rows, double otherRate, double beta1, double beta2) {
    assertThrows(
        IllegalArgumentException.class,
        () -> new MuonSettings(momentum, iterations, rows, otherRate, beta1, beta2));
  }
}
