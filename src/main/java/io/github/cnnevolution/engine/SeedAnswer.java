package io.github.cnnevolution.engine;

import io.github.cnnevolution.evaluation.FailureKind;
import io.github.cnnevolution.evaluation.FinalTrainingJob;
import io.github.cnnevolution.evaluation.SeedResult;
import java.io.Serializable;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How far a final training has come on an executor; see {@link SeedResult}.
 *
 * @param curve what all epochs so far showed
 * @param failure empty if it did not fail
 * @param error empty if it did not fail
 * @param checkpoints by the number of parts into which batches are split
 * @param weights the file of its weights, after the last epoch; else empty
 */
record SeedAnswer(
    SentCurve curve,
    String failure,
    String error,
    int microBatches,
    double seconds,
    Map<Integer, byte[]> checkpoints,
    SentFile weights)
    implements Serializable {
  /** Copies the map. */
  SeedAnswer {
    checkpoints = new TreeMap<>(checkpoints);
  }

  /** Puts a result into a form that can be sent. */
  static SeedAnswer of(SeedResult result, Map<Integer, byte[]> checkpoints, SentFile weights) {
    return new SeedAnswer(
        SentCurve.of(result.epochs()),
        result.failure().map(FailureKind::name).orElse(""),
        result.error().orElse(""),
        result.microBatches(),
        result.seconds(),
        checkpoints,
        weights);
  }

  /** The result of a job. */
  SeedResult result(FinalTrainingJob job) {
    return new SeedResult(
        job,
        curve.epochs(),
        failure.isEmpty() ? Optional.empty() : Optional.of(FailureKind.valueOf(failure)),
        failure.isEmpty() ? Optional.empty() : Optional.of(error),
        microBatches,
        seconds,
        "");
  }
}
