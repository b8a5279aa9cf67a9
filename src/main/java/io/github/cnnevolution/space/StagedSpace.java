package io.github.cnnevolution.space;

import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;

/**
 * Networks of a stem, 2 to 5 stages of equal blocks, and a head of one linear layer; which of them,
 * a {@link StagedDefinition} says.
 *
 * <p>The name of a network says all of it, so that equal names are equal networks in every space of
 * this kind. Some networks are remembered. Safe to share between threads.
 */
public final class StagedSpace implements SearchSpace {
  /** A network of 200 layers takes some 50 kB. */
  private static final int REMEMBERED = 1000;

  private final StagedDefinition definition;
  private final Map<String, List<String>> choices;

  /** With the values that are left. */
  private final StagedDefinition narrowed;

  private final StagedSettings initial;
  private final List<Gene> genes;
  private final Map<Key, Architecture> known = new ConcurrentHashMap<>();

  private record Key(List<Integer> values, int classes) {}

  /** The space of a definition. */
  public StagedSpace(StagedDefinition definition) {
    this(definition, Map.of());
  }

  /**
   * The space of a definition with fewer values of some genes.
   *
   * @param choices the values that are left, by gene; other bits of the gene are neutral
   * @throws IllegalArgumentException if there is no such gene or value, or none is left
   */
  public StagedSpace(StagedDefinition definition, Map<String, List<String>> choices) {
    this.definition = definition;
    this.choices = new Choices(named(definition)).check(choices);
    this.narrowed = definition.narrow(this.choices);
    this.initial = narrowed.initial();
    this.genes = narrowed.genes().stream().map(StagedGene::gene).toList();
  }

  private static Map<String, List<String>> named(StagedDefinition definition) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    definition.genes().forEach(gene -> values.put(gene.name(), gene.values()));
    return values;
  }

  /** What the file of this space says. */
  public StagedDefinition definition() {
    return definition;
  }

  /**
   * The space as it was when its chromosomes had so many bits: without the genes that came later,
   * which begin behind them.
   */
  public StagedSpace atLength(int bits) {
    List<StagedGene> then = definition.genes().stream().filter(g -> g.from() < bits).toList();
    if (then.size() == definition.genes().size()) {
      return this;
    }
    Map<String, List<String>> left = new LinkedHashMap<>(choices);
    left.keySet().retainAll(then.stream().map(StagedGene::name).toList());
    return new StagedSpace(
        new StagedDefinition(definition.name(), definition.stages(), definition.fixed(), then),
        left);
  }

  @Override
  public Map<String, List<String>> choices() {
    return choices;
  }

  @Override
  public SearchSpace narrow(Map<String, List<String>> fewer) {
    return new StagedSpace(definition, fewer);
  }

  @Override
  public String name() {
    return definition.name();
  }

  @Override
  public List<Gene> genes() {
    return genes;
  }

  /** A gene that came later and sets what another one does is shown with that one. */
  @Override
  public List<GeneView> geneViews() {
    Map<String, List<String>> labels = new LinkedHashMap<>();
    for (StagedGene gene : narrowed.genes()) {
      String shown = shownAs(gene);
      List<String> all = labels.computeIfAbsent(shown, any -> new ArrayList<>());
      gene.values().stream()
          .filter(value -> shown.equals(gene.name()) || !value.equals(StagedGene.AS_BEFORE))
          .forEach(all::add);
    }
    List<GeneView> views = new ArrayList<>();
    labels.forEach((name, values) -> views.add(GeneView.of(name, values)));
    return views;
  }

  private String shownAs(StagedGene gene) {
    return narrowed.genes().stream()
        .filter(other -> gene.isLater() && other.from() < gene.from())
        .filter(other -> other.sets().equals(gene.sets()))
        .map(StagedGene::name)
        .findFirst()
        .orElse(gene.name());
  }

  @Override
  public int minimumLength() {
    return narrowed.minimumLength();
  }

  @Override
  public int defaultLength() {
    return narrowed.length();
  }

  @Override
  public Architecture decode(Chromosome chromosome, int classes) {
    check(chromosome);
    List<Integer> values = new ArrayList<>();
    for (int i = 0; i < genes.size(); i++) {
      values.add(narrowed.genes().get(i).read(chromosome, genes.get(i)));
    }
    if (known.size() > REMEMBERED) {
      known.clear();
    }
    return known.computeIfAbsent(new Key(values, classes), key -> build(values, classes));
  }

  private Architecture build(List<Integer> values, int classes) {
    StagedSettings settings = settings(values);
    StagedNetwork network = settings.network();
    Map<String, String> labels = new LinkedHashMap<>();
    for (int i = 0; i < values.size(); i++) {
      StagedGene gene = narrowed.genes().get(i);
      String label = gene.values().get(values.get(i));
      String shown = shownAs(gene);
      boolean says = shown.equals(gene.name()) || !label.equals(StagedGene.AS_BEFORE);
      int highest = settings.highestStage();
      if (says && gene.sets().stream().anyMatch(setting -> network.reads(setting, highest))) {
        labels.put(shown, label);
      }
    }
    return network.architecture(name(), classes, labels);
  }

  private StagedSettings settings(List<Integer> values) {
    StagedSettings settings = initial;
    for (int i = 0; i < values.size(); i++) {
      StagedGene gene = narrowed.genes().get(i);
      settings = settings.with(gene, gene.values().get(values.get(i)));
    }
    return settings;
  }

  /** How many different networks there are, each counted once. */
  @Override
  public OptionalLong size() {
    return OptionalLong.of(StagedCount.of(narrowed));
  }

  @Override
  public boolean findsNames() {
    return true;
  }

  @Override
  public Optional<Chromosome> encode(String phenotype, int length) {
    return length < minimumLength()
        ? Optional.empty()
        : StagedNetwork.parse(phenotype)
            .flatMap(network -> new StagedEncoder(narrowed, length).find(network));
  }

  /**
   * The network of a name that this space or another of this kind has given it.
   *
   * @param space the name of that space
   * @throws IllegalArgumentException if no network of this kind has such a name
   */
  public static Architecture named(String space, String phenotype, int classes) {
    return StagedNetwork.parse(phenotype)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    Text.format("no staged network has the name '%s'", phenotype)))
        .architecture(space, classes, Map.of());
  }

  /** Whether the traits of a network say that its name is enough to build it. */
  public static boolean isNamed(String family) {
    return family.equals(StagedNetwork.STAGED);
  }

  @Override
  public List<Architecture> largest(int classes) {
    return new StagedExtremes(narrowed)
        .largest().stream()
            .map(network -> network.architecture(name(), classes, Map.of()))
            .toList();
  }

  @Override
  public List<Architecture> largest(
      int classes, Bounds bounds, ToLongFunction<Architecture> memory) {
    return bounds.isNone()
        ? largest(classes)
        : new StagedLargest(narrowed, classes, bounds, memory)
            .find()
            .map(List::of)
            .orElseGet(() -> largest(classes));
  }

  @Override
  public List<Architecture> smallest(int classes) {
    return new StagedExtremes(narrowed)
        .smallest().stream()
            .map(network -> network.architecture(name(), classes, Map.of()))
            .toList();
  }
}
