package io.github.cnnevolution.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.Fitness;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EvolutionTest {
  private static GeneticParameters.Builder builder() {
    return GeneticParameters.builder().seed(42);
  }

  private static EvolutionResult solve(GeneticParameters.Builder parameters) {
    return new Evolution(parameters.build(), Chromosomes::evaluateOneMax).evolve();
  }

  private static double bestFitness(Generation generation) {
    return generation.best().fitness();
  }

  private static List<Chromosome> chromosomes(Generation generation) {
    return generation.individuals().stream().map(Individual::chromosome).toList();
  }

  /** An evaluator that trains a chromosome only if its first bit is 0. */
  private static List<Double> failOnFirstBit(int generation, List<Chromosome> population) {
    return population.stream().map(c -> c.bit(0) ? Fitness.FAILED : Chromosomes.oneMax(c)).toList();
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
    EvolutionResult result =
        solve(
            builder()
                .populationSize(size)
                .tournamentSize(tournament)
                .elitism(elitism)
                .generations(4)
                .genomeSize(23));
    List<Generation> generations = result.generations();
    assertFalse(result.interrupted());
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

  @Test
  void everyResultBelongsToItsChromosome() {
    for (Generation generation : solve(builder()).generations()) {
      for (Individual individual : generation.individuals()) {
        assertEquals(Chromosomes.oneMax(individual.chromosome()), individual.fitness());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void oneMaxIsSolved(long seed) {
    // 1800 random chromosomes of 20 bits would contain the optimum with probability 0.0017.
    EvolutionResult result = solve(builder().populationSize(30).generations(60).seed(seed));
    assertEquals(1.0, result.best().orElseThrow().fitness());
  }

  @Test
  void elitismNeverLosesTheBest() {
    for (long seed = 0; seed < 50; seed++) {
      List<Generation> generations =
          solve(builder().seed(seed).elitism(1 + (int) seed % 3)).generations();
      for (int i = 1; i < generations.size(); i++) {
        assertTrue(bestFitness(generations.get(i)) >= bestFitness(generations.get(i - 1)));
      }
    }
  }

  @Test
  void withoutElitismTheBestCanBeLostButIsReported() {
    EvolutionResult result = solve(builder().elitism(0).mutationRate(0.5));
    double last = bestFitness(result.generations().get(19));
    double best =
        result.generations().stream().mapToDouble(EvolutionTest::bestFitness).max().orElseThrow();
    assertTrue(last < best, "the last generation lost nothing; choose another seed");
    assertEquals(best, result.best().orElseThrow().fitness());
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
        .mapToDouble(result -> result.generations().get(19).meanFitness().orElseThrow())
        .average()
        .orElseThrow();
  }

  @Test
  void sameSeedRepeatsTheHistory() {
    Evolution evolution = new Evolution(builder().seed(5).build(), Chromosomes::evaluateOneMax);
    EvolutionResult first = evolution.evolve();
    assertEquals(first, evolution.evolve());
    assertEquals(first, solve(builder().seed(5)));
  }

  @Test
  void differentSeedsGiveDifferentHistories() {
    Set<EvolutionResult> histories = new HashSet<>();
    for (long seed = 0; seed < 50; seed++) {
      histories.add(solve(builder().seed(seed).generations(1)));
    }
    // 200 random bits each: two of 50 agree with probability 1e-57.
    assertEquals(50, histories.size());
  }

  @Test
  void seedsKeepTheirMeaning() {
    // Recorded with JDK 17. If this changes, no published run can be repeated.
    List<Generation> generations = solve(builder().populationSize(2)).generations();
    assertEquals(
        List.of("11111011010101111111", "00101100000001010111"),
        chromosomes(generations.get(0)).stream().map(Chromosome::bits).toList());
    assertEquals(
        List.of("11111011010101111111", "11111010010101111111"),
        chromosomes(generations.get(19)).stream().map(Chromosome::bits).toList());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 19})
  void moreGenerationsRepeatTheShorterRunFirst(int shorter) {
    for (int size : new int[] {1, 3, 10}) {
      List<Generation> whole = solve(builder().populationSize(size).generations(20)).generations();
      assertEquals(
          whole.subList(0, shorter),
          solve(builder().populationSize(size).generations(shorter)).generations());
    }
  }

  @Test
  void historyDoesNotDependOnWhatTheEvaluatorDoesElsewhere() {
    PopulationEvaluator inParallel =
        (generation, population) -> population.parallelStream().map(Chromosomes::oneMax).toList();
    assertEquals(solve(builder()), new Evolution(builder().build(), inParallel).evolve());
  }

  @Test
  void bestOfAllGenerationsIsTheFirstFound() {
    PopulationEvaluator constant =
        (generation, population) -> Collections.nCopies(population.size(), 0.5);
    // Without elites, which would make the first individuals of all generations equal.
    EvolutionResult result = new Evolution(builder().elitism(0).build(), constant).evolve();
    assertEquals(Optional.of(result.generations().get(0).individuals().get(0)), result.best());
  }

  @Test
  void laterGenerationsCanHoldTheBest() {
    PopulationEvaluator peakInGenerationTwo =
        (generation, population) ->
            Collections.nCopies(population.size(), generation == 2 ? 0.75 : 0.25);
    EvolutionResult result = new Evolution(builder().build(), peakInGenerationTwo).evolve();
    assertEquals(Optional.of(result.generations().get(2).individuals().get(0)), result.best());
  }

  @Test
  void runGoesOnWhenEveryCandidateFails() {
    PopulationEvaluator failing =
        (generation, population) -> Collections.nCopies(population.size(), Fitness.FAILED);
    EvolutionResult result = new Evolution(builder().build(), failing).evolve();
    assertEquals(20, result.generations().size());
    assertTrue(result.best().orElseThrow().failed());
    for (Generation generation : result.generations()) {
      assertEquals(10, generation.failures());
      assertEquals(OptionalDouble.empty(), generation.meanFitness());
    }
  }

  @Test
  void failuresDieOut() {
    int first = 0;
    int last = 0;
    for (long seed = 0; seed < 50; seed++) {
      EvolutionResult result =
          new Evolution(builder().seed(seed).build(), EvolutionTest::failOnFirstBit).evolve();
      assertFalse(result.best().orElseThrow().failed());
      first += result.generations().get(0).failures();
      last += result.generations().get(19).failures();
    }
    // Half of 500 fail at first; afterwards about one in twenty mutates back.
    assertTrue(first > 200, "at first " + first);
    assertTrue(last < 100, "at last " + last);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5})
  void interruptionKeepsTheCompletedGenerations(int at) {
    PopulationEvaluator interrupted =
        (generation, population) -> {
          if (generation == at) {
            throw new InterruptedException();
          }
          return Chromosomes.evaluateOneMax(generation, population);
        };
    EvolutionResult result = new Evolution(builder().build(), interrupted).evolve();
    assertTrue(result.interrupted());
    assertEquals(solve(builder()).generations().subList(0, at), result.generations());
    assertEquals(at > 0, result.best().isPresent());
  }

  @Test
  void interruptedThreadEndsTheRunWithAClearFlag() {
    PopulationEvaluator sleeping =
        (generation, population) -> {
          Thread.currentThread().interrupt();
          Thread.sleep(10_000);
          return Chromosomes.evaluateOneMax(generation, population);
        };
    EvolutionResult result = new Evolution(builder().build(), sleeping).evolve();
    assertEquals(new EvolutionResult(List.of(), true), result);
    assertFalse(Thread.currentThread().isInterrupted());
  }

  @Test
  void listenerHearsEveryGenerationInOrder() {
    List<String> heard = new ArrayList<>();
    EvolutionListener listener =
        new EvolutionListener() {
          @Override
          public void onGenerationStart(int generation, List<Chromosome> population) {
            heard.add("start " + generation + " " + population);
          }

          @Override
          public void onGenerationEnd(Generation generation) {
            heard.add("end " + generation.index() + " " + chromosomes(generation));
          }
        };
    PopulationEvaluator evaluator =
        (generation, population) -> {
          heard.add("evaluate " + generation + " " + population);
          if (generation == 2) {
            throw new InterruptedException();
          }
          return Chromosomes.evaluateOneMax(generation, population);
        };
    new Evolution(builder().build(), evaluator, listener).evolve();

    List<Generation> generations = solve(builder()).generations();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      String population = i + " " + chromosomes(generations.get(i));
      expected.addAll(List.of("start " + population, "evaluate " + population));
      if (i < 2) {
        expected.add("end " + population);
      }
    }
    assertEquals(expected, heard);
  }

  @Test
  void wrongNumberOfResultsIsNamed() {
    PopulationEvaluator forgetful =
        (generation, population) ->
            Chromosomes.evaluateOneMax(generation, population)
                .subList(0, population.size() - generation);
    assertEquals(
        "generation 1: the evaluator must return one fitness a chromosome, but returned 9 for 10",
        failure(forgetful).getMessage());
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -1.5, -2})
  void invalidFitnessIsNamed(double fitness) {
    Chromosome culprit = chromosomes(solve(builder()).generations().get(0)).get(3);
    assertEquals(
        "generation 0, chromosome 3 (%s): fitness must be finite and above -1, or -1 for a failure, but is %s"
            .formatted(culprit, fitness),
        failure(withResult(3, fitness)).getMessage());
  }

  @Test
  void missingFitnessIsNamed() {
    Chromosome culprit = chromosomes(solve(builder()).generations().get(0)).get(9);
    assertEquals(
        "generation 0, chromosome 9 (%s): fitness is missing".formatted(culprit),
        failure(withResult(9, null)).getMessage());
  }

  @Test
  void theFirstGenerationBeginsWithWhatIsGiven() {
    List<Chromosome> given = List.of(Chromosomes.ones(20), Chromosomes.zeros(20));
    EvolutionResult result = seeded(given).evolve();
    List<Chromosome> first = chromosomes(result.generations().get(0));
    assertEquals(10, first.size());
    assertEquals(given, first.subList(0, 2));
    assertEquals(8, first.subList(2, 10).stream().distinct().count(), "the others are random");
    assertEquals(result, seeded(given).evolve());
  }

  @Test
  void whatIsGivenMustFit() {
    List<Chromosome> eleven = Collections.nCopies(11, Chromosomes.ones(20));
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> seeded(eleven))
            .getMessage()
            .contains("11 given chromosomes do not fit a population of 10"));
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> seeded(List.of(Chromosomes.ones(21))))
            .getMessage()
            .contains("has 21 bits, not 20"));
  }

  private static Evolution seeded(List<Chromosome> given) {
    return new Evolution(
        builder().populationSize(10).genomeSize(20).build(),
        given,
        Chromosomes::evaluateOneMax,
        new EvolutionListener() {});
  }

  private static PopulationEvaluator withResult(int position, Double fitness) {
    return (generation, population) -> {
      List<Double> results = new ArrayList<>(Chromosomes.evaluateOneMax(generation, population));
      results.set(position, fitness);
      return results;
    };
  }

  private static IllegalStateException failure(PopulationEvaluator evaluator) {
    Evolution evolution = new Evolution(builder().build(), evaluator);
    return assertThrows(IllegalStateException.class, evolution::evolve);
  }
}
