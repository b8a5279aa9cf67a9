package io.github.cnnevolution.network;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** One operation of the forward pass. */
@FunctionalInterface
interface Step {
  /**
   * What a forward pass is for.
   *
   * @param training whether normalisations use the statistics of the batch, and update theirs
   * @param dropout draws the masks; empty: dropout layers pass everything on
   */
  record Pass(boolean training, Optional<Dropout> dropout) {}

  /**
   * Applies the operation.
   *
   * @param inputs what it reads, [N,...] each
   * @return a new tensor, or the very object of an input where there is nothing to do or the step
   *     works in place
   */
  Tensor apply(Pass pass, Tensor... inputs);
}
