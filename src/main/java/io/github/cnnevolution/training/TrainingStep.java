package io.github.cnnevolution.training;

import io.github.cnnevolution.data.Batch;
import io.github.cnnevolution.device.ProfilerRanges;
import io.github.cnnevolution.network.Dropout;
import java.util.Optional;
import org.bytedeco.pytorch.IValue;

/** One step of a training, from a batch to new weights. */
@FunctionalInterface
interface TrainingStep {
  /**
   * Computes it, or records its computation.
   *
   * @param rate the learning rate; see {@link StepScalars#learningRate}
   * @param dropout empty: dropout layers pass everything on
   * @param range its phases are marked in
   */
  void run(Batch batch, IValue rate, Optional<Dropout> dropout, ProfilerRanges.Range range);
}
