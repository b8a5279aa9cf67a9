package io.github.cnnevolution.network;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.NativeOwner;
import io.github.cnnevolution.genome.Layer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
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
 * image with 3 channels; the wide tensor between them need not exist, nor its gradient, the most
 * expensive part of many networks. Both layers' parameters are trained as ever: the chain rule goes
 * through the product of their weights, which is the same function and has the same gradients, but
 * for rounding (Guo et al. 2020, arXiv:1811.10495, put linear layers together after training; here
 * it is in each step). There are two forms:
 *
 * <ul>
 *   <li>Where the second convolution pads nothing, both are one of kernel 2k - 1.
 *   <li>Where it pads, what it meets outside is 0, and not what the stem would make of the image's
 *       edge. So it reads patches instead: each pixel with its surroundings that the stem reads, as
 *       3 k k channels, and one that is 1 for the stem's bias. Outside all of them are 0, as the
 *       stem's output is. It pays where patches have fewer channels than that.
 * </ul>
 *
 * <p>Patches are cut by a convolution with weights of 0 and 1, which is exact, one launch, and
 * needs no gradient. Not thread-safe: it belongs to its network.
 */
final class FoldedStem implements Network.Step {
  // Of 16-bit values kernels take 16 channels at once.
  private static final int CHANNELS_AT_ONCE = 16;

  private final ConvolutionStep stem;
  private final ConvolutionStep next;
  private final ComputeDevice device;
  private final NativeOwner owner;
  private final Map<ScalarType, PatchCutter> cutters = new EnumMap<>(ScalarType.class);

  /**
   * Both steps as one.
   *
   * @param owner keeps what outlives a step; closed with the network
   */
  FoldedStem(ConvolutionStep stem, ConvolutionStep next, ComputeDevice device, NativeOwner owner) {
    this.stem = stem;
    this.next = next;
    this.device = device;
    this.owner = owner;
  }

  /**
   * Whether one convolution takes fewer multiply-adds than two: a training computes each thrice,
   * but what reads images needs no gradient for them, and what cuts patches none at all.
   */
  static boolean pays(Layer.Convolution stem, Layer.Convolution next) {
    long apart = 2 * stem.flops() + 3 * next.flops();
    return 2 * foldedFlops(stem, next) + cuttingFlops(stem, next) < apart;
  }

  private static long foldedFlops(Layer.Convolution stem, Layer.Convolution next) {
    int inputs = next.input().channels();
    return next.padding().isNone()
        ? 2L * stem.input().channels() * square(bothKernels(stem, next)) * next.output().elements()
        : next.flops() / inputs * patchChannels(stem);
  }

  private static long cuttingFlops(Layer.Convolution stem, Layer.Convolution next) {
    return next.padding().isNone()
        ? 0
        : stem.flops() / stem.output().channels() * patchChannels(stem);
  }

  private static int bothKernels(Layer.Convolution stem, Layer.Convolution next) {
    return stem.kernel() + next.kernel() - 1;
  }

  private static int patchValues(Layer.Convolution stem) {
    return stem.input().channels() * square(stem.kernel());
  }

  /** The patch, a 1, and zeros up to what is computed at once. */
  private static int patchChannels(Layer.Convolution stem) {
    int needed = patchValues(stem) + 1;
    return (needed + CHANNELS_AT_ONCE - 1) / CHANNELS_AT_ONCE * CHANNELS_AT_ONCE;
  }

  private static int square(int side) {
    return side * side;
  }

  @Override
  public Tensor apply(Tensor images, Optional<Dropout> dropout) {
    // Cast here, before anything is copied; what stays float32 is cast by autocast.
    Tensor x = images.to(stem.weight().scalar_type());
    return next.layer().padding().isNone() ? wholly(x) : overPatches(x);
  }

  /** One convolution of the images: the weights of the second, convolved with the stem's. */
  private Tensor wholly(Tensor x) {
    Tensor weight = torch.conv_transpose2d(next.weight(), stem.weight());
    Tensor shift =
        next.weight().sum(new long[] {2, 3}).mv(stem.bias().get()).add(next.bias().get());
    return ConvolutionStep.convolve(
        x,
        stem.layer().padding(),
        weight.contiguous(MemoryFormat.ChannelsLast),
        new TensorOptional(shift),
        next.layer().stride());
  }

  /** The second convolution over patches: its weights times the stem's, a matrix product. */
  private Tensor overPatches(Tensor x) {
    ScalarType type = stem.weight().scalar_type().intern();
    Tensor patches = cutters.computeIfAbsent(type, this::cutter).apply(x);
    long k = next.layer().kernel();
    long width = stem.layer().output().channels();
    long outputs = next.layer().output().channels();
    Tensor values = stem.weight().permute(0, 2, 3, 1).reshape(width, -1);
    Tensor both = torch.cat(new TensorVector(values, stem.bias().get().view(width, 1)), 1);
    long unused = patchChannels(stem.layer()) - both.size(1);
    Tensor weight =
        next.weight()
            .permute(0, 2, 3, 1)
            .reshape(outputs * k * k, width)
            .mm(torch.constant_pad_nd(both, 0, unused))
            .view(outputs, k, k, -1)
            .permute(0, 3, 1, 2);
    return ConvolutionStep.convolve(
        patches, next.layer().padding(), weight, next.bias(), next.layer().stride());
  }

  private PatchCutter cutter(ScalarType type) {
    int channels = patchChannels(stem.layer());
    int values = patchValues(stem.layer());
    int k = stem.layer().kernel();
    try (AutoGradMode noGradients = new AutoGradMode(false)) {
      // Row i is 1 at value i: made on the device, so that nothing is copied there.
      Tensor cuts =
          torch
              .eye(channels, values, device.tensor(type))
              .view(channels, k, k, -1)
              .permute(0, 3, 1, 2);
      Tensor constant =
          torch.arange(new Scalar(channels), device.tensor(ScalarType.Long)).eq(new Scalar(values));
      return new PatchCutter(
          stem.layer(), owner.keep(cuts), owner.keep(new TensorOptional(constant.to(type))));
    }
  }

  /**
   * Cuts patches out of images.
   *
   * @param cuts [D,3,k,k], a single 1 in each of the first 3 k k
   * @param constant [D], 1 at 3 k k
   */
  private record PatchCutter(Layer.Convolution stem, Tensor cuts, TensorOptional constant) {
    /** Patches, [N,D,32,32], of images, [N,3,32,32]. */
    Tensor apply(Tensor images) {
      return ConvolutionStep.convolve(images, stem.padding(), cuts, constant, stem.stride());
    }
  }
}
