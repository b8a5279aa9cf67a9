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
    WeightMemory weights) {
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
