package io.github.cnnevolution.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.data.SyntheticImages;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.device.ProfilerRanges;
import io.github.cnnevolution.space.Fitness;
import io.github.cnnevolution.training.Deadline;
import io.github.cnnevolution.training.Trainer;
import io.github.cnnevolution.training.TrainingRecipe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a search maximises, said by its user. */
class FitnessFunctionTest {
  private static DeviceDataset images;
  private static DeviceDataset validation;

  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
    ImageSet all = SyntheticImages.generate(1, 1, 1).train();
    Normalization normalization = Normalization.of(all);
    images = DeviceDataset.of(all.first(24), normalization, Candidates.cpu(0));
    validation = DeviceDataset.of(all.first(40), normalization, Candidates.cpu(0));
  }

  @AfterAll
  static void close() {
    images.close();
    validation.close();
  }

  /** Named "mine". */
  @FunctionalInterface
  private interface Mine extends FitnessFunction {
    @Override
    default String name() {
      return "mine";
    }
  }

  private static Evaluation evaluate(FitnessFunction fitness) throws InterruptedException {
    TrainingEvaluator evaluator =
        new TrainingEvaluator(
            new Trainer(TrainingRecipe.sgd(Precision.FP32).with(8, 8, 0.05), images),
            validation,
            Optional.empty(),
            TrainedNetworkListener.NONE,
            fitness,
            1,
            () -> Deadline.NONE,
            ProfilerRanges.OFF,
            EvaluationListener.NONE,
            Optional.empty());
    try (EvaluationService service =
        new EvaluationService(
            List.of(Candidates.workers(Candidates.cpu(0), 1, evaluator)),
            EvaluationListener.NONE)) {
      return service.evaluate(Candidates.distinct(1), (chromosome, evaluation) -> {}).get(0);
    }
  }

  @Test
  void theDefaultIsTheAccuracy() throws InterruptedException {
    Evaluation evaluation = evaluate(FitnessFunction.ACCURACY);
    assertTrue(evaluation.fitness() > 0, "has learned nothing");
    assertEquals(evaluation.accuracy().getAsDouble(), evaluation.fitness());
    assertEquals("accuracy", FitnessFunction.ACCURACY.name());
  }

  @Test
  void anAccuracyMinusAPriceMayBeNegative() throws InterruptedException {
    double accuracy = evaluate(FitnessFunction.ACCURACY).fitness();
    Mine mine = candidate -> candidate.accuracy() - candidate.architecture().parameters() / 1e7;
    Evaluation evaluation = evaluate(mine);
    long parameters = evaluation.job().architecture().parameters();
    assertEquals(accuracy - parameters / 1e7, evaluation.fitness());
    assertEquals(accuracy, evaluation.accuracy().getAsDouble());
    assertTrue(evaluation.fitness() < accuracy);
  }

  @ParameterizedTest
  @CsvSource({
    "NaN, fitness mine is NaN; it must be finite and above -1",
    "Infinity, fitness mine is Infinity; it must be finite and above -1",
    "-1, fitness mine is -1.0; it must be finite and above -1"
  })
  void aValueThatIsNoneFailsTheCandidate(double value, String reason) throws InterruptedException {
    Mine mine = candidate -> value;
    Evaluation evaluation = evaluate(mine);
    assertEquals(Fitness.FAILED, evaluation.fitness());
    assertEquals(Optional.of(FailureKind.OTHER), evaluation.failure());
    assertEquals(reason, evaluation.error().orElseThrow());
  }

  /** An exception of its own, and one that would end the search if it were of ours. */
  @Test
  void anExceptionFailsTheCandidate() throws InterruptedException {
    Mine state =
        candidate -> {
          throw new IllegalStateException("no table");
        };
    assertEquals("IllegalStateException: no table", evaluate(state).error().orElseThrow());
    Mine file =
        candidate -> {
          throw new UncheckedIOException("no file", new IOException());
        };
    assertEquals("fitness mine: no file", evaluate(file).error().orElseThrow());
  }

  @Test
  void aForwardPassIsTimed() throws InterruptedException {
    List<Double> seconds = new ArrayList<>();
    Mine mine =
        candidate -> {
          assertThrows(IllegalArgumentException.class, () -> candidate.inferenceSeconds(0, 1));
          assertThrows(IllegalArgumentException.class, () -> candidate.inferenceSeconds(1, 0));
          seconds.add(candidate.inferenceSeconds(1, 4));
          // More than there are validation images.
          seconds.add(candidate.inferenceSeconds(400, 5));
          return candidate.accuracy();
        };
    Evaluation evaluation = evaluate(mine);
    assertEquals(evaluate(FitnessFunction.ACCURACY).fitness(), evaluation.fitness());
    assertTrue(seconds.get(0) > 0);
    // Of 400 times the work at least a tenth is seen, whatever else the machine does.
    assertTrue(seconds.get(1) > 40 * seconds.get(0) / 10, seconds.toString());
  }

  @Test
  void aCandidateCannotBeUsedAfterTheCall() throws InterruptedException {
    List<TrainedCandidate> kept = new ArrayList<>();
    Mine mine =
        candidate -> {
          kept.add(candidate);
          return candidate.accuracy();
        };
    evaluate(mine);
    TrainedCandidate candidate = kept.get(0);
    assertThrows(IllegalStateException.class, candidate::accuracy);
    assertThrows(IllegalStateException.class, candidate::architecture);
    assertThrows(IllegalStateException.class, () -> candidate.inferenceSeconds(1, 1));
  }
}
