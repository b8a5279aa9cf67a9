package io.github.cnnevolution.space;

import io.github.cnnevolution.text.Text;
import java.util.List;
import java.util.Optional;

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

  /**
   * Returns a few networks, among them for each training recipe the one that needs most memory.
   * From them follows how many networks are trained in parallel.
   */
  List<Architecture> largest(int classes);

  /**
   * Returns the chromosome if it is long enough.
   *
   * @throws IllegalArgumentException if it has fewer than {@link #minimumLength} bits
   */
  default Chromosome check(Chromosome chromosome) {
    if (chromosome.length() < minimumLength()) {
      throw new IllegalArgumentException(
          Text.format(
              "chromosome '%s' has %d bits; at least %d are needed",
              chromosome, chromosome.length(), minimumLength()));
    }
    return chromosome;
  }
}
