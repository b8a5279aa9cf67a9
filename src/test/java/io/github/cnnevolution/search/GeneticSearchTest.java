package io.github.cnnevolution.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.Fitness;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the genetic algorithm finds, by the fitness of its generations. */
final class GeneticSearchTest {
  private static GeneticParameters.Builder builder() {
    return GeneticParameters.builder().seed(42);
  }

  private static List<Generation> solve(GeneticParameters.Builder parameters) {
    return solve(parameters, Chromosomes::oneMax);
  }

  private static List<Generation> solve(
      GeneticParameters.Builder parameters, ToDoubleFunction<Chromosome> fitness) {
    return search(
        new GeneticAlgorithm(parameters.build()), p -> fitness.applyAsDouble(p.chromosome()));
  }

  /** Runs a search to its end. */
  private static List<Generation> search(
      SearchAlgorithm algorithm, ToDoubleFunction<Proposal> fitness) {
    List<Generation> generations = new ArrayList<>();
    while (!algorithm.isFinished()) {
      List<Individual> members = new ArrayList<>();
      List<Outcome> outcomes = new ArrayList<>();
      for (Optional<Proposal> next = algorithm.ask(); next.isPresent(); next = algorithm.ask()) {
        double value = fitness.applyAsDouble(next.get());
        members.add(new Individual(next.get().chromosome(), value));
        outcomes.add(Outcome.of(next.get().index(), value));
      }
      outcomes.forEach(algorithm::tell);
      generations.add(new Generation(generations.size(), members));
    }
    return generations;
  }

  private static double best(List<Generation> generations) {
    return generations.stream().mapToDouble(GeneticSearchTest::bestFitness).max().orElseThrow();
  }

  private static double bestFitness(Generation generation) {
    return generation.best().fitness();
  }

  private static List<Chromosome> chromosomes(Generation generation) {
    return generation.individuals().stream().map(Individual::chromosome).toList();
  }

  /** Fails unless the first bit is 0. */
  private static double failOnFirstBit(Chromosome chromosome) {
    return chromosome.bit(0) ? Fitness.FAILED : Chromosomes.oneMax(chromosome);
  }

  @Test
  void everySizeRunsToItsEnd() {
    for (int size = 1; size <= 7; size++) {
      for (int tournament : new int[] {1, 2, 3, 8}) {
        for (int elitism = 0; elitism <= size; elitism++) {
          checkRun(size, tournament, elitism);
        }
      }
    }
  }

  private static void checkRun(int size, int tournament, int elitism) {
    List<Generation> generations =
        solve(
            builder()
                .populationSize(size)
                .tournamentSize(tournament)
                .elitism(elitism)
                .generations(4)
                .genomeSize(23));
    assertEquals(4, generations.size());
    for (int i = 0; i < 4; i++) {
      assertEquals(i, generations.get(i).index());
      List<Chromosome> population = chromosomes(generations.get(i));
      assertEquals(size, population.size());
      population.forEach(chromosome -> assertEquals(23, chromosome.length()));
      if (i > 0) {
        List<Chromosome> elites =
            generations.get(i - 1).fittest(elitism).stream().map(Individual::chromosome).toList();
        assertEquals(elites, population.subList(0, elitism));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void oneMaxIsSolved(long seed) {
    // 1800 random chromosomes of 20 bits would contain the optimum with probability 0.0017.
    assertEquals(1.0, best(solve(builder().populationSize(30).generations(60).seed(seed))));
  }

  @Test
  void elitismNeverLosesTheBest() {
    for (long seed = 0; seed < 50; seed++) {
      List<Generation> generations = solve(builder().seed(seed).elitism(1 + (int) seed % 3));
      for (int i = 1; i < generations.size(); i++) {
        assertTrue(bestFitness(generations.get(i)) >= bestFitness(generations.get(i - 1)));
      }
    }
  }

  @Test
  void withoutElitismTheBestCanBeLost() {
    List<Generation> generations = solve(builder().elitism(0).mutationRate(0.5));
    double last = bestFitness(generations.get(19));
    assertTrue(last < best(generations), "the last one lost nothing; choose another seed");
  }

  @Test
  void tournamentsImproveThePopulationAndUniformChoiceDoesNot() {
    // 100 runs of 10 means: the mean of uniform choice has a standard error of about 0.01.
    assertTrue(meanOfLastGenerations(3) > 0.7);
    assertEquals(0.5, meanOfLastGenerations(1), 0.06);
  }

  private static double meanOfLastGenerations(int tournamentSize) {
    return IntStream.range(0, 100)
        .mapToObj(seed -> solve(builder().seed(seed).elitism(0).tournamentSize(tournamentSize)))
        .mapToDouble(result -> result.get(19).meanFitness().orElseThrow())
        .average()
        .orElseThrow();
  }

  @Test
  void sameSeedRepeatsTheHistory() {
    assertEquals(solve(builder().seed(5)), solve(builder().seed(5)));
  }

  @Test
  void differentSeedsGiveDifferentHistories() {
    Set<List<Generation>> histories = new HashSet<>();
    for (long seed = 0; seed < 50; seed++) {
      histories.add(solve(builder().seed(seed).generations(1)));
    }
    // 200 random bits each: two of 50 agree with probability 1e-57.
    assertEquals(50, histories.size());
  }

  @Test
  void seedsKeepTheirMeaning() {
    // Recorded with JDK 17. If this changes, no published run can be repeated.
    List<Generation> generations = solve(builder().populationSize(2));
    assertEquals(
        List.of("11111011010101111111", "00101100000001010111"),
        chromosomes(generations.get(0)).stream().map(Chromosome::bits).toList());
    assertEquals(
        List.of("11111011010101111111", "11111010010101111111"),
        chromosomes(generations.get(19)).stream().map(Chromosome::bits).toList());
  }

  @Test
  void runGoesOnWhenEveryCandidateFails() {
    List<Generation> generations = solve(builder(), chromosome -> Fitness.FAILED);
    assertEquals(20, generations.size());
    for (Generation generation : generations) {
      assertTrue(generation.best().failed());
      assertEquals(10, generation.failures());
      assertEquals(OptionalDouble.empty(), generation.meanFitness());
    }
  }

  @Test
  void failuresDieOut() {
    int first = 0;
    int last = 0;
    for (long seed = 0; seed < 50; seed++) {
      List<Generation> generations = solve(builder().seed(seed), GeneticSearchTest::failOnFirstBit);
      assertFalse(generations.get(19).best().failed());
      first += generations.get(0).failures();
      last += generations.get(19).failures();
    }
    // Half of 500 fail at first; afterwards about one in twenty mutates back.
    assertTrue(first > 200, "at first " + first);
    assertTrue(last < 100, "at last " + last);
  }

  @Test
  void theFirstGenerationBeginsWithWhatIsGiven() {
    List<Chromosome> given = List.of(Chromosomes.ones(20), Chromosomes.zeros(20));
    GeneticAlgorithm algorithm = new GeneticAlgorithm(builder().populationSize(10).build(), given);
    List<Chromosome> first =
        chromosomes(search(algorithm, p -> Chromosomes.oneMax(p.chromosome())).get(0));
    assertEquals(10, first.size());
    assertEquals(given, first.subList(0, 2));
    assertEquals(8, first.subList(2, 10).stream().distinct().count(), "the others are random");
  }
}
