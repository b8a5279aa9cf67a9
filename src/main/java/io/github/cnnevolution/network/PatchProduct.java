package io.github.cnnevolution.network;

import io.github.cnnevolution.space.Layer;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A convolution as one matrix product: the patches that its pixels read, times the weights (im2col,
 * Chellapilla et al. 2006, "High Performance Convolutional Neural Networks for Document
 * Processing").
 *
 * @param plain the same convolution in its own form, without a bias
 */
record PatchProduct(ConvolutionStep plain) implements Step {
  private static final int MOST_PIXELS_A_SIDE = 4;

  /** With fewer weights, copying the patches takes longer than the product saves. */
  private static final long FEWEST_WEIGHTS = 640_000;

  /**
   * Whether a layer is faster like this where the processor multiplies tiles of matrices. There
   * oneDNN computes the gradients of few pixels at a tenth of the speed of a matrix product.
   */
  static boolean fits(Layer.Convolution layer) {
    long taps = layer.effectiveKernel().count();
    return layer.groups() == 1
        && !layer.bias()
        && taps > 1
        && layer.output().side() <= MOST_PIXELS_A_SIDE
        && taps * taps * layer.input().channels() * layer.output().channels() >= FEWEST_WEIGHTS
        && !FewPixels.fits(layer);
  }

  /** The values of the patches of one image. */
  static long patchElements(Layer.Convolution layer) {
    long taps = layer.effectiveKernel().count();
    long pixels = (long) layer.output().side() * layer.output().side();
    return pixels * taps * taps * layer.input().channels();
  }

  @Override
  public Tensor apply(Pass pass, Tensor... inputs) {
    Tensor x = inputs[0];
    Layer.Convolution layer = plain.layer();
    Layer.Padding zeros = plain.padding();
    Tensor weight = plain.usedWeight();
    long before = zeros.before();
    long after = zeros.after();
    // [N,H,W,C], as its memory is.
    Tensor padded =
        torch.constant_pad_nd(x.permute(0, 2, 3, 1), 0, 0, before, after, before, after);
    TensorVector taps = new TensorVector();
    for (long row = 0; row < weight.size(2); row++) {
      Tensor rows = met(padded, 1, row);
      for (long column = 0; column < weight.size(3); column++) {
        taps.push_back(met(rows, 2, column));
      }
    }
    long side = layer.output().side();
    Tensor patches = torch.cat(taps, 3).view(x.size(0) * side * side, -1);
    Tensor weights = weight.permute(0, 2, 3, 1).reshape(weight.size(0), -1);
    return torch.linear(patches, weights).view(x.size(0), side, side, -1).permute(0, 3, 1, 2);
  }

  /** The rows or columns that one of the weights meets: as many as the output has, by stride. */
  private Tensor met(Tensor x, int dimension, long first) {
    int stride = plain.layer().stride();
    long end = first + (long) stride * (plain.layer().output().side() - 1) + 1;
    return x.slice(dimension, new LongOptional(first), new LongOptional(end), stride);
  }
}
