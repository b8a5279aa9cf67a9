package io.github.cnnevolution.space;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A space with fewer values of some genes. The bits of such a gene choose among the values that are
 * left; with more numbers than values, neighbouring numbers mean the same. Networks keep the names
 * that they have in the whole space.
 */
final class NarrowedSpace implements SearchSpace, Serializable {
  private static final long serialVersionUID = 1L;

  private final SearchSpace whole;
  private final Map<String, List<String>> choices;
  private final List<Gene> narrowed;

  NarrowedSpace(SearchSpace whole, Map<String, List<String>> choices) {
    this.whole = whole;
    this.choices = Choices.of(whole).check(choices);
    this.narrowed =
        whole.genes().stream().filter(gene -> this.choices.containsKey(gene.name())).toList();
  }

  @Override
  public String name() {
    return whole.name();
  }

  @Override
  public List<Gene> genes() {
    return whole.genes().stream()
        .map(gene -> narrowed.contains(gene) ? withFewer(gene) : gene)
        .toList();
  }

  private Gene withFewer(Gene gene) {
    List<String> labels =
        IntStream.range(0, gene.values().size()).mapToObj(n -> chosen(gene, n)).toList();
    return new Gene(gene.name(), gene.from(), gene.to(), labels, gene.coding());
  }

  private String chosen(Gene gene, int number) {
    List<String> left = choices.get(gene.name());
    return left.get((int) ((long) number * left.size() / gene.values().size()));
  }

  @Override
  public List<GeneView> geneViews() {
    return whole.geneViews();
  }

  @Override
  public int minimumLength() {
    return whole.minimumLength();
  }

  @Override
  public int defaultLength() {
    return whole.defaultLength();
  }

  /** The chromosome that stands for the same network in the whole space. */
  private Chromosome widened(Chromosome chromosome) {
    char[] bits = chromosome.bits().toCharArray();
    for (Gene gene : narrowed) {
      gene.write(bits, gene.values().indexOf(chosen(gene, gene.read(chromosome))));
    }
    return new Chromosome(new String(bits));
  }

  @Override
  public Architecture decode(Chromosome chromosome, int classes) {
    return whole.decode(widened(check(chromosome)), classes);
  }

  @Override
  public List<String> phenotypes() {
    return whole.phenotypes().stream()
        .filter(name -> encode(name, defaultLength()).isPresent())
        .toList();
  }

  @Override
  public boolean findsNames() {
    return whole.findsNames();
  }

  @Override
  public Optional<Chromosome> encode(String phenotype, int length) {
    return whole
        .encode(phenotype, length)
        .flatMap(found -> find(found.bits().toCharArray(), narrowed, phenotype));
  }

  private Optional<Chromosome> find(char[] bits, List<Gene> rest, String phenotype) {
    if (rest.isEmpty()) {
      Chromosome chromosome = new Chromosome(new String(bits));
      boolean same = decode(chromosome, Architecture.CLASSES).phenotype().equals(phenotype);
      return same ? Optional.of(chromosome) : Optional.empty();
    }
    Gene gene = rest.get(0);
    for (String value : choices.get(gene.name())) {
      int number =
          IntStream.range(0, gene.values().size())
              .filter(n -> chosen(gene, n).equals(value))
              .findFirst()
              .orElseThrow();
      gene.write(bits, number);
      Optional<Chromosome> found = find(bits, rest.subList(1, rest.size()), phenotype);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  @Override
  public Map<String, List<String>> choices() {
    return choices;
  }

  @Override
  public SearchSpace narrow(Map<String, List<String>> fewer) {
    return new NarrowedSpace(whole, fewer);
  }

  @Override
  public List<Architecture> largest(int classes) {
    return whole.largest(classes);
  }

  @Override
  public List<Architecture> smallest(int classes) {
    List<Architecture> all = new ArrayList<>();
    for (String name : phenotypes()) {
      encode(name, defaultLength()).ifPresent(found -> all.add(decode(found, classes)));
    }
    List<Architecture> smallest = new ArrayList<>();
    all.stream().min(Comparator.comparingLong(Architecture::parameters)).ifPresent(smallest::add);
    all.stream().min(Comparator.comparingLong(Architecture::flops)).ifPresent(smallest::add);
    return smallest;
  }
}
