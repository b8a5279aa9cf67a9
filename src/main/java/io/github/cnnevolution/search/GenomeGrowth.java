package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import java.util.Map;
import java.util.TreeMap;

/**
 * Chromosomes that become longer in the course of a search, since its space has got more genes:
 * parents get zeros behind their bits before they breed, which leave them what they are.
 *
 * @param sizes the bits of the chromosomes from a generation on, by that generation; in a search
 *     that never proposes a network twice and draws each one by itself, from a network on, by how
 *     many were proposed before it
 */
public record GenomeGrowth(Map<Integer, Integer> sizes) {
  /** Chromosomes stay as long as they are. */
  public static final GenomeGrowth NONE = new GenomeGrowth(Map.of());

  /** Copies the sizes. */
  public GenomeGrowth {
    sizes = Map.copyOf(sizes);
  }

  /** A chromosome with zeros behind its bits, if it has fewer than that. */
  static Chromosome padded(Chromosome chromosome, int bits) {
    int more = bits - chromosome.length();
    return more <= 0 ? chromosome : new Chromosome(chromosome + "0".repeat(more));
  }

  /** Whether chromosomes become longer in this generation. */
  boolean begins(int generation) {
    return sizes.containsKey(generation);
  }

  /** Returns the bits of a chromosome of a generation, if it has others than at the beginning. */
  int size(int generation, int initial) {
    Map.Entry<Integer, Integer> last = new TreeMap<>(sizes).floorEntry(generation);
    return last == null ? initial : last.getValue();
  }

  /** The parents of the next generation, as long as its chromosomes are. */
  Generation grown(Generation parents) {
    return new Generation(
        parents.index(),
        parents.individuals().stream()
            .map(
                parent ->
                    new Individual(
                        padded(
                            parent.chromosome(),
                            size(parents.index() + 1, parent.chromosome().length())),
                        parent.fitness()))
            .toList());
  }
}
