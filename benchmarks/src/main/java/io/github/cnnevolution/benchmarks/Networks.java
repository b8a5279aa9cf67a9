package io.github.cnnevolution.benchmarks;

import io.github.cnnevolution.genome.Architecture;
import io.github.cnnevolution.genome.Chromosome;
import java.util.stream.IntStream;

/** The networks that are measured, by their phenotype. */
public final class Networks {
  /** The smallest of all: the fewest flops. */
  public static final String SMALLEST = "w16-k2-relu-d";

  /** One of the four with the most flops; the other three have cheaper activations. */
  public static final String LARGEST = "w128-k7-gelu-ssss";

  private Networks() {}

  /**
   * The architecture of this phenotype.
   *
   * @throws IllegalArgumentException if no chromosome expresses it
   */
  public static Architecture of(String phenotype) {
    return Architecture.all().stream()
        .filter(architecture -> architecture.phenotype().equals(phenotype))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no network " + phenotype));
  }

  /**
   * A chromosome of this phenotype.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Chromosome chromosome(String phenotype) {
    Architecture wanted = of(phenotype);
    return IntStream.range(0, 1 << Chromosome.DEFAULT_LENGTH)
        .mapToObj(i -> Integer.toBinaryString(1 << Chromosome.DEFAULT_LENGTH | i).substring(1))
        .map(Chromosome::new)
        .filter(chromosome -> Architecture.decode(chromosome).equals(wanted))
        .findFirst()
        .orElseThrow();
  }

  /** Floating-point operations of training on one image: three forward passes' worth. */
  public static double trainingFlops(Architecture architecture) {
    return 3.0 * architecture.flops();
  }
}
