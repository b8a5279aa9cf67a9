package io.github.cnnevolution.space;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The shape of one image's activations, without the batch dimension: [C, H, W] or [features].
 *
 * @param dimensions the sizes, each at least 1
 */
public record TensorShape(List<Integer> dimensions) {
  /**
   * Checks and copies the sizes.
   *
   * @throws IllegalArgumentException if there is none, or one is below 1
   */
  public TensorShape {
    dimensions = List.copyOf(dimensions);
    if (dimensions.isEmpty() || dimensions.stream().anyMatch(d -> d < 1)) {
      throw new IllegalArgumentException("shape " + dimensions + " needs sizes of at least 1");
    }
  }

  /** The shape with these sizes. */
  public static TensorShape of(Integer... dimensions) {
    return new TensorShape(Arrays.asList(dimensions));
  }

  /** The first size: channels of an image, or the number of features. */
  public int channels() {
    return dimensions.get(0);
  }

  /** The side of a square [C, H, W] shape. */
  public int side() {
    return dimensions.get(1);
  }

  /** The number of elements. */
  public int elements() {
    return dimensions.stream().reduce(1, Math::multiplyExact);
  }

  /** For instance {@code 64x32x32}. */
  @Override
  public String toString() {
    return dimensions.stream().map(String::valueOf).collect(Collectors.joining("x"));
  }
}
