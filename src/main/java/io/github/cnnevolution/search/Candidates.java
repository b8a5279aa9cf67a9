package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.Gene;
import io.github.cnnevolution.space.SearchSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The chromosomes among which an algorithm searches, and what is known of each for free.
 *
 * @param genomeSize bits of a chromosome, at least 1
 * @param genes which bits belong together; bits of no gene are neutral
 * @param admission which chromosomes may be proposed, such as those within bounds; empty if all may
 * @param facts of a chromosome's network; a pure function
 * @param all a chromosome of every network; an empty list if they cannot be listed
 * @param later the candidates of a space that grew in the course of the search, by the step from
 *     which on they take the place of these; see {@link GenomeGrowth}. Networks and sizes of
 *     chromosomes are the same in all of them
 */
public record Candidates(
    int genomeSize,
    List<Gene> genes,
    Optional<Admission> admission,
    Function<Chromosome, NetworkFacts> facts,
    Supplier<List<Chromosome>> all,
    Map<Integer, Candidates> later) {
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
    later = Map.copyOf(later);
    for (Gene gene : genes) {
      Require.atLeast(gene.to(), "genome size", genomeSize);
    }
  }

  /** Candidates that stay the same during a search. */
  public Candidates(
      int genomeSize,
      List<Gene> genes,
      Optional<Admission> admission,
      Function<Chromosome, NetworkFacts> facts,
      Supplier<List<Chromosome>> all) {
    this(genomeSize, genes, admission, facts, all, Map.of());
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
    return admitted.isEmpty()
        ? this
        : new Candidates(genomeSize, genes, admitted, facts, all, later);
  }

  /** The same, with others in their place from some steps of the search on. */
  public Candidates growing(Map<Integer, Candidates> others) {
    return new Candidates(genomeSize, genes, admission, facts, all, others);
  }

  /** How the chromosomes become longer. */
  GenomeGrowth growth() {
    return new GenomeGrowth(
        later.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().genomeSize())));
  }

  /** The last of the candidates that take the place of each other. */
  Candidates latest() {
    return later.isEmpty() ? this : new TreeMap<>(later).lastEntry().getValue();
  }

  /** What is known of a network, also by a chromosome of a time before the space grew. */
  NetworkFacts network(Chromosome chromosome) {
    return facts.apply(padded(chromosome));
  }

  /** A chromosome with zeros behind its bits, if it is of a time before the space grew. */
  Chromosome padded(Chromosome chromosome) {
    return GenomeGrowth.padded(chromosome, genomeSize);
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
