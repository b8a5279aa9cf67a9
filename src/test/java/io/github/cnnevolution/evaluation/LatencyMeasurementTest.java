package io.github.cnnevolution.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.data.SyntheticImages;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.device.ProfilerRanges;
import io.github.cnnevolution.space.PlainNetworks;
import io.github.cnnevolution.training.Deadline;
import io.github.cnnevolution.training.Trainer;
import io.github.cnnevolution.training.TrainingRecipe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** With real networks on the processor. */
class LatencyMeasurementTest {
  private static DeviceDataset images;
  private static Trainer trainer;

  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
    ImageSet some = SyntheticImages.generate(1, 1, 1).train().first(60);
    images = DeviceDataset.of(some, Normalization.of(some), Devices.cpu());
    trainer = new Trainer(TrainingRecipe.sgd(Precision.FP32).with(1, 20, 0.05), images);
  }

  @AfterAll
  static void free() {
    images.close();
  }

  private static TrainingEvaluator evaluator(
      TrainedNetworkListener trained, EvaluationListener listener) {
    return new TrainingEvaluator(
        trainer,
        images,
        Optional.empty(),
        trained,
        1,
        () -> Deadline.NONE,
        ProfilerRanges.OFF,
        listener);
  }

  private static LatencyMeasurement measurement(Optional<Duration> bound) {
    return new LatencyMeasurement(trainer, images, bound, new KnownLatencies());
  }

  /**
   * Sixty-four times the work of a network of middle size: no pause of a busy machine is as long.
   */
  @Test
  void aBatchTakesLongerThanAnImage() throws Exception {
    LatencyMeasurement latency = measurement(Optional.empty());
    List<Integer> bySize =
        IntStream.range(0, PlainNetworks.all().size())
            .boxed()
            .sorted(Comparator.comparingLong(i -> PlainNetworks.all().get(i).flops()))
            .toList();
    EvaluationJob job = Candidates.job(0, bySize.get(bySize.size() / 2));
    latency.measure(job.architecture());
    Map<String, Double> objectives = latency.with(Candidates.success(job, "cpu-0", 1)).objectives();
    assertTrue(objectives.get("latency64") > objectives.get("latency"), objectives.toString());
  }

  @Test
  void aNetworkIsMeasuredOnceAndTrainedAsEver() throws Exception {
    LatencyMeasurement latency = measurement(Optional.empty());
    List<Evaluation> trained = new ArrayList<>();
    CandidateEvaluator measuring =
        latency.around(
            evaluator(
                latency.around((evaluation, network) -> trained.add(evaluation)),
                latency.around(EvaluationListener.NONE)));
    EvaluationJob job = Candidates.job(0, 3);
    Evaluation first = measuring.evaluate(job, "cpu-0", 1);
    Map<String, Double> objectives = first.objectives();
    assertEquals(List.of(first), trained, "what is kept has the latency too");
    assertTrue(objectives.get("latency") > 0);
    assertTrue(objectives.get("latency64") > 0);
    assertEquals(objectives, measuring.evaluate(job, "cpu-0", 1).objectives());
    Evaluation plain =
        evaluator(TrainedNetworkListener.NONE, EvaluationListener.NONE).evaluate(job, "cpu-0", 1);
    assertEquals(plain.fitness(), first.fitness());
    assertEquals(plain.curve(), first.curve());
    assertEquals(plain.accuracy(), first.accuracy());
  }

  /** Another device or an earlier process has measured it; a failure says nothing. */
  @Test
  void whatIsKnownIsNotMeasuredAgain() throws Exception {
    KnownLatencies latencies = new KnownLatencies();
    LatencyMeasurement latency =
        new LatencyMeasurement(trainer, images, Optional.empty(), latencies);
    EvaluationJob job = Candidates.job(0, 3);
    Map<String, Double> known = Map.of("accuracy", 0.5, "latency", 12.5, "latency64", 99.5);
    latencies.onFound(Candidates.success(job, "gpu1-0", 1).withObjectives(known));
    EvaluationJob other = Candidates.job(1, 4);
    latencies.onEnd(Candidates.success(other, "gpu1-0", 1).withObjectives(known));
    EvaluationJob third = Candidates.job(2, 5);
    latencies.onEnd(Candidates.success(third, "gpu1-0", 1));
    CandidateEvaluator measuring =
        latency.around(
            (CandidateEvaluator) (any, worker, parts) -> Candidates.success(any, worker, parts));
    for (EvaluationJob one : List.of(job, other)) {
      Map<String, Double> objectives = measuring.evaluate(one, "cpu-0", 1).objectives();
      assertEquals(12.5, objectives.get("latency"));
      assertEquals(99.5, objectives.get("latency64"));
      assertTrue(objectives.get("accuracy") != 0.5, "the accuracy is its own");
    }
    assertTrue(measuring.evaluate(third, "cpu-0", 1).objectives().get("latency") < 12);
  }

  @Test
  void aNetworkAboveTheBoundIsNotTrained() {
    LatencyMeasurement latency = measurement(Optional.of(Duration.ofNanos(2_000)));
    CandidateEvaluator measuring =
        latency.around(
            (CandidateEvaluator)
                (job, worker, parts) -> {
                  throw new AssertionError("it is trained");
                });
    LatencyBoundException slow =
        assertThrows(
            LatencyBoundException.class,
            () -> measuring.evaluate(Candidates.job(0, 3), "cpu-0", 1));
    assertTrue(
        slow.getMessage()
            .matches(
                "not trained: its latency of [0-9.]+ ms for one image is above the bound of 0.002 ms"),
        slow.getMessage());
    assertEquals(FailureKind.LATENCY, FailureKind.of(slow));
    assertEquals(slow.getMessage(), FailureReason.of(slow));
    assertTrue(FailureKind.LATENCY.countsAfterResume());
    assertFalse(FailureKind.LATENCY.countsElsewhere());
  }

  @Test
  void workersMeasureBesideTrainings() throws Exception {
    LatencyMeasurement latency = measurement(Optional.empty());
    CandidateEvaluator measuring =
        latency.around(
            evaluator(TrainedNetworkListener.NONE, latency.around(EvaluationListener.NONE)));
    try (EvaluationService service =
        new EvaluationService(
            List.of(Candidates.workers(Devices.cpu(), 3, measuring)), EvaluationListener.NONE)) {
      for (Evaluation evaluation : service.evaluate(Candidates.distinct(6), (c, e) -> {})) {
        assertEquals(Optional.empty(), evaluation.error());
        assertTrue(evaluation.objectives().containsKey("latency64"));
      }
    }
  }
}
