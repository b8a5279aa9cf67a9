package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.training.EpochMetrics;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What became of a job.
 *
 * @param job what was asked for
 * @param fitness validation accuracy in [0, 1], or {@link #FAILED}
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
    OptionalDouble testAccuracy,
    Optional<FailureKind> failure,
    Optional<String> error,
    List<EpochMetrics> curve,
    double trainSeconds,
    double imagesPerSecond,
    int microBatches,
    String worker) {
  /** The fitness of a candidate whose training failed: below every accuracy. */
  public static final double FAILED = -1;

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
   * @throws IllegalArgumentException if a failure has no reason, or the fitness is neither an
   *     accuracy nor -1
   */
  public Evaluation {
    curve = List.copyOf(curve);
    if (failure.isPresent() != error.isPresent()) {
      throw new IllegalArgumentException("failure %s with error %s".formatted(failure, error));
    }
    if (error.isPresent() ? fitness != FAILED : !(fitness >= 0 && fitness <= 1)) {
      throw new IllegalArgumentException("fitness %s with error %s".formatted(fitness, error));
    }
  }

  /** A job that failed, with its reason in one line. */
  public static Evaluation failed(
      EvaluationJob job, FailureKind kind, String reason, String worker) {
    return new Evaluation(
        job,
        FAILED,
        OptionalDouble.empty(),
        Optional.of(kind),
        Optional.of(reason),
        List.of(),
        0,
        0,
        1,
        worker);
  }

  /** Whether the training failed. */
  public boolean isFailed() {
    return error.isPresent();
  }
}
