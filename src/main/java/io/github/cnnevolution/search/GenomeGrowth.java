package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import java.util.Map;
import java.util.TreeMap;

/**
 * Chromosomes that become longer in the course of a search, since its space has got more genes:
 * parents get zeros behind their bits before they breed, which leave them what they are.
 *
 * @param sizes the bits of the chromosomes from a generation on, by that generation
 */
public record GenomeGrowth(Map<Integer, Integer> sizes) {
  /** Chromosomes stay as long as they are. */
  public static final GenomeGrowth NONE = new GenomeGrowth(Map.of());

  /** Copies the sizes. */
  public GenomeGrowth {
    sizes = Map.copyOf(sizes);
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
                parent -> {
                  Chromosome chromosome = parent.chromosome();
                  int more = size(parents.index() + 1, chromosome.length()) - chromosome.length();
                  return more <= 0
                      ? parent
                      : new Individual(
                          new Chromosome(chromosome + "0".repeat(more)), parent.fitness());
                })
            .toList());
  }
}
