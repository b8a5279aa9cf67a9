package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.evaluation.FailureKind;
import io.github.cnnevolution.training.EpochMetrics;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * What became of a candidate on an executor; see {@link Evaluation}.
 *
 * @param executor that did it, such as {@code node7/3}
 * @param losses of the epochs
 * @param accuracies of the epochs, on the training images
 * @param failure empty if it did not fail
 * @param error empty if it did not fail
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
    String failure,
    String error,
    List<Double> losses,
    List<Double> accuracies,
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
    losses = List.copyOf(losses);
    accuracies = List.copyOf(accuracies);
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
        evaluation.failure().map(FailureKind::name).orElse(""),
        evaluation.error().orElse(""),
        evaluation.curve().stream().map(EpochMetrics::loss).toList(),
        evaluation.curve().stream().map(EpochMetrics::accuracy).toList(),
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
    List<EpochMetrics> curve = new ArrayList<>();
    for (int i = 0; i < losses.size(); i++) {
      curve.add(new EpochMetrics(losses.get(i), accuracies.get(i)));
    }
    return new Evaluation(
        job,
        fitness,
        objectives,
        trainedFraction,
        OptionalDouble.empty(),
        failure.isEmpty() ? Optional.empty() : Optional.of(FailureKind.valueOf(failure)),
        failure.isEmpty() ? Optional.empty() : Optional.of(error),
        curve,
        trainSeconds,
        imagesPerSecond,
        microBatches,
        worker);
  }
}
