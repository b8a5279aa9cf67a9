package io.github.cnnevolution.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GeneticParametersTest {
  private static GeneticParameters.Builder builder() {
    return GeneticParameters.builder();
  }

  private static void assertRefused(String message, GeneticParameters.Builder builder) {
    assertEquals(
        message, assertThrows(IllegalArgumentException.class, builder::build).getMessage());
  }

  @Test
  void defaultsAreTheDocumentedOnes() {
    assertEquals(
        new GeneticParameters(10, 20, 20, 3, 0.9, 0.05, 1, 1), GeneticParameters.defaults());
  }

  @Test
  void builderSetsEverySetting() {
    assertEquals(
        new GeneticParameters(7, 8, 21, 4, 0.5, 0.25, 2, -9),
        builder()
            .seed(-9)
            .elitism(2)
            .mutationRate(0.25)
            .crossoverRate(0.5)
            .tournamentSize(4)
            .genomeSize(21)
            .generations(8)
            .populationSize(7)
            .build());
  }

  @Test
  void defaultMutationRateFollowsTheGenomeSize() {
    assertEquals(1.0 / 40, builder().genomeSize(40).build().mutationRate());
    assertEquals(0.0, builder().mutationRate(0).genomeSize(40).build().mutationRate());
  }

  @Test
  void smallestValuesAreAccepted() {
    GeneticParameters smallest = new GeneticParameters(1, 1, 1, 1, 0, 0, 0, 0);
    assertEquals(1, smallest.genomeSize());
  }

  @Test
  void largestRatesElitismAndTournamentAreAccepted() {
    GeneticParameters largest = new GeneticParameters(3, 1, 19, 100, 1, 1, 3, Long.MIN_VALUE);
    assertEquals(3, largest.elitism());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void countsBelowOneAreRefused(int count) {
    String rule = " must be at least 1, but is " + count;
    assertRefused("population size" + rule, builder().populationSize(count));
    assertRefused("generations" + rule, builder().generations(count));
    assertRefused("tournament size" + rule, builder().tournamentSize(count));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void genomesWithoutBitsAreRefused(int size) {
    assertRefused("genome size must be at least 1, but is " + size, builder().genomeSize(size));
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        -Double.MIN_VALUE,
        1.0000000000000002,
        -1
      })
  void ratesOutsideTheirRangeAreRefused(double rate) {
    String rule = " rate must be in [0, 1], but is " + rate;
    assertRefused("crossover" + rule, builder().crossoverRate(rate));
    assertRefused("mutation" + rule, builder().mutationRate(rate));
    assertThrows(IllegalArgumentException.class, () -> new OnePointCrossover(rate));
    assertThrows(IllegalArgumentException.class, () -> new BitFlipMutation(rate));
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "1, -1", "5, 6", "5, -1"})
  void elitismOutsideThePopulationIsRefused(int populationSize, int elitism) {
    assertRefused(
        "elitism must be in [0, population size %d], but is %d".formatted(populationSize, elitism),
        builder().populationSize(populationSize).elitism(elitism));
  }
}
