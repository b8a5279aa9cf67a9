package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.evaluation.FailureKind;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * What became of a candidate on an executor; see {@link Evaluation}.
 *
 * @param executor that did it, such as {@code node7/3}
 * @param testAccuracy NaN where it was not measured
 * @param failure empty if it did not fail
 * @param error empty if it did not fail
 * @param curve what the epochs showed
 * @param device that trained it
 * @param memoryBytes the estimate of the device memory that it took; 0 where memory is not limited
 * @param weights the file of its weights, if they are wanted; else empty
 * @param checkpoints of its training, if that may go on, by the name of the file
 */
record EvaluateAnswer(
    String executor,
    double fitness,
    Map<String, Double> objectives,
    double trainedFraction,
    double testAccuracy,
    String failure,
    String error,
    SentCurve curve,
    double trainSeconds,
    double imagesPerSecond,
    int microBatches,
    ComputeDevice device,
    long memoryBytes,
    SentFile weights,
    Map<String, byte[]> checkpoints)
    implements Serializable {
  /** Copies the collections. */
  EvaluateAnswer {
    objectives = new LinkedHashMap<>(objectives);
    checkpoints = new TreeMap<>(checkpoints);
  }

  /** Puts an evaluation into a form that can be sent. */
  static EvaluateAnswer of(
      String executor,
      Evaluation evaluation,
      ComputeDevice device,
      long memoryBytes,
      SentFile weights,
      Map<String, byte[]> checkpoints) {
    return new EvaluateAnswer(
        executor,
        evaluation.fitness(),
        evaluation.objectives(),
        evaluation.trainedFraction(),
        evaluation.testAccuracy().orElse(Double.NaN),
        evaluation.failure().map(FailureKind::name).orElse(""),
        evaluation.error().orElse(""),
        SentCurve.of(evaluation.curve()),
        evaluation.trainSeconds(),
        evaluation.imagesPerSecond(),
        evaluation.microBatches(),
        device,
        memoryBytes,
        weights,
        checkpoints);
  }

  /**
   * The evaluation of a job.
   *
   * @param worker that did it
   */
  Evaluation evaluation(EvaluationJob job, String worker) {
    return new Evaluation(
        job,
        fitness,
        objectives,
        trainedFraction,
        Double.isNaN(testAccuracy) ? OptionalDouble.empty() : OptionalDouble.of(testAccuracy),
        failure.isEmpty() ? Optional.empty() : Optional.of(FailureKind.valueOf(failure)),
        failure.isEmpty() ? Optional.empty() : Optional.of(error),
        curve.epochs(),
        trainSeconds,
        imagesPerSecond,
        microBatches,
        worker);
  }
}
