package io.github.cnnevolution.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.space.Fitness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class IndividualTest {
  private static Individual of(double fitness) {
    return new Individual(Chromosomes.zeros(20), fitness);
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        -1.0000000000000002,
        -1.5,
        -2
      })
  void fitnessOutsideItsRangeIsRefused(double fitness) {
    assertEquals(
        "fitness must be finite and above -1, or -1 for a failure, but is " + fitness,
        assertThrows(IllegalArgumentException.class, () -> of(fitness)).getMessage());
  }

  /** An accuracy minus a price may be below 0, a score of one's own above 1. */
  @ParameterizedTest
  @ValueSource(
      doubles = {
        -0.9999999999999999,
        -0.5,
        -Double.MIN_VALUE,
        1.0000000000000002,
        Double.MAX_VALUE
      })
  void anyFiniteFitnessAboveAFailureIsAccepted(double fitness) {
    Individual individual = of(fitness);
    assertEquals(fitness, individual.fitness());
    assertFalse(individual.failed());
    assertTrue(individual.fitterThan(of(Fitness.FAILED)));
  }

  @Test
  void missingChromosomeIsRefused() {
    assertThrows(NullPointerException.class, () -> new Individual(null, 0.5));
  }

  @Test
  void failureIsBelowTheWorstTrainedOne() {
    assertTrue(of(Fitness.FAILED).failed());
    assertFalse(of(0).failed());
    assertFalse(of(1).failed());
    assertTrue(of(0).fitterThan(of(Fitness.FAILED)));
    assertFalse(of(Fitness.FAILED).fitterThan(of(0)));
  }

  @Test
  void equalsAreNotFitterThanEachOther() {
    assertFalse(of(0.5).fitterThan(of(0.5)));
    assertFalse(of(Fitness.FAILED).fitterThan(of(Fitness.FAILED)));
  }
}
