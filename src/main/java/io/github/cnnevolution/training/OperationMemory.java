package io.github.cnnevolution.training;

import java.util.List;

/**
 * What one operation of a network takes, in bytes; all but the parameters for one image.
 *
 * @param inputs the nodes that it reads
 * @param output the node that it makes
 * @param liveBytes its inputs and its output
 * @param savedNodes the nodes whose tensors it keeps for the backward pass
 * @param savedBytes what it keeps besides
 * @param transientBytes what the forward pass needs while it runs
 * @param gradientBytes what the backward pass needs while it runs
 * @param reducedBytes what a kernel that adds up whole planes needs while it runs, as long as that
 *     is no more than {@link #MOST_REDUCED_BYTES} for all images
 * @param weights what its weights take
 */
record OperationMemory(
    List<Integer> inputs,
    int output,
    long liveBytes,
    List<Integer> savedNodes,
    long savedBytes,
    long transientBytes,
    long gradientBytes,
    long reducedBytes,
    WeightMemory weights) {
  /** Seen with LibTorch 2.10 for 132 multiprocessors; each takes its share. */
  private static final long MOST_REDUCED_BYTES = 145L << 20;

  /** An operation that needs no sums of planes. */
  OperationMemory(
      List<Integer> inputs,
      int output,
      long liveBytes,
      List<Integer> savedNodes,
      long savedBytes,
      long transientBytes,
      long gradientBytes,
      WeightMemory weights) {
    this(
        inputs,
        output,
        liveBytes,
        savedNodes,
        savedBytes,
        transientBytes,
        gradientBytes,
        0,
        weights);
  }

  /** What the sums of so many images' planes need. */
  long reducedBytes(long images) {
    return Math.min(images * reducedBytes, MOST_REDUCED_BYTES);
  }

  /**
   * The weights of an operation.
   *
   * @param parameters how many
   * @param castBytes of their copies in the type of the forward pass; 0 if it reads float32
   * @param gradientCopies how many gradients of them the backward pass makes on the way
   */
  record WeightMemory(long parameters, long castBytes, long gradientCopies) {
    static final WeightMemory NONE = new WeightMemory(0, 0, 1);

    /** Gradients are in the type of what the forward pass reads. */
    long gradientBytes() {
      return castBytes > 0 ? castBytes : Float.BYTES * parameters;
    }
  }
}
