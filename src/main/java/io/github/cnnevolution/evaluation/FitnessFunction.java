package io.github.cnnevolution.evaluation;

/**
 * Computes the fitness of a trained candidate, which a search maximises. Used by the workers of all
 * devices, several at a time, so it must be safe to use from many threads.
 */
public interface FitnessFunction {
  /** The fraction of validation images that are classified correctly, in [0, 1]; the default. */
  FitnessFunction ACCURACY =
      new FitnessFunction() {
        @Override
        public String name() {
          return Evaluation.ACCURACY;
        }

        @Override
        public double fitness(TrainedCandidate candidate) {
          return candidate.accuracy();
        }
      };

  /**
   * Returns the name. It identifies the function where results of earlier runs are looked up, so
   * another function needs another name.
   */
  String name();

  /**
   * Returns the fitness of a candidate: higher is better, finite, and above {@link
   * io.github.cnnevolution.space.Fitness#FAILED}. A candidate fails if its fitness is anything
   * else, or if the function throws an exception.
   *
   * @param candidate may be used during the call, on its thread, alone
   */
  double fitness(TrainedCandidate candidate) throws InterruptedException;
}
