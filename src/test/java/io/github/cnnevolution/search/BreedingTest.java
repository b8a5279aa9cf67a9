package io.github.cnnevolution.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.space.Chromosome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class BreedingTest {
  private static final Chromosome ZEROS = Chromosomes.zeros(20);
  private static final Chromosome ONES = Chromosomes.ones(20);

  private static Breeding breeding(
      int populationSize, int elitism, double crossoverRate, double mutationRate) {
    return new Breeding(
        GeneticParameters.builder()
            .populationSize(populationSize)
            .elitism(elitism)
            .tournamentSize(1)
            .crossoverRate(crossoverRate)
            .mutationRate(mutationRate)
            .build(),
        Optional.empty(),
        GenomeGrowth.NONE);
  }

  private static List<Chromosome> chromosomes(List<Offspring> population) {
    return population.stream().map(Offspring::chromosome).toList();
  }

  private static Generation zerosAndOnes() {
    return new Generation(0, List.of(new Individual(ZEROS, 0.5), new Individual(ONES, 0.5)));
  }

  private static Generation randomGeneration(int size, RandomGenerator random) {
    return new Generation(
        0,
        IntStream.range(0, size)
            .mapToObj(i -> new Individual(Chromosomes.random(20, random), random.nextDouble()))
            .toList());
  }

  @Test
  void bitsOfTheRandomPopulationAreFairAndIndependent() {
    List<Chromosome> population =
        chromosomes(breeding(60_000, 0, 0, 0).firstPopulation(List.of(), Generators.seeded(8)));
    assertEquals(60_000, population.size());
    Distributions.assertIndependentBits(0.5, population);
  }

  @Test
  void elitesComeFirstBestFirstAndUnchanged() {
    Generation parents = GenerationTest.of(0.2, 0.5, -1, 0.5, 0.9);
    List<Chromosome> next =
        chromosomes(breeding(5, 3, 1, 1).nextPopulation(parents, Generators.seeded(9)));
    assertEquals(
        List.of(GenerationTest.numbered(4), GenerationTest.numbered(1), GenerationTest.numbered(3)),
        next.subList(0, 3));
    assertEquals(5, next.size());
  }

  @Test
  void elitesAreDistinctPositionsEvenWithEqualChromosomes() {
    Individual twin = new Individual(ONES, 0.9);
    Generation parents = new Generation(0, List.of(twin, new Individual(ZEROS, 0.5), twin));
    List<Chromosome> next =
        chromosomes(breeding(3, 3, 1, 1).nextPopulation(parents, Generators.seeded(9)));
    assertEquals(List.of(ONES, ONES, ZEROS), next);
  }

  @Test
  void childrenWithoutCrossoverAndMutationAreParents() {
    RandomGenerator random = Generators.seeded(10);
    for (int size = 1; size <= 7; size++) {
      Generation parents = randomGeneration(size, random);
      List<Chromosome> members =
          parents.individuals().stream().map(Individual::chromosome).toList();
      List<Chromosome> next = chromosomes(breeding(size, 0, 0, 0).nextPopulation(parents, random));
      assertEquals(size, next.size());
      assertTrue(members.containsAll(next));
    }
  }

  @Test
  void everyChildIsMutatedAndNoEliteIs() {
    RandomGenerator random = Generators.seeded(11);
    Generation parents = zerosAndOnes();
    Generation zerosOnly =
        new Generation(0, List.of(parents.individuals().get(0), parents.individuals().get(0)));
    for (int size = 1; size <= 7; size++) {
      List<Chromosome> next =
          chromosomes(breeding(size, 1, 0.5, 1).nextPopulation(zerosOnly, random));
      assertEquals(ZEROS, next.get(0));
      next.subList(1, size).forEach(child -> assertEquals(ONES, child));
    }
  }

  @Test
  void parentsOfAPairAreDrawnIndependently() {
    Breeding breeding = breeding(2, 0, 0, 0);
    RandomGenerator random = Generators.seeded(12);
    Map<List<Chromosome>, Integer> outcomes =
        Map.of(
            List.of(ZEROS, ZEROS), 0,
            List.of(ZEROS, ONES), 1,
            List.of(ONES, ZEROS), 2,
            List.of(ONES, ONES), 3);
    long[] counts = new long[4];
    for (int i = 0; i < 20_000; i++) {
      counts[outcomes.get(chromosomes(breeding.nextPopulation(zerosAndOnes(), random)))]++;
    }
    Distributions.assertChiSquare("pairs", Distributions.uniform(4), counts);
  }

  @Test
  void bothChildrenOfAPairAreKept() {
    Breeding breeding = breeding(2, 0, 1, 0);
    RandomGenerator random = Generators.seeded(13);
    int recombined = 0;
    for (int i = 0; i < 20_000; i++) {
      List<Chromosome> next = chromosomes(breeding.nextPopulation(zerosAndOnes(), random));
      if (!next.get(0).equals(next.get(1))) {
        assertEquals(Chromosomes.complement(next.get(0)), next.get(1));
        recombined++;
      }
    }
    Distributions.assertCount("pairs of different parents", 0.5, 20_000, recombined);
  }

  @Test
  void populationsAreUnmodifiable() {
    Breeding breeding = breeding(2, 0, 1, 0);
    RandomGenerator random = Generators.seeded(14);
    List<Offspring> first = breeding.firstPopulation(List.of(), random);
    List<Offspring> next = breeding.nextPopulation(zerosAndOnes(), random);
    assertThrows(UnsupportedOperationException.class, () -> first.set(0, next.get(0)));
    assertThrows(UnsupportedOperationException.class, () -> next.set(0, first.get(0)));
  }
}
