package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.space.Architecture;

/** One training to be done by a worker. Immutable. */
public interface TrainingJob {
  /**
   * Returns the number of the job, unique in its queue. Jobs count in the order in which they were
   * submitted, which does not depend on workers.
   */
  long id();

  /** Returns the network to train. */
  Architecture architecture();

  /** Returns how long the job takes in comparison with others: FLOPs, for equal epochs. */
  default long work() {
    return architecture().flops();
  }
}
