package io.github.cnnevolution.evaluation;

/** Temporary. */
public record TrainedCandidate(double accuracy) {
  public double inferenceSeconds(int batch, int repetitions) {
    return 0.001;
  }
}
