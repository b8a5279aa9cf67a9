package io.github.cnnevolution.search;

import java.util.List;
import java.util.Objects;

/**
 * What is known of a network before it is trained. Immutable.
 *
 * @param network its name; chromosomes with the same name are the same network
 * @param flops floating-point operations of one image, at least 0; they stand for the duration of
 *     its training
 * @param parameters trainable weights, at least 0
 * @param genes the labels of its genes, as many and in the same order for all networks of a space
 */
public record NetworkFacts(String network, long flops, long parameters, List<String> genes) {
  /**
   * Checks the numbers and copies the genes.
   *
   * @throws IllegalArgumentException if a number is negative
   */
  public NetworkFacts {
    Objects.requireNonNull(network, "network");
    Require.atLeast(0, "FLOPs of network " + network, flops);
    Require.atLeast(0, "parameters of network " + network, parameters);
    genes = List.copyOf(genes);
  }
}
