package io.github.cnnevolution.network;

import io.github.cnnevolution.space.Layer;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** A convolution, computed in the cheapest form that gives its result. */
final class ConvolutionStep implements Step {
  // With more the plain convolution is as fast (see src/docs/benchmarks.md).
  private static final int MOST_CHANNELS_IN_PAIRS = 32;
  private static final long[] DILATION = {1, 1};

  private final Layer.Convolution layer;
  private final Layer.EffectiveKernel taps;
  private final Tensor weight;
  private final TensorOptional bias;

  /**
   * A convolution of the network's tensors.
   *
   * @param weight [C_out,C_in/groups,k,k], channels_last
   * @param bias [C_out]; empty without one
   */
  ConvolutionStep(Layer.Convolution layer, Tensor weight, TensorOptional bias) {
    this.layer = layer;
    this.taps = layer.effectiveKernel();
    this.weight = weight;
    this.bias = bias;
  }

  Layer.Convolution layer() {
    return layer;
  }

  Tensor weight() {
    return weight;
  }

  TensorOptional bias() {
    return bias;
  }

  @Override
  public Tensor apply(Pass pass, Tensor... inputs) {
    Tensor input = inputs[0];
    if (takesPixelPairs()) {
      return convolve(pairs(input), layer.padding(), pairs(weight), bias, 1, layer.stride(), 1);
    }
    return convolve(input, padding(), usedWeight(), bias, layer.groups(), layer.stride());
  }

  /**
   * The weights that meet the image. Those that only meet padding are skipped: oneDNN's bf16 kernel
   * leaves their gradient unset.
   */
  Tensor usedWeight() {
    return skipsTaps() ? part() : weight;
  }

  /** The padding for {@link #usedWeight}. */
  Layer.Padding padding() {
    return skipsTaps() ? taps.padding() : layer.padding();
  }

  boolean skipsTaps() {
    return taps.count() < layer.kernel();
  }

  /**
   * A convolution with any padding: kernels add equal sides by themselves, for others the input is
   * copied.
   *
   * @param groups of channels
   * @param strides of rows and columns, or one for both
   */
  static Tensor convolve(
      Tensor input,
      Layer.Padding zeros,
      Tensor kernel,
      TensorOptional bias,
      int groups,
      int... strides) {
    long[] stride = {strides[0], strides[strides.length - 1]};
    if (zeros.isSymmetric()) {
      long[] padding = {zeros.before(), zeros.before()};
      return torch.conv2d(input, kernel, bias, stride, padding, DILATION, groups);
    }
    long before = zeros.before();
    long after = zeros.after();
    try (Tensor padded = torch.constant_pad_nd(input, before, after, before, after)) {
      return torch.conv2d(padded, kernel, bias, stride, new long[] {0, 0}, DILATION, groups);
    }
  }

  /** A view of the weights that meet the image; one operation, whose gradient is one as well. */
  private Tensor part() {
    long[] shape = {weight.size(0), weight.size(1), taps.count(), taps.count()};
    long[] strides = weight.strides().vec().get();
    long first = weight.storage_offset() + taps.first() * (strides[2] + strides[3]);
    return weight.as_strided(shape, strides, new LongOptional(first));
  }

  /**
   * Whether it is computed over pairs of pixels: with kernel 2 and stride 2 each output reads pairs
   * that no other reads, so that two pixels side by side are one of twice the channels. The same
   * products and memory without a stride in x, for which oneDNN's bf16 kernel takes up to three
   * times as long where channels are few.
   */
  private boolean takesPixelPairs() {
    return layer.kernel() == 2
        && layer.stride() == 2
        && layer.groups() == 1
        && layer.padding().isNone()
        && layer.input().channels() <= MOST_CHANNELS_IN_PAIRS;
  }

  /** A view of images or weights in channels_last order: [N,C,H,W] as [N,2C,H,W/2]. */
  private static Tensor pairs(Tensor x) {
    long[] shape = {x.size(0), x.size(2), x.size(3) / 2, 2 * x.size(1)};
    return x.permute(0, 2, 3, 1).view(shape).permute(0, 3, 1, 2);
  }
}
