package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.training.Trainer;
import io.github.cnnevolution.training.TrainingProgress;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Measures how long a forward pass takes on a device, of one image and of {@value #BATCH}: the
 * median of several passes in use, after a warm-up, while no worker trains on the device. Weights
 * make no difference, so networks are measured before their training.
 *
 * <p>A latency is no function of the seed. It is measured once for each network, and stored with
 * its evaluation. Safe to use from many threads.
 */
public final class LatencyMeasurement {
  /** Images of the larger batch. */
  public static final int BATCH = 64;

  private static final int PASSES = 15;
  private static final int PASSES_OF_A_BATCH = 5;

  private final Trainer trainer;
  private final DeviceDataset images;
  private final Optional<Duration> bound;
  private final DeviceGate gate = new DeviceGate();
  private final KnownLatencies known;

  /**
   * A measurement on the device of a trainer.
   *
   * @param images the input; the caller keeps them open
   * @param bound of the latency of one image; networks above it fail
   * @param known to all devices of a run; this one adds what it measures
   */
  public LatencyMeasurement(
      Trainer trainer, DeviceDataset images, Optional<Duration> bound, KnownLatencies known) {
    this.trainer = trainer;
    this.images = images;
    this.bound = bound;
    this.known = known;
  }

  DeviceGate gate() {
    return gate;
  }

  /**
   * Measures a network, unless it was measured before.
   *
   * @throws LatencyBoundException if it is too slow
   */
  void measure(Architecture architecture) throws InterruptedException {
    if (known.of(architecture).isEmpty()) {
      known.add(architecture, gate.quietly(() -> seconds(architecture)));
    }
    double latency = known.of(architecture).orElseThrow().get(Evaluation.LATENCY);
    if (bound.isPresent() && latency > bound.get().toNanos() / 1e9) {
      throw new LatencyBoundException(latency, bound.get());
    }
  }

  private Map<String, Double> seconds(Architecture architecture) throws InterruptedException {
    try (Network network = new Network(architecture, images.device(), 0)) {
      images.device().synchronize();
      Map<String, Double> seconds = new LinkedHashMap<>();
      seconds.put(Evaluation.LATENCY, trainer.inferenceSeconds(network, images, 1, PASSES));
      seconds.put(
          Evaluation.LATENCY_64,
          trainer.inferenceSeconds(network, images, BATCH, PASSES_OF_A_BATCH));
      return Collections.unmodifiableMap(seconds);
    }
  }

  /** Returns an evaluation with the latency of its network, if it has not failed. */
  Evaluation with(Evaluation evaluation) {
    Optional<Map<String, Double>> latency = known.of(evaluation.job().architecture());
    if (latency.isEmpty() || evaluation.isFailed()) {
      return evaluation;
    }
    Map<String, Double> objectives = new LinkedHashMap<>(evaluation.objectives());
    objectives.putAll(latency.get());
    return evaluation.withObjectives(objectives);
  }

  /** A listener that gets evaluations with the latency. */
  public TrainedNetworkListener around(TrainedNetworkListener trained) {
    return (evaluation, network) -> trained.onTrained(with(evaluation), network);
  }

  /** A listener during whose calls a training waits for measurements. */
  public EvaluationListener around(EvaluationListener listener) {
    return EvaluationListener.all(
        List.of(
            listener,
            new EvaluationListener() {
              @Override
              public void onProgress(EvaluationJob job, String worker, TrainingProgress progress) {
                gate.pass();
              }
            }));
  }

  /** An evaluator that measures each network before another evaluator trains it. */
  public CandidateEvaluator around(CandidateEvaluator evaluator) {
    return new LatencyEvaluator(evaluator, this);
  }
}
