package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.Gene;
import io.github.cnnevolution.space.SearchSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The chromosomes among which an algorithm searches, and what is known of each for free.
 *
 * @param genomeSize bits of a chromosome, at least 1
 * @param genes which bits belong together; bits of no gene are neutral
 * @param admission which chromosomes may be proposed, such as those within bounds; empty if all may
 * @param facts of a chromosome's network; a pure function
 * @param all a chromosome of every network; an empty list if they cannot be listed
 */
public record Candidates(
    int genomeSize,
    List<Gene> genes,
    Optional<Admission> admission,
    Function<Chromosome, NetworkFacts> facts,
    Supplier<List<Chromosome>> all) {
  /** A gene with more bits is shown to a model bit by bit, since it has too many values. */
  private static final int BITS_OF_A_LABEL = 3;

  /**
   * Checks the size and copies the genes.
   *
   * @throws IllegalArgumentException if a gene has bits that the chromosomes do not have
   */
  public Candidates {
    Require.atLeast(1, "genome size", genomeSize);
    genes = List.copyOf(genes);
    for (Gene gene : genes) {
      Require.atLeast(gene.to(), "genome size", genomeSize);
    }
  }

  /**
   * The networks of a search space.
   *
   * @param genomeSize bits of a chromosome
   * @param classes that the networks tell apart, on which their sizes depend
   */
  public static Candidates of(SearchSpace space, int genomeSize, int classes) {
    return new Candidates(
        genomeSize,
        space.genes(),
        Optional.empty(),
        chromosome -> facts(space, chromosome, classes),
        () ->
            space.phenotypes().stream()
                .flatMap(name -> space.encode(name, genomeSize).stream())
                .toList());
  }

  /** The same without those that are not admitted; all if nothing is said. */
  public Candidates admitting(Optional<Admission> admitted) {
    return admitted.isEmpty() ? this : new Candidates(genomeSize, genes, admitted, facts, all);
  }

  /** Whether a chromosome may be proposed. */
  boolean admits(Chromosome chromosome) {
    return admission.isEmpty() || admission.get().admits().test(chromosome);
  }

  private static NetworkFacts facts(SearchSpace space, Chromosome chromosome, int classes) {
    Architecture network = space.decode(chromosome, classes);
    // Bits without effect say nothing about a network; where the space can, they are cleared.
    Chromosome canonical =
        space.encode(network.phenotype(), chromosome.length()).orElse(chromosome);
    List<String> labels = new ArrayList<>();
    for (Gene gene : space.genes()) {
      if (gene.to() - gene.from() <= BITS_OF_A_LABEL) {
        labels.add(gene.label(canonical));
      } else {
        IntStream.range(gene.from(), gene.to())
            .forEach(bit -> labels.add(canonical.bit(bit) ? "1" : "0"));
      }
    }
    return new NetworkFacts(network.phenotype(), network.flops(), network.parameters(), labels);
  }
}
