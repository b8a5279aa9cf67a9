package io.github.cnnevolution.evaluation;

/** What a search maximises. */
public interface FitnessFunction {
  /** The validation accuracy. */
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

  String name();

  double fitness(TrainedCandidate candidate);
}
