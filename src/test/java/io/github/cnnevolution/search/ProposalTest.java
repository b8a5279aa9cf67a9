package io.github.cnnevolution.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.Fitness;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ProposalTest {
  private static final Chromosome ZEROS = Chromosomes.zeros(20);

  private static void assertRefused(String message, Executable maker) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, maker).getMessage());
  }

  @Test
  void parentsComeBeforeTheirChild() {
    assertEquals(List.of(1L, 2L), new Proposal(3, 1, ZEROS, "x", List.of(1L, 2L)).parents());
    assertRefused(
        "proposal 3: parent 3 is not in [0, 3)",
        () -> new Proposal(3, 1, ZEROS, "x", List.of(1L, 3L)));
    assertRefused(
        "proposal 3: parent -1 is not in [0, 3)",
        () -> new Proposal(3, 1, ZEROS, "x", List.of(-1L)));
  }

  @Test
  void numbersAreNotNegativeAndOperatorsHaveNames() {
    assertRefused(
        "index of a proposal must be at least 0, but is -1",
        () -> new Proposal(-1, 0, ZEROS, "x", List.of()));
    assertRefused(
        "generation of a proposal must be at least 0, but is -1",
        () -> new Proposal(0, -1, ZEROS, "x", List.of()));
    assertRefused(
        "proposal 4: its operator has no name", () -> new Proposal(4, 0, ZEROS, " ", List.of()));
    assertThrows(NullPointerException.class, () -> new Proposal(0, 0, null, "x", List.of()));
    assertRefused("index of a proposal must be at least 0, but is -1", () -> Outcome.of(-1, 0.5));
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -1.5, -2})
  void aFitnessOutsideItsRangeIsRefused(double fitness) {
    assertRefused(
        "fitness must be finite and above -1, or -1 for a failure, but is " + fitness,
        () -> Outcome.of(7, fitness));
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void objectivesAreFinite(double value) {
    assertRefused(
        "proposal 7: objective latency must be finite, but is " + value,
        () -> new Outcome(7, 0.5, Map.of("latency", value), 1));
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, -Double.MIN_VALUE, 1.0000000000000002})
  void aFractionOutsideItsRangeIsRefused(double fraction) {
    assertRefused(
        "trained fraction must be in [0, 1], but is " + fraction,
        () -> new Outcome(7, 0.5, Map.of(), fraction));
  }

  @Test
  void objectivesKeepTheirOrderAndCannotBeChanged() {
    Map<String, Double> objectives = new LinkedHashMap<>();
    objectives.put("z", 1.0);
    objectives.put("a", 2.0);
    Outcome outcome = new Outcome(0, 0.5, objectives, 0.2);
    objectives.put("m", 3.0);
    assertEquals(List.of("z", "a"), List.copyOf(outcome.objectives().keySet()));
    assertThrows(UnsupportedOperationException.class, () -> outcome.objectives().put("m", 3.0));
  }

  @Test
  void nothingOfAFailureWasTrained() {
    assertTrue(Outcome.of(0, Fitness.FAILED).failed());
    assertEquals(0, Outcome.of(0, Fitness.FAILED).trainedFraction());
    assertFalse(Outcome.of(0, 0).failed());
    assertEquals(1, Outcome.of(0, 0).trainedFraction());
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -0.2, 1.0000000000000002, Double.NaN})
  void aPartOfATrainingOutsideItsRangeIsRefused(double fraction) {
    assertRefused(
        "proposal 3: fraction " + fraction + " is not in (0, 1]",
        () ->
            new Proposal(
                3, 0, new Chromosome("01"), "random", List.of(), fraction, OptionalDouble.empty()));
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.NEGATIVE_INFINITY})
  void aPredictionIsFinite(double prediction) {
    assertRefused(
        "proposal 3: its prediction is not finite",
        () ->
            new Proposal(
                3, 0, new Chromosome("01"), "random", List.of(), 1, OptionalDouble.of(prediction)));
  }
}
