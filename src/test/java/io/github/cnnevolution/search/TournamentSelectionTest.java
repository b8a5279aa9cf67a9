package io.github.cnnevolution.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.space.Fitness;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TournamentSelectionTest {
  private static final int DRAWS = 60_000;

  /** How often each position of {@code population} was selected. */
  private static long[] count(int tournamentSize, Generation population) {
    TournamentSelection selection = new TournamentSelection(tournamentSize);
    RandomGenerator random = Generators.seeded(tournamentSize);
    long[] counts = new long[population.individuals().size()];
    for (int i = 0; i < DRAWS; i++) {
      Individual selected = selection.select(population.individuals(), random);
      counts[selected.chromosome().field(0, 20)]++;
    }
    return counts;
  }

  @ParameterizedTest
  @CsvSource({"6, 1", "6, 2", "6, 3", "6, 4", "3, 2", "3, 6"})
  void winnersFollowTheClosedFormByRank(int n, int t) {
    double[] fitness = new double[n];
    double[] p = new double[n];
    for (int position = 0; position < n; position++) {
      // The best sits in the middle, so that no rank follows from a position.
      int rank = 1 + (position + n / 2) % n;
      fitness[position] = 1.0 / rank;
      p[position] = (Math.pow(n - rank + 1, t) - Math.pow(n - rank, t)) / Math.pow(n, t);
    }
    Distributions.assertChiSquare(
        "tournament of %d among %d".formatted(t, n), p, count(t, GenerationTest.of(fitness)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 20})
  void equalsAreChosenUniformly(int t) {
    Generation equals = GenerationTest.of(0.5, 0.5, 0.5, 0.5, 0.5, 0.5);
    Distributions.assertChiSquare("equals", Distributions.uniform(6), count(t, equals));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5, 10})
  void selectionBeatsUniformChoice(int t) {
    double[] fitness = {0.1, 0.4, 0.2, -1, 0.4, 0.3, 0.9};
    long[] counts = count(t, GenerationTest.of(fitness));
    double selected = 0;
    double uniform = 0;
    double square = 0;
    for (int i = 0; i < fitness.length; i++) {
      selected += fitness[i] * counts[i] / DRAWS;
      uniform += fitness[i] / fitness.length;
      square += fitness[i] * fitness[i] / fitness.length;
    }
    // Six standard errors of the uniform mean: one-sided 1e-9.
    double bound = uniform + 6 * Math.sqrt((square - uniform * uniform) / DRAWS);
    assertTrue(selected > bound, "mean %.4f does not exceed %.4f".formatted(selected, bound));
  }

  @Test
  void failureWinsOnlyAgainstFailures() {
    long[] counts = count(3, GenerationTest.of(-1, -1, 0, -1, -1));
    double allFailed = Math.pow(4 / 5.0, 3);
    Distributions.assertCount("trained", 1 - allFailed, DRAWS, counts[2]);
  }

  @Test
  void firstAndLastPositionCanBeDrawn() {
    List<Individual> population = GenerationTest.of(0.5, 0.5, 0.5).individuals();
    TournamentSelection selection = new TournamentSelection(2);
    assertEquals(population.get(0), selection.select(population, Generators.lowest()));
    assertEquals(population.get(2), selection.select(population, Generators.highest()));
  }

  @Test
  void firstDrawnOfEqualsWins() {
    List<Individual> population = GenerationTest.of(0.1, 0.5, 0.5, 0.5, 0.2).individuals();
    assertEquals(
        population.get(1), new TournamentSelection(5).select(population, Generators.counting()));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void populationOfOneIsItsOwnWinner(int t) {
    List<Individual> population = GenerationTest.of(Fitness.FAILED).individuals();
    assertEquals(
        population.get(0), new TournamentSelection(t).select(population, Generators.seeded(1)));
  }

  @Test
  void emptyPopulationAndEmptyTournamentAreRefused() {
    TournamentSelection selection = new TournamentSelection(3);
    RandomGenerator random = Generators.seeded(1);
    assertThrows(IllegalArgumentException.class, () -> selection.select(List.of(), random));
    assertThrows(IllegalArgumentException.class, () -> new TournamentSelection(0));
    assertThrows(IllegalArgumentException.class, () -> new TournamentSelection(-1));
  }
}
