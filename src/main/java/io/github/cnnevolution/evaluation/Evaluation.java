package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.space.Fitness;
import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.EpochMetrics;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What became of a job.
 *
 * @param job the job that was done
 * @param fitness what the search maximises: the validation accuracy, unless the user brings a
 *     fitness function; or {@link Fitness#FAILED}
 * @param objectives what was measured, by name: {@value #ACCURACY}, the validation accuracy in [0,
 *     1], first; empty exactly when the training failed
 * @param trainedFraction the part of the training that was done, in [0, 1]; 1 is the whole
 * @param testAccuracy accuracy on the test images, where it was asked for
 * @param failure the kind of its failure; empty exactly when it did not fail
 * @param error why it failed, in one line; empty exactly when it did not
 * @param curve what each epoch of the training showed
 * @param trainSeconds wall time of the training loop
 * @param imagesPerSecond of the training loop alone
 * @param microBatches into how many parts each batch was split, 1 unless memory was short; more
 *     change the result a little
 * @param worker the name of the worker that did it
 */
public record Evaluation(
    EvaluationJob job,
    double fitness,
    Map<String, Double> objectives,
    double trainedFraction,
    OptionalDouble testAccuracy,
    Optional<FailureKind> failure,
    Optional<String> error,
    List<EpochMetrics> curve,
    double trainSeconds,
    double imagesPerSecond,
    int microBatches,
    String worker) {
  /** The name of the validation accuracy among the objectives. */
  public static final String ACCURACY = "accuracy";

  /** The name of the latency of one image, in seconds, among the objectives. */
  public static final String LATENCY = "latency";

  /** The name of the latency of {@value LatencyMeasurement#BATCH} images, in seconds. */
  public static final String LATENCY_64 = "latency64";

  /**
   * The best first: higher fitness, then the job asked for earlier. A total order that does not
   * depend on the workers, so that the best of a run does not either.
   */
  public static final Comparator<Evaluation> BEST_FIRST =
      Comparator.comparingDouble(Evaluation::fitness)
          .reversed()
          .thenComparingLong(evaluation -> evaluation.job().id());

  /**
   * Copies the curve and checks that fitness and error fit together.
   *
   * @throws IllegalArgumentException if a failure has no reason, or the fitness is not valid
   */
  public Evaluation {
    curve = List.copyOf(curve);
    objectives = Collections.unmodifiableMap(new LinkedHashMap<>(objectives));
    if (!(trainedFraction >= 0 && trainedFraction <= 1)) {
      throw new IllegalArgumentException(
          "the part of the training must be in [0, 1], but is " + trainedFraction);
    }
    if (failure.isPresent() != error.isPresent()) {
      throw new IllegalArgumentException(Text.format("failure %s with error %s", failure, error));
    }
    if (error.isPresent() ? fitness != Fitness.FAILED : !Fitness.isValid(fitness)) {
      throw new IllegalArgumentException(Text.format("fitness %s with error %s", fitness, error));
    }
  }

  /** A job that failed, with its reason in one line. */
  public static Evaluation failed(
      EvaluationJob job, FailureKind kind, String reason, String worker) {
    return new Evaluation(
        job,
        Fitness.FAILED,
        Map.of(),
        0,
        OptionalDouble.empty(),
        Optional.of(kind),
        Optional.of(reason),
        List.of(),
        0,
        0,
        1,
        worker);
  }

  /** The evaluation of a job that was done, whose fitness is its validation accuracy. */
  public static Evaluation ofAccuracy(
      EvaluationJob job,
      double accuracy,
      List<EpochMetrics> curve,
      double trainSeconds,
      double imagesPerSecond,
      int microBatches,
      String worker) {
    return new Evaluation(
        job,
        accuracy,
        Map.of(ACCURACY, accuracy),
        job.fraction(),
        OptionalDouble.empty(),
        Optional.empty(),
        Optional.empty(),
        curve,
        trainSeconds,
        imagesPerSecond,
        microBatches,
        worker);
  }

  /** Returns this evaluation with other objectives. */
  public Evaluation withObjectives(Map<String, Double> others) {
    return new Evaluation(
        job,
        fitness,
        others,
        trainedFraction,
        testAccuracy,
        failure,
        error,
        curve,
        trainSeconds,
        imagesPerSecond,
        microBatches,
        worker);
  }

  /** The validation accuracy in [0, 1]; empty if the training failed. */
  public OptionalDouble accuracy() {
    return objectives.containsKey(ACCURACY)
        ? OptionalDouble.of(objectives.get(ACCURACY))
        : OptionalDouble.empty();
  }

  /**
   * Whether it shows a network before the end of its training, so that it must not be compared with
   * others; not a failure.
   */
  public boolean isPart() {
    return !isFailed() && trainedFraction < 1;
  }

  /** Whether the training failed. */
  public boolean isFailed() {
    return error.isPresent();
  }
}
