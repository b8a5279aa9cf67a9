package io.github.cnnevolution.space;

import io.github.cnnevolution.text.Text;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;

/**
 * A set of networks and how chromosomes stand for them.
 *
 * <p>An implementation is immutable or behaves so, is safe to share between threads, and decodes
 * the same chromosome to the same network forever: runs keep chromosomes, and weights are trained
 * with seeds that derive from the names of space and network.
 */
public interface SearchSpace {
  /**
   * The name under which runs remember it, such as {@code plain}: lower-case letters, digits, dots,
   * underscores and hyphens. A space that decodes differently needs another name.
   */
  String name();

  /** The genes in the order of their bits. Bits of no gene are neutral. */
  List<Gene> genes();

  /**
   * How a page shows the genes, each with a chart. Unless a space says more, every gene is shown
   * under its own name and labels. The page leaves out those that no network of the run has.
   */
  default List<GeneView> geneViews() {
    return genes().stream().map(GeneView::of).toList();
  }

  /** The bits of the shortest chromosome that holds every gene, at least 1. */
  int minimumLength();

  /** The default length of a chromosome in bits. */
  int defaultLength();

  /**
   * Builds the network that a chromosome stands for. Fast: a search asks for the same networks
   * again and again.
   *
   * @param classes that the network tells apart, at least 2
   * @throws IllegalArgumentException if the chromosome is too short or {@code classes} too small
   */
  Architecture decode(Chromosome chromosome, int classes);

  /**
   * The names of all networks, if {@link #encode} finds them; empty if this space cannot look
   * networks up by their names.
   */
  default List<String> phenotypes() {
    return List.of();
  }

  /**
   * Finds a chromosome that stands for the network of this name. Bits without effect are 0.
   *
   * @param length bits of the chromosome, at least {@link #minimumLength}
   * @return empty if there is no such network, or this space cannot look networks up
   */
  default Optional<Chromosome> encode(String phenotype, int length) {
    return Optional.empty();
  }

  /** Whether {@link #encode} finds networks by their names. */
  default boolean findsNames() {
    return !phenotypes().isEmpty();
  }

  /** How many different networks there are; empty if this space cannot count them. */
  default OptionalLong size() {
    int names = phenotypes().size();
    return names == 0 ? OptionalLong.empty() : OptionalLong.of(names);
  }

  /** The values that are left of genes that were narrowed, by the name of the gene. */
  default Map<String, List<String>> choices() {
    return Map.of();
  }

  /**
   * Returns this space with fewer values of some genes; their other bits become neutral.
   *
   * @param choices the values that are left, by the name of the gene, in place of {@link
   *     #choices()}
   * @throws IllegalArgumentException if there is no such gene or value; the message says what there
   *     is
   */
  default SearchSpace narrow(Map<String, List<String>> choices) {
    return new NarrowedSpace(this, choices);
  }

  /**
   * Returns a few networks, among them that with the fewest parameters and that with the fewest
   * operations; empty if this space cannot tell.
   */
  default List<Architecture> smallest(int classes) {
    return List.of();
  }

  /**
   * Returns a few networks, among them for each training recipe the one that needs most memory.
   * From them follows how many networks are trained in parallel.
   */
  List<Architecture> largest(int classes);

  /**
   * Returns a few networks, one of which needs at least as much memory as any network within
   * bounds. It may lie outside them. Without further knowledge: the neediest of the networks whose
   * names are known, or the largest of all.
   *
   * @param memory what a network needs; more of everything never needs less
   */
  default List<Architecture> largest(
      int classes, Bounds bounds, ToLongFunction<Architecture> memory) {
    if (bounds.isNone() && choices().isEmpty()) {
      return largest(classes);
    }
    return phenotypes().stream()
        .flatMap(name -> encode(name, defaultLength()).stream())
        .map(chromosome -> decode(chromosome, classes))
        .filter(bounds::admit)
        .max(Comparator.comparingLong(memory))
        .map(List::of)
        .orElseGet(() -> largest(classes));
  }

  /**
   * Returns the chromosome if it is long enough.
   *
   * @throws IllegalArgumentException if it has fewer than {@link #minimumLength} bits
   */
  default Chromosome check(Chromosome chromosome) {
    if (chromosome.length() < minimumLength()) {
      throw new IllegalArgumentException(
          Text.format(
              "chromosome '%s' has %s; at least %d are needed",
              chromosome, Text.count(chromosome.length(), "bit"), minimumLength()));
    }
    return chromosome;
  }
}
