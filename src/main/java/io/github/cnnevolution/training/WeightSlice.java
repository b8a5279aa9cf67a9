package io.github.cnnevolution.training;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Some rows of a weight that has a 16-bit copy: part of its first dimension.
 *
 * @param copy the network's 16-bit weight
 * @param master the float32 weight
 * @param states what the optimizer keeps of it
 * @param from the first row
 * @param rows the number of rows
 * @param isWhole whether these are all rows; asked in each step, so it is not left to LibTorch
 */
record WeightSlice(
    Tensor copy, Tensor master, List<Tensor> states, long from, long rows, boolean isWhole) {
  /** Float32 values of a vector. What is left over, the kernel rounds in another way. */
  private static final int VECTOR = 16;

  /**
   * Cuts a weight into slices, at vectors only.
   *
   * @param elements of a slice at most, unless a row has more or rows cannot be cut
   */
  static List<WeightSlice> cut(Tensor copy, Tensor master, List<Tensor> states, int elements) {
    long rows = master.size(0);
    long row = master.numel() / rows;
    long most = row % VECTOR == 0 ? Math.max(1, elements / row) : rows;
    List<WeightSlice> slices = new ArrayList<>();
    for (long from = 0; from < rows; from += most) {
      long some = Math.min(most, rows - from);
      slices.add(new WeightSlice(copy, master, states, from, some, some == rows));
    }
    return slices;
  }

  /** Packs slices, in their order, into pieces of {@code elements} at most. */
  static List<List<WeightSlice>> pack(List<WeightSlice> slices, int elements) {
    List<List<WeightSlice>> pieces = new ArrayList<>();
    long left = 0;
    for (WeightSlice slice : slices) {
      long size = slice.elements();
      if (pieces.isEmpty() || size > left) {
        pieces.add(new ArrayList<>());
        left = elements;
      }
      pieces.get(pieces.size() - 1).add(slice);
      left -= size;
    }
    return pieces;
  }

  /** Returns the number of weights. */
  long elements() {
    return master.numel() / master.size(0) * rows;
  }

  /** Returns these rows of a tensor of the weight's shape. */
  Tensor of(Tensor tensor) {
    return isWhole ? tensor : tensor.narrow(0, from, rows);
  }

  /** Returns these rows of the network's gradient, until it is cleared. */
  Tensor gradient() {
    return of(copy.grad());
  }
}
