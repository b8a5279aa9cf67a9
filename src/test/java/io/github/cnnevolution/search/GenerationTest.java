package io.github.cnnevolution.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.cnnevolution.space.Chromosome;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class GenerationTest {
  /** A generation whose chromosomes count in binary, so that each names its position. */
  static Generation of(double... fitness) {
    return new Generation(
        0,
        IntStream.range(0, fitness.length)
            .mapToObj(i -> new Individual(numbered(i), fitness[i]))
            .toList());
  }

  static Chromosome numbered(int i) {
    return new Chromosome(String.format("%20s", Integer.toBinaryString(i)).replace(' ', '0'));
  }

  private static List<Integer> positions(List<Individual> individuals) {
    return individuals.stream().map(individual -> individual.chromosome().field(0, 20)).toList();
  }

  @Test
  void bestIsTheFirstOfTheFittest() {
    assertEquals(numbered(1), of(0.2, 0.5, 0.1, 0.5).best().chromosome());
    assertEquals(numbered(0), of(0.5).best().chromosome());
  }

  @Test
  void failureIsBestOnlyAmongFailures() {
    assertEquals(numbered(2), of(-1, -1, 0).best().chromosome());
    assertEquals(numbered(0), of(-1, -1).best().chromosome());
  }

  @Test
  void fittestAreStable() {
    Generation generation = of(0.2, 0.5, -1, 0.5, 0.9, 0.2);
    assertEquals(List.of(), positions(generation.fittest(0)));
    assertEquals(List.of(4, 1, 3), positions(generation.fittest(3)));
    assertEquals(List.of(4, 1, 3, 0, 5, 2), positions(generation.fittest(6)));
    assertEquals(List.of(4, 1, 3, 0, 5, 2), positions(generation.fittest(100)));
  }

  @Test
  void meanLeavesFailuresOut() {
    assertEquals(OptionalDouble.of(0.5), of(0.25, -1, 0.75, -1).meanFitness());
    assertEquals(OptionalDouble.of(0), of(0, -1).meanFitness());
    assertEquals(OptionalDouble.empty(), of(-1, -1).meanFitness());
  }

  @Test
  void failuresAreCounted() {
    assertEquals(0, of(0, 1).failures());
    assertEquals(2, of(-1, 0.5, -1).failures());
  }

  @Test
  void individualsAreCopied() {
    List<Individual> individuals = new ArrayList<>(of(0.5, 0.6).individuals());
    Generation generation = new Generation(3, individuals);
    individuals.clear();
    assertEquals(2, generation.individuals().size());
  }

  @Test
  void emptyOrNegativeGenerationsAreRefused() {
    assertEquals(
        "individuals of a generation must be at least 1, but is 0",
        assertThrows(IllegalArgumentException.class, () -> new Generation(0, List.of()))
            .getMessage());
    List<Individual> one = of(0.5).individuals();
    assertThrows(IllegalArgumentException.class, () -> new Generation(-1, one));
  }
}
