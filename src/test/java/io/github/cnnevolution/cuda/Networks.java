package io.github.cnnevolution.cuda;

import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainNetworks;
import io.github.cnnevolution.space.StagedSpace;
import java.util.ArrayList;
import java.util.List;

/** Chromosomes of networks that all differ, the smallest stems first. */
final class Networks {
  private static final int KERNELS = 4;
  private static final int ACTIVATIONS = 4;
  private static final int BLOCK_BITS = 7;

  private Networks() {}

  /** So many different networks. */
  static List<String> first(int count) {
    List<String> chromosomes = new ArrayList<>();
    for (int width = 0; chromosomes.size() < count; width++) {
      for (int blocks = 0; blocks < 1 << (width + 1); blocks++) {
        for (int kernel = 0; kernel < KERNELS; kernel++) {
          for (int activation = 0; activation < ACTIVATIONS; activation++) {
            chromosomes.add(of(width, kernel, activation, blocks << (BLOCK_BITS - width - 1)));
          }
        }
      }
    }
    return List.copyOf(chromosomes.subList(0, count));
  }

  /** What a chromosome stands for. */
  static Architecture decode(String chromosome) {
    return PlainNetworks.decode(new Chromosome(chromosome));
  }

  /** The network of a name, of the 20-bit space or staged. */
  static Architecture named(String phenotype) {
    return PlainNetworks.all().stream()
        .filter(network -> network.phenotype().equals(phenotype))
        .findFirst()
        .orElseGet(() -> StagedSpace.named("staged", phenotype, Architecture.CLASSES));
  }

  /** One with these fields; {@code blocks} are seven bits. */
  static String of(int width, int kernel, int activation, int blocks) {
    return "%s0%s0%s0000%s0"
        .formatted(bits(width, 2), bits(kernel, 2), bits(activation, 2), bits(blocks, BLOCK_BITS));
  }

  private static String bits(int value, int digits) {
    String all = Integer.toBinaryString(value);
    return "0".repeat(digits - all.length()) + all;
  }
}
