package io.github.cnnevolution.network;

import io.github.cnnevolution.space.Layer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/**
 * A convolution whose output has four pixels at most, as matrix products: one pixel is a linear
 * function of the pixels that it reads, without those of the padding. Of a 3 x 3 kernel on a side
 * of 2 only four of nine weights meet the image in each place, so that this is 4/9 of the work.
 *
 * @param weight [C_out,C_in,k,k], channels_last
 */
record FewPixels(Layer.Convolution layer, Tensor weight) implements Step {
  private static final int MOST_PIXELS_A_SIDE = 2;

  /**
   * Whether a layer is computed like this: each pixel of its output must read some of the image.
   */
  static boolean fits(Layer.Convolution layer) {
    return layer.groups() == 1
        && layer.output().side() <= MOST_PIXELS_A_SIDE
        && layer.effectiveKernel().count() > 1
        && spans(layer).allMatch(span -> span.count > 0);
  }

  private static Stream<Span> spans(Layer.Convolution layer) {
    return IntStream.range(0, layer.output().side()).mapToObj(place -> span(layer, place));
  }

  /** The rows or columns that a place of the output reads, and the weights that meet them. */
  private record Span(int first, int firstTap, int count) {}

  private static Span span(Layer.Convolution layer, int place) {
    int start = place * layer.stride() - layer.padding().before();
    int first = Math.max(0, start);
    int end = Math.min(layer.input().side(), start + layer.kernel());
    return new Span(first, first - start, end - first);
  }

  @Override
  public Tensor apply(Pass pass, Tensor... inputs) {
    int side = layer.output().side();
    boolean all = spans(layer).allMatch(span -> span.count == layer.input().side());
    Tensor x = inputs[0].contiguous(MemoryFormat.ChannelsLast);
    TensorVector kernels = new TensorVector();
    TensorVector pixels = new TensorVector();
    for (int place = 0; place < side * side; place++) {
      Span rows = span(layer, place / side);
      Span columns = span(layer, place % side);
      Tensor kernel = part(weight, rows.firstTap, columns.firstTap, rows, columns);
      if (all) {
        kernels.push_back(kernel);
      } else {
        Tensor patch = part(x, rows.first, columns.first, rows, columns);
        pixels.push_back(torch.linear(flat(patch), flat(kernel)));
      }
    }
    Tensor made =
        all
            ? torch.linear(flat(x.permute(0, 2, 3, 1)), flat(torch.cat(kernels)))
            : torch.stack(pixels, 1);
    return made.view(x.size(0), side, side, -1).permute(0, 3, 1, 2);
  }

  /** A view of part of a channels_last tensor with channels last: [N,rows,columns,C]. */
  private static Tensor part(Tensor x, int row, int column, Span rows, Span columns) {
    long[] strides = x.strides().vec().get();
    long[] shape = {x.size(0), rows.count, columns.count, x.size(1)};
    long[] steps = {strides[0], strides[2], strides[3], strides[1]};
    long first = x.storage_offset() + row * strides[2] + column * strides[3];
    return x.as_strided(shape, steps, new LongOptional(first));
  }

  private static Tensor flat(Tensor x) {
    return x.reshape(x.size(0), -1);
  }
}
