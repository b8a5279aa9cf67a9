package io.github.cnnevolution.network;

import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Layer;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Other forms of convolutions, for training on a CPU, where oneDNN's kernels take long or fail:
 * src/docs/benchmarks.md has the figures. They compute the same products, and add them in another
 * order. Convolutions of the 20-bit space, which have a bias and wider kernels than 1, keep their
 * own form, and their results to the bit.
 */
public final class CpuConvolutions {
  /** Of wider depthwise kernels the gradient takes longer in 16 bits than in 32. */
  private static final int WIDEST_IN_16_BITS = 3;

  /**
   * Of fewer input channels the gradient of a strided 1x1 convolution's weight is written beyond
   * its memory (oneDNN 3.7.1, jit_1x1:avx512_core).
   */
  private static final int SAFE_CHANNELS = 16;

  private static final long[] DILATION = {1, 1};
  private static final long[] NONE = {0, 0};

  private CpuConvolutions() {}

  /**
   * How many values of one image the training of a network in 16 bits keeps in 32 for its backward
   * pass.
   */
  public static long keptFloats(Architecture architecture) {
    return inFloat(architecture).mapToLong(layer -> layer.input().elements()).sum();
  }

  /** The values that are in 32 bits while the largest of these convolutions is computed. */
  public static long transientFloats(Architecture architecture) {
    return inFloat(architecture)
        .mapToLong(layer -> layer.input().elements() + 2L * layer.output().elements())
        .max()
        .orElse(0);
  }

  private static Stream<Layer.Convolution> inFloat(Architecture architecture) {
    return architecture.layers().stream()
        .filter(Layer.Convolution.class::isInstance)
        .map(Layer.Convolution.class::cast)
        .filter(layer -> !layer.bias() && isDepthwise(layer) && isWide(layer));
  }

  /**
   * How many values of one image the training of a network in 16 bits keeps for its backward pass
   * beside the outputs of its layers, in 16 bits.
   *
   * @param tiles as for {@link #training}
   */
  public static long keptPatches(Architecture architecture, boolean tiles) {
    return patches(architecture, tiles).sum();
  }

  /** The values of the largest gradient of patches; see {@link #keptPatches}. */
  public static long transientPatches(Architecture architecture, boolean tiles) {
    return patches(architecture, tiles).max().orElse(0);
  }

  private static LongStream patches(Architecture architecture, boolean tiles) {
    return architecture.layers().stream()
        .filter(Layer.Convolution.class::isInstance)
        .map(Layer.Convolution.class::cast)
        .filter(layer -> tiles && PatchProduct.fits(layer))
        .mapToLong(PatchProduct::patchElements);
  }

  /**
   * What trains a convolution instead of its own step; empty if nothing is better.
   *
   * @param tiles whether the processor multiplies tiles of matrices; see {@code
   *     Devices.cpuMultipliesTiles}
   */
  static Optional<Step> training(ConvolutionStep plain, boolean tiles) {
    Layer.Convolution layer = plain.layer();
    Optional<Step> other = Optional.empty();
    if (takesPixelsApart(layer)) {
      Step everySecond = (pass, inputs) -> everySecond(plain, inputs[0]);
      if (layer.input().channels() < SAFE_CHANNELS) {
        return Optional.of(everySecond);
      }
      other = Optional.of(everySecond);
    } else if (layer.bias()) {
      return other;
    } else if (isDepthwise(layer)) {
      other = depthwise(plain);
    } else if (FewPixels.fits(layer)) {
      other = Optional.of(new FewPixels(layer, plain.weight()));
    } else if (tiles && PatchProduct.fits(layer)) {
      Step product = new PatchProduct(plain);
      other = Optional.of((pass, x) -> (isWider(x[0]) ? plain : product).apply(pass, x));
    }
    return other.map(step -> (pass, x) -> (pass.training() ? step : plain).apply(pass, x));
  }

  private static boolean takesPixelsApart(Layer.Convolution layer) {
    return layer.groups() == 1
        && layer.kernel() == 1
        && layer.stride() > 1
        && layer.padding().isNone();
  }

  private static boolean isDepthwise(Layer.Convolution layer) {
    return layer.groups() > 1
        && layer.groups() == layer.input().channels()
        && layer.groups() == layer.output().channels();
  }

  private static boolean isWide(Layer.Convolution layer) {
    return layer.effectiveKernel().count() > WIDEST_IN_16_BITS;
  }

  private static Optional<Step> depthwise(ConvolutionStep plain) {
    Layer.Convolution layer = plain.layer();
    if (isWide(layer)) {
      return Optional.of((pass, inputs) -> inFloat(plain, pass, inputs[0]));
    }
    return layer.stride() > 1 && !plain.skipsTaps()
        ? Optional.of((pass, inputs) -> thinned(plain, pass, inputs[0]))
        : Optional.empty();
  }

  /** With a kernel of 1, what the stride leaves is copied first. */
  private static Tensor everySecond(ConvolutionStep plain, Tensor x) {
    Layer.Convolution layer = plain.layer();
    try (Tensor fewer = thin(x, layer.stride())) {
      return ConvolutionStep.convolve(
          fewer, layer.padding(), plain.weight(), plain.bias(), layer.groups(), 1);
    }
  }

  /**
   * In 16 bits the gradient of a strided depthwise convolution's input takes ten times as long as
   * all of one with stride 1, of which the stride then leaves a part.
   */
  private static Tensor thinned(ConvolutionStep plain, Step.Pass pass, Tensor x) {
    Layer.Convolution layer = plain.layer();
    if (isWider(x)) {
      return plain.apply(pass, x);
    }
    try (Tensor all =
        ConvolutionStep.convolve(
            x, layer.padding(), plain.weight(), plain.bias(), layer.groups(), 1)) {
      return thin(all, layer.stride());
    }
  }

  private static Tensor inFloat(ConvolutionStep plain, Step.Pass pass, Tensor x) {
    if (isWider(x)) {
      return plain.apply(pass, x);
    }
    Layer.Convolution layer = plain.layer();
    Layer.Padding zeros = plain.padding();
    long before = zeros.before();
    long after = zeros.after();
    long[] stride = {layer.stride(), layer.stride()};
    long[] padding = zeros.isSymmetric() ? new long[] {before, before} : NONE;
    try (Tensor padded =
            zeros.isSymmetric()
                ? x.alias()
                : torch.constant_pad_nd(x, before, after, before, after);
        Tensor wide = padded.to(ScalarType.Float);
        Tensor weight = plain.usedWeight().to(ScalarType.Float);
        // Not conv2d, whose arguments autocast makes 16 bits wide.
        Tensor y =
            torch.convolution(
                wide,
                weight,
                plain.bias(),
                stride,
                padding,
                DILATION,
                false,
                NONE,
                layer.groups())) {
      return y.to(x.scalar_type());
    }
  }

  private static boolean isWider(Tensor x) {
    return x.element_size() > Short.BYTES;
  }

  /** Every so many rows and columns, as a copy; its gradient is one operation. */
  private static Tensor thin(Tensor x, int stride) {
    long[] strides = x.strides().vec().get();
    long height = (x.size(2) - 1) / stride + 1;
    long width = (x.size(3) - 1) / stride + 1;
    long[] shape = {x.size(0), x.size(1), height, width};
    long[] steps = {strides[0], strides[1], stride * strides[2], stride * strides[3]};
    try (Tensor view = x.as_strided(shape, steps, new LongOptional(x.storage_offset()))) {
      return view.contiguous(MemoryFormat.ChannelsLast);
    }
  }
}
