package io.github.cnnevolution.network;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.NativeOwner;
import io.github.cnnevolution.space.Layer;
import io.github.cnnevolution.space.TensorShape;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The stem and the convolution behind it as one convolution, whose weights are computed from those
 * of both in each step.
 *
 * <p>No nonlinearity stands between the two, so that together they are one linear function of an
 * image with 3 channels; the wide tensor between them need not exist, nor its gradient, in many
 * networks the most expensive of all. Both layers are trained as ever: the chain rule goes through
 * the product of their weights, so that function and gradients are the same but for rounding. (Guo
 * et al. 2020, arXiv:1811.10495, put linear layers together like this once they are trained.) There
 * are two forms:
 *
 * <ul>
 *   <li>Where the second convolution pads nothing, both are one of kernel k + k - 1, provided that
 *       the stem has stride 1.
 *   <li>Where it pads, what it meets outside of the image is 0, and not what the stem would make of
 *       the image's edge. So it reads patches: of each pixel the 3 k k values that the stem reads
 *       there, and a 1 for the stem's bias. Outside they are 0, as the stem's output is. It pays
 *       where patches have fewer channels than that.
 * </ul>
 *
 * <p>Patches are cut by a convolution with weights of 0 and 1: exact, one launch, and without a
 * backward pass. Not thread-safe: it belongs to its network.
 */
final class FoldedStem implements Step {
  // 16 channels of 16 bits are what kernels read at once.
  private static final int CHANNELS_AT_ONCE = 16;

  private final ConvolutionStep stem;
  private final ConvolutionStep next;
  private final Layer.Convolution folded;
  private final ComputeDevice device;
  private final NativeOwner owner;
  private final Map<ScalarType, Constants> constants = new EnumMap<>(ScalarType.class);

  /**
   * Both steps as one.
   *
   * @param folded their {@link #product}
   * @param owner keeps what outlives a step; closed with the network
   */
  FoldedStem(
      ConvolutionStep stem,
      ConvolutionStep next,
      Layer.Convolution folded,
      ComputeDevice device,
      NativeOwner owner) {
    this.stem = stem;
    this.next = next;
    this.folded = folded;
    this.device = device;
    this.owner = owner;
  }

  /**
   * The one convolution instead of both, if it takes fewer multiply-adds. A training computes a
   * layer three times, but no gradient for images and patches, and nothing backward where patches
   * are cut.
   */
  static Optional<Layer.Convolution> product(Layer.Convolution stem, Layer.Convolution next) {
    if (!stem.bias() || !next.bias() || stem.groups() > 1 || next.groups() > 1) {
      return Optional.empty();
    }
    Layer.Convolution folded = folded(stem, next);
    long channels = readsImages(folded, stem) ? 0 : folded.input().channels();
    long cutting = stem.flops() / stem.output().channels() * channels;
    boolean pays = 2 * folded.flops() + cutting < 2 * stem.flops() + 3 * next.flops();
    return pays ? Optional.of(folded) : Optional.empty();
  }

  private static Layer.Convolution folded(Layer.Convolution stem, Layer.Convolution next) {
    boolean wholly = next.padding().isNone() && stem.stride() == 1;
    int values = patchValues(stem);
    int channels = (values / CHANNELS_AT_ONCE + 1) * CHANNELS_AT_ONCE;
    int side = stem.output().side();
    return new Layer.Convolution(
        next.name(),
        wholly ? stem.input() : TensorShape.of(channels, side, side),
        next.output(),
        wholly ? stem.kernel() + next.kernel() - 1 : next.kernel(),
        next.stride(),
        wholly ? stem.padding() : next.padding(),
        true);
  }

  private static boolean readsImages(Layer.Convolution folded, Layer.Convolution stem) {
    return folded.input().equals(stem.input());
  }

  private static int patchValues(Layer.Convolution stem) {
    return stem.input().channels() * stem.kernel() * stem.kernel();
  }

  /** Makes what passes with weights of this type need, so that none has to. */
  void prepare(ScalarType type) {
    if (!readsImages(folded, stem.layer())) {
      constants.computeIfAbsent(type.intern(), this::constants);
    }
  }

  @Override
  public Tensor apply(Pass pass, Tensor... inputs) {
    ScalarType type = stem.weight().scalar_type().intern();
    // Cast before anything is copied. In use the weights are float32, and autocast casts.
    try (Tensor x = inputs[0].to(type)) {
      return readsImages(folded, stem.layer()) ? wholly(x) : overPatches(x, type);
    }
  }

  /** The second layer's weights, convolved with the stem's, over images. */
  private Tensor wholly(Tensor x) {
    Tensor weight = torch.conv_transpose2d(next.weight(), stem.weight());
    // Each place of the second kernel reads the stem's bias.
    long places = (long) next.layer().kernel() * next.layer().kernel();
    Tensor biases = stem.bias().get().repeat(places);
    Tensor bias = torch.linear(biases, rows(next, folded.output().channels()), next.bias());
    return ConvolutionStep.convolve(
        x,
        folded.padding(),
        weight.contiguous(MemoryFormat.ChannelsLast),
        new TensorOptional(bias),
        1,
        folded.stride());
  }

  /** A view of a layer's weights, their input channels innermost, in so many rows. */
  private static Tensor rows(ConvolutionStep step, long count) {
    return step.weight().permute(0, 2, 3, 1).reshape(count, -1);
  }

  /** The second layer's weights times the stem's, over patches. */
  private Tensor overPatches(Tensor x, ScalarType type) {
    prepare(type);
    Constants with = constants.get(type);
    long width = stem.layer().output().channels();
    Tensor bias = stem.bias().get().view(width, 1);
    Tensor both = torch.cat(new TensorVector(rows(stem, width), bias, with.unused), 1);
    long outputs = folded.output().channels();
    long k = folded.kernel();
    Tensor weight =
        rows(next, outputs * k * k).mm(both).view(outputs, k, k, -1).permute(0, 3, 1, 2);
    Layer.Convolution cutter = stem.layer();
    try (Tensor patches =
        ConvolutionStep.convolve(x, cutter.padding(), with.cuts, with.one, 1, cutter.stride())) {
      return ConvolutionStep.convolve(
          patches, folded.padding(), weight, next.bias(), 1, folded.stride());
    }
  }

  private Constants constants(ScalarType type) {
    long channels = folded.input().channels();
    long values = patchValues(stem.layer());
    long k = stem.layer().kernel();
    long width = stem.layer().output().channels();
    // Computed on the device, so that nothing is copied there.
    try (PointerScope scope = new PointerScope();
        AutoGradMode noGradients = new AutoGradMode(false)) {
      Tensor ones = torch.eye(channels, values, device.tensor(type));
      Tensor places = torch.arange(new Scalar(channels), device.tensor(ScalarType.Long));
      long[] unused = {width, channels - values - 1};
      return new Constants(
          owner.keep(ones.view(channels, k, k, -1).permute(0, 3, 1, 2)),
          owner.keep(new TensorOptional(places.eq(new Scalar(values)).to(type))),
          owner.keep(torch.zeros(unused, device.tensor(type))));
    }
  }

  /**
   * What patches are cut with, and what fills up the weights.
   *
   * @param cuts [D,3,k,k]: output i is the patch's value i
   * @param one [D]: 1 behind the values
   * @param unused [C,D - 3 k k - 1] zeros
   */
  private record Constants(Tensor cuts, TensorOptional one, Tensor unused) {}
}
