package io.github.cnnevolution.benchmarks;

import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.StagedSpace;
import java.util.HashMap;
import java.util.Map;

/** The networks that are measured, by their phenotype. */
public final class Networks {
  /** The smallest of all: the fewest flops. */
  public static final String SMALLEST = "w16-k2-relu-d";

  /** One of the four with the most flops; the other three have cheaper activations. */
  public static final String LARGEST = "w128-k7-gelu-ssss";

  private Networks() {}

  /**
   * The architecture of this phenotype: one of the 480, or a staged network such as {@code
   * residual-64x2-128x2-se-relu}.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Architecture of(String phenotype) {
    return new PlainSpace()
        .all(Architecture.CLASSES).stream()
            .filter(architecture -> architecture.phenotype().equals(phenotype))
            .findFirst()
            .orElseGet(() -> StagedSpace.named("staged", phenotype, Architecture.CLASSES));
  }

  /** A chromosome of each architecture. */
  public static Map<Architecture, Chromosome> chromosomes() {
    PlainSpace space = new PlainSpace();
    int length = PlainSpace.DEFAULT_LENGTH;
    Map<Architecture, Chromosome> chromosomes = new HashMap<>();
    for (int i = 0; i < 1 << length; i++) {
      Chromosome chromosome = new Chromosome(Integer.toBinaryString(1 << length | i).substring(1));
      chromosomes.putIfAbsent(space.decode(chromosome, Architecture.CLASSES), chromosome);
    }
    return chromosomes;
  }

  /**
   * Floating-point operations of training on one image: three forward passes' worth, of all layers
   * as the chromosome says, although a folded stem takes fewer.
   */
  public static double trainingFlops(Architecture architecture) {
    return 3.0 * architecture.flops();
  }
}
