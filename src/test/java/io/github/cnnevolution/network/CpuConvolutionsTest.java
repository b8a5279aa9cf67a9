package io.github.cnnevolution.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.space.Layer;
import io.github.cnnevolution.space.TensorShape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Other forms of convolutions against LibTorch's own in float32. */
class CpuConvolutionsTest {
  private static final Step.Pass TRAINING = new Step.Pass(true, Optional.empty());
  private static final int IMAGES = 3;

  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
  }

  /** All that have another form. */
  static List<Layer.Convolution> layers() {
    return List.of(
        layer(16, 16, 8, 3, 2, 16), // depthwise
        layer(16, 16, 7, 3, 2, 16),
        layer(16, 16, 8, 5, 1, 16),
        layer(16, 16, 8, 5, 2, 16),
        layer(16, 16, 4, 9, 1, 16),
        layer(16, 16, 3, 9, 2, 16),
        layer(16, 24, 8, 1, 2, 1), // shortcuts
        layer(16, 24, 7, 1, 2, 1),
        layer(8, 24, 2, 3, 1, 1), // few pixels
        layer(8, 24, 2, 7, 1, 1),
        layer(8, 24, 4, 3, 2, 1),
        layer(8, 24, 4, 5, 2, 1),
        layer(8, 24, 3, 3, 2, 1),
        layer(8, 24, 2, 3, 2, 1),
        layer(256, 288, 4, 3, 1, 1), // patches
        layer(192, 384, 8, 3, 2, 1),
        layer(192, 384, 7, 3, 2, 1),
        layer(384, 192, 3, 3, 1, 1),
        layer(128, 208, 4, 5, 1, 1),
        layer(128, 128, 4, 9, 1, 1));
  }

  static Stream<Layer.Convolution> others() {
    return Stream.of(
        layer(16, 16, 8, 3, 1, 16),
        layer(16, 16, 8, 5, 1, 1),
        layer(16, 16, 8, 5, 2, 2),
        layer(16, 16, 2, 3, 1, 2),
        layer(16, 16, 1, 3, 1, 1),
        layer(16, 16, 8, 1, 1, 1),
        layer(256, 256, 4, 3, 1, 1),
        layer(256, 288, 5, 3, 1, 1),
        layer(256, 288, 4, 3, 1, 2));
  }

  /** Without tiles of matrices the convolution's own form is as fast. */
  @Test
  void patchesAreForProcessorsWithTiles() {
    try (PointerScope scope = new PointerScope()) {
      Layer.Convolution wide = layer(256, 288, 4, 3, 1, 1);
      ConvolutionStep plain = new ConvolutionStep(wide, torch.zeros(1), new TensorOptional());
      assertTrue(CpuConvolutions.training(plain, true).isPresent());
      assertTrue(CpuConvolutions.training(plain, false).isEmpty());
    }
  }

  private static Layer.Convolution layer(
      int inputs, int outputs, int side, int kernel, int stride, int groups) {
    int made = (side - 1) / stride + 1;
    return new Layer.Convolution(
        "conv",
        TensorShape.of(inputs, side, side),
        TensorShape.of(outputs, made, made),
        kernel,
        stride,
        Layer.Padding.symmetric((kernel - 1) / 2),
        false,
        groups);
  }

  private static Layer.Convolution withBias(Layer.Convolution layer) {
    return new Layer.Convolution(
        layer.name(),
        layer.input(),
        layer.output(),
        layer.kernel(),
        layer.stride(),
        layer.padding(),
        true,
        layer.groups());
  }

  @ParameterizedTest
  @MethodSource("layers")
  void resultAndGradientsAreThoseOfTheConvolution(Layer.Convolution layer) {
    try (PointerScope scope = new PointerScope()) {
      // Values that 16 bits hold exactly.
      Tensor x = random(IMAGES, layer.input().channels(), layer.input().side());
      Tensor weight = random(layer.output().channels(), layer.channelsPerGroup(), layer.kernel());
      Tensor seed = random(IMAGES, layer.output().channels(), layer.output().side());
      List<Tensor> expected = run(layer, x, weight, seed, ScalarType.Float, false);
      assertClose(expected, run(layer, x, weight, seed, ScalarType.Float, true), 1e-6);
      // A rounding error of 16 bits is 2^-9; the gradient of a weight may be the sum of some of
      // them.
      assertClose(expected, run(layer, x, weight, seed, ScalarType.BFloat16, true), 1.0 / 64);
    }
  }

  /** What the plain convolution makes of an image, and its weights, in use. */
  @ParameterizedTest
  @MethodSource("layers")
  void inUseNothingChanges(Layer.Convolution layer) {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = random(IMAGES, layer.input().channels(), layer.input().side());
      Tensor weight = random(layer.output().channels(), layer.channelsPerGroup(), layer.kernel());
      ConvolutionStep plain = new ConvolutionStep(layer, weight, new TensorOptional());
      Step step = CpuConvolutions.training(plain, true).orElseThrow();
      Step.Pass inUse = new Step.Pass(false, Optional.empty());
      assertTrue(step.apply(inUse, x).equal(plain.apply(inUse, x)));
    }
  }

  @ParameterizedTest
  @MethodSource("others")
  void othersStayAsTheyAre(Layer.Convolution layer) {
    assertTrue(training(layer).isEmpty());
  }

  /** The 20-bit space has biases and no kernel of 1, and its results are stored. */
  @Test
  void soDoWiderOnesWithABias() {
    layers().stream()
        .filter(layer -> layer.kernel() > 1)
        .forEach(layer -> assertTrue(training(withBias(layer)).isEmpty(), layer.toString()));
  }

  /**
   * Where there are fewer than 16 input channels, oneDNN's gradient of the weight ruins the heap.
   * Here it has 16, for a comparison.
   */
  @Test
  void aStridedKernelOf1IsTrainedInItsOtherFormWithABiasToo() {
    try (PointerScope scope = new PointerScope()) {
      Layer.Convolution layer = withBias(layer(16, 32, 8, 1, 2, 1));
      Tensor x = random(IMAGES, 16, 8);
      Tensor weight = random(32, 16, 1).set_requires_grad(true);
      Tensor bias = random(32, 1, 1).flatten().set_requires_grad(true);
      ConvolutionStep plain = new ConvolutionStep(layer, weight, new TensorOptional(bias));
      Step step = CpuConvolutions.training(plain, true).orElseThrow();
      Tensor seed = random(IMAGES, 32, 4);
      Tensor expected = plain.apply(TRAINING, x);
      expected.mul(seed).sum().backward();
      List<Tensor> gradients = List.of(weight.grad().clone(), bias.grad().clone());
      weight.mutable_grad().reset();
      bias.mutable_grad().reset();
      Tensor actual = step.apply(TRAINING, x);
      actual.mul(seed).sum().backward();
      assertClose(
          List.of(expected.detach(), gradients.get(0), gradients.get(1)),
          List.of(actual.detach(), weight.grad(), bias.grad()),
          1e-6);
    }
  }

  /** The gradient is safe in whatever pass it is taken. */
  @Test
  void narrowOnesHaveTheirOtherFormInUseToo() {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = random(IMAGES, 8, 8);
      Tensor weight = random(16, 8, 1).set_requires_grad(true);
      ConvolutionStep plain =
          new ConvolutionStep(layer(8, 16, 8, 1, 2, 1), weight, new TensorOptional());
      Step step = CpuConvolutions.training(plain, true).orElseThrow();
      Step.Pass inUse = new Step.Pass(false, Optional.empty());
      Tensor actual = step.apply(inUse, x);
      assertClose(List.of(plain.apply(inUse, x)), List.of(actual), 1e-6);
      actual.sum().backward();
      Tensor kept = x.slice(2, new LongOptional(0), new LongOptional(), 2);
      Tensor seen = kept.slice(3, new LongOptional(0), new LongOptional(), 2);
      Tensor sums = seen.sum(new long[] {0, 2, 3}, true, new ScalarTypeOptional());
      assertClose(List.of(sums.expand_as(weight)), List.of(weight.grad()), 1e-5);
    }
  }

  private static Optional<Step> training(Layer.Convolution layer) {
    try (PointerScope scope = new PointerScope()) {
      Tensor weight = torch.zeros(1);
      return CpuConvolutions.training(
          new ConvolutionStep(layer, weight, new TensorOptional()), true);
    }
  }

  private static Tensor random(long... shape) {
    long side = shape[2];
    // Not from the generator of the process, whose state depends on the tests before.
    GeneratorOptional generator =
        new GeneratorOptional(torch.make_generator_cpu(Arrays.hashCode(shape)));
    return torch
        .empty(new long[] {shape[0], shape[1], side, side})
        .normal_(0, 1, generator)
        .to(ScalarType.BFloat16)
        .to(ScalarType.Float)
        .contiguous(MemoryFormat.ChannelsLast);
  }

  /** The output, and the gradients of input and weight. */
  private static List<Tensor> run(
      Layer.Convolution layer,
      Tensor image,
      Tensor kernel,
      Tensor seed,
      ScalarType type,
      boolean other) {
    Tensor x = image.detach().to(type).set_requires_grad(true);
    Tensor weight = kernel.detach().to(type).set_requires_grad(true);
    ConvolutionStep plain = new ConvolutionStep(layer, weight, new TensorOptional());
    Step step = other ? CpuConvolutions.training(plain, true).orElseThrow() : plain;
    Tensor y = step.apply(TRAINING, x);
    assertEquals(type, y.scalar_type().intern());
    y.to(ScalarType.Float).mul(seed).sum().backward();
    return Stream.of(y.detach(), x.grad(), weight.grad())
        .map(tensor -> tensor.to(ScalarType.Float))
        .toList();
  }

  private static void assertClose(List<Tensor> expected, List<Tensor> actual, double tolerance) {
    for (int i = 0; i < expected.size(); i++) {
      Tensor want = expected.get(i);
      assertArrayEquals(want.sizes().vec().get(), actual.get(i).sizes().vec().get());
      double error = want.sub(actual.get(i)).abs().max().item_double();
      double scale = want.abs().max().item_double();
      assertTrue(error <= tolerance * scale, "tensor " + i + ": " + error + " of " + scale);
    }
  }
}
