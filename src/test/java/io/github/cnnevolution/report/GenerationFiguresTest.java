package io.github.cnnevolution.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.search.Generation;
import io.github.cnnevolution.search.Individual;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.Fitness;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GenerationFiguresTest {
  private static final Chromosome ZEROS = new Chromosome("0".repeat(20));

  private static Chromosome random(Random random) {
    StringBuilder bits = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      bits.append(random.nextInt(4) == 0 ? '1' : '0');
    }
    return new Chromosome(bits.toString());
  }

  @Test
  void hammingIsTheMeanOverAllPairs() {
    Random random = new Random(1);
    List<Chromosome> population = new ArrayList<>();
    for (int i = 0; i < 17; i++) {
      population.add(random(random));
    }
    double sum = 0;
    int pairs = 0;
    for (int i = 0; i < 17; i++) {
      for (int j = 0; j < i; j++) {
        for (int bit = 0; bit < 20; bit++) {
          sum += population.get(i).bit(bit) == population.get(j).bit(bit) ? 0 : 1;
        }
        pairs++;
      }
    }
    assertEquals(sum / pairs / 20, GenerationFigures.hamming(population), 1e-12);
    assertEquals(0, GenerationFigures.hamming(List.of(ZEROS)));
    assertEquals(0, GenerationFigures.hamming(List.of(ZEROS, ZEROS)));
    assertEquals(1, GenerationFigures.hamming(List.of(ZEROS, new Chromosome("1".repeat(20)))));
  }

  @Test
  void figuresLeaveFailuresOut() {
    Chromosome other = new Chromosome("11" + "0".repeat(18));
    GenerationFigures figures =
        GenerationFigures.of(
            new Generation(
                0,
                List.of(
                    new Individual(ZEROS, 0.2),
                    new Individual(other, Fitness.FAILED),
                    new Individual(ZEROS, 0.4),
                    new Individual(ZEROS, 0.8),
                    new Individual(ZEROS, 0.6),
                    new Individual(ZEROS, 1))),
            2);
    assertEquals(List.of(0.2, 0.4, 0.6, 0.8, 1.0), figures.quartiles());
    assertEquals(0.6, figures.mean().getAsDouble(), 1e-12);
    assertEquals(1, figures.failures());
    assertEquals(2, figures.networks());
    assertEquals(6, figures.size());
    assertEquals(0.5, GenerationFigures.quantile(new double[] {0, 1}, 0.5));
  }

  @Test
  void aGenerationOfFailuresHasNoQuartiles() {
    GenerationFigures figures =
        GenerationFigures.of(new Generation(0, List.of(new Individual(ZEROS, Fitness.FAILED))), 1);
    assertEquals(List.of(), figures.quartiles());
    assertTrue(figures.mean().isEmpty());
    assertTrue(figures.best().failed());
  }
}
