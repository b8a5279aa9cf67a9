package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import java.util.BitSet;
import java.util.random.RandomGenerator;

/** Chromosomes and fitness functions for tests. */
final class Chromosomes {
  private Chromosomes() {}

  static Chromosome zeros(int length) {
    return new Chromosome("0".repeat(length));
  }

  static Chromosome ones(int length) {
    return new Chromosome("1".repeat(length));
  }

  static Chromosome random(int length, RandomGenerator random) {
    BitSet bits = new BitSet();
    random.ints(length, 0, length).forEach(bits::flip);
    return zeros(length).flip(bits);
  }

  static Chromosome complement(Chromosome chromosome) {
    BitSet all = new BitSet();
    all.set(0, chromosome.length());
    return chromosome.flip(all);
  }

  static int countOnes(Chromosome chromosome) {
    return (int) chromosome.bits().chars().filter(c -> c == '1').count();
  }

  /** OneMax: the share of ones. */
  static double oneMax(Chromosome chromosome) {
    return countOnes(chromosome) / (double) chromosome.length();
  }
}
