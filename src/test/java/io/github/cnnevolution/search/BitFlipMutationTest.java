package io.github.cnnevolution.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.cnnevolution.space.Chromosome;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BitFlipMutationTest {
  private static final int MUTANTS = 60_000;

  private static List<Chromosome> mutants(double rate, Chromosome original) {
    BitFlipMutation mutation = new BitFlipMutation(rate);
    RandomGenerator random = Generators.seeded(6);
    return IntStream.range(0, MUTANTS).mapToObj(i -> mutation.mutate(original, random)).toList();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.1, 0.5, 0.95})
  void bitsFlipAtTheRateAndIndependently(double rate) {
    Distributions.assertIndependentBits(rate, mutants(rate, Chromosomes.zeros(20)));
  }

  @Test
  void onesFlipLikeZeros() {
    // A bit that was 1 and did not flip is still 1.
    Distributions.assertIndependentBits(0.9, mutants(0.1, Chromosomes.ones(20)));
  }

  @Test
  void numberOfFlipsIsBinomial() {
    double[] p = new double[8];
    double term = Math.pow(0.9, 20);
    double rest = 1;
    for (int k = 0; k < 7; k++) {
      p[k] = term;
      rest -= term;
      term *= (20 - k) / (k + 1.0) * 0.1 / 0.9;
    }
    p[7] = rest;
    long[] counts = new long[8];
    mutants(0.1, Chromosomes.zeros(20))
        .forEach(mutant -> counts[Math.min(7, Chromosomes.countOnes(mutant))]++);
    Distributions.assertChiSquare("flips, the last class 7 and more", p, counts);
  }

  @ParameterizedTest
  @ValueSource(ints = {19, 20, 41})
  void rateZeroKeepsAndRateOneInvertsEveryBit(int length) {
    BitFlipMutation never = new BitFlipMutation(0);
    BitFlipMutation always = new BitFlipMutation(1);
    RandomGenerator random = Generators.seeded(7);
    Chromosome original = Chromosomes.random(length, random);
    Chromosome inverted = Chromosomes.complement(original);
    for (RandomGenerator r : List.of(random, Generators.lowest(), Generators.highest())) {
      assertEquals(original, never.mutate(original, r));
      assertEquals(inverted, always.mutate(original, r));
    }
  }
}
