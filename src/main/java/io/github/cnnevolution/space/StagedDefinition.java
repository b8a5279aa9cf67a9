package io.github.cnnevolution.space;

import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What makes a {@link StagedSpace}: what a file says, checked.
 *
 * @param name of the space
 * @param stages of its networks, from 2 to {@value #MAX_STAGES}
 * @param fixed values of settings that no gene sets
 * @param genes in the order of their bits
 */
public record StagedDefinition(
    String name, int stages, Map<StagedSetting, String> fixed, List<StagedGene> genes) {
  /** The most stages. */
  public static final int MAX_STAGES = 5;

  /** The most combinations of values, as a power of 2. */
  private static final int MAX_COMBINATIONS = 36;

  /** The most combinations of one kind of genes, which are counted one by one. */
  private static final int MAX_OF_A_KIND = 20;

  private static final int MAX_BITS = 10_000;

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if something cannot be used; the message names the place
   */
  public StagedDefinition {
    Names.check("search space", name);
    if (name.equals(PlainSpace.NAME)) {
      throw new IllegalArgumentException("name: plain is the built-in space; choose another");
    }
    checkStages(stages);
    Map<StagedSetting, String> values = new TreeMap<>();
    for (Map.Entry<StagedSetting, String> entry : fixed.entrySet()) {
      StagedSetting setting = entry.getKey();
      String value = StagedGene.canonical(entry.getValue());
      requireStage("fixed", setting, stages);
      try {
        setting.parse(value);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("fixed: " + e.getMessage(), e);
      }
      values.put(setting, value);
    }
    fixed = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    genes = List.copyOf(genes);
    checkGenes(stages, fixed, genes);
    checkDivisors(stages, fixed, genes);
  }

  /**
   * Returns a number of stages.
   *
   * @throws IllegalArgumentException if no network has so many
   */
  public static int checkStages(int stages) {
    if (stages < 2 || stages > MAX_STAGES) {
      throw new IllegalArgumentException(
          Text.format("stages: %d; a network has from 2 to %d", stages, MAX_STAGES));
    }
    return stages;
  }

  private static void requireStage(String place, StagedSetting setting, int stages) {
    if (setting.stage() > stages) {
      throw new IllegalArgumentException(
          Text.format("%s: %s, but there are %d stages", place, setting.text(), stages));
    }
  }

  private static void checkGenes(
      int stages, Map<StagedSetting, String> fixed, List<StagedGene> genes) {
    if (genes.isEmpty()) {
      throw new IllegalArgumentException("genes: there is none; give at least one");
    }
    Set<String> names = new LinkedHashSet<>();
    Map<StagedSetting, String> setBy = new HashMap<>();
    Map<Group, Double> combinations = new HashMap<>();
    int free = 0;
    boolean later = false;
    for (StagedGene gene : genes) {
      String place = "gene " + gene.name();
      if (!names.add(gene.name())) {
        throw new IllegalArgumentException(place + " is there twice");
      }
      if (gene.from() < free || gene.to() > MAX_BITS) {
        throw new IllegalArgumentException(
            Text.format(
                "%s: bits %d to %d; give bits from %d to %d",
                place, gene.from(), gene.to(), free, MAX_BITS));
      }
      free = gene.to();
      if (later && !gene.isLater()) {
        throw new IllegalArgumentException(
            Text.format(
                "%s stands behind one whose first value is '%s'; put it before, or give it that value first",
                place, StagedGene.AS_BEFORE));
      }
      later |= gene.isLater();
      Group group = Group.of(gene.sets().get(0));
      for (StagedSetting setting : gene.sets()) {
        requireStage(place, setting, stages);
        if (Group.of(setting) != group) {
          throw new IllegalArgumentException(
              Text.format(
                  "%s sets %s and %s; give each a gene of its own",
                  place, gene.sets().get(0).text(), setting.text()));
        }
        String other =
            fixed.containsKey(setting) ? "fixed" : setBy.putIfAbsent(setting, gene.name());
        if (other != null && !gene.isLater()) {
          throw new IllegalArgumentException(
              Text.format("%s sets %s, as does %s", place, setting.text(), other));
        }
      }
      combinations.merge(group, log2(gene.values().size()), Double::sum);
    }
    double all = combinations.values().stream().mapToDouble(d -> d).sum();
    if (all > MAX_COMBINATIONS || combinations.values().stream().anyMatch(d -> d > MAX_OF_A_KIND)) {
      throw new IllegalArgumentException(
          Text.format(
              "genes: 2^%.0f combinations of values; at most 2^%d can be counted, 2^%d of widths, of blocks and of the rest: give fewer genes or values",
              Math.ceil(all), MAX_COMBINATIONS, MAX_OF_A_KIND));
    }
  }

  private static double log2(int number) {
    return Math.log(number) / Math.log(2);
  }

  /** Genes of different groups decide independently of each other which networks there are. */
  enum Group {
    WIDTHS,
    DEPTHS,
    REST;

    static Group of(StagedSetting setting) {
      return setting.isOfWidth() ? WIDTHS : setting.isOfDepth() ? DEPTHS : REST;
    }
  }

  /** The genes of a group. */
  List<StagedGene> genes(Group group) {
    return genes.stream().filter(gene -> Group.of(gene.sets().get(0)) == group).toList();
  }

  /** Any network has widths and a group, so that each pair of values meets in one. */
  private static void checkDivisors(
      int stages, Map<StagedSetting, String> fixed, List<StagedGene> genes) {
    StagedSettings initial = StagedSettings.of(stages, fixed);
    Set<Integer> widths = new LinkedHashSet<>();
    forEach(of(genes, Group.WIDTHS), initial, settings -> widths.addAll(settings.widths()));
    List<StagedGene> divisors =
        of(genes, Group.REST).stream()
            .filter(gene -> gene.sets().stream().anyMatch(StagedDefinition::divides))
            .toList();
    forEach(
        divisors,
        initial,
        settings -> {
          for (int width : widths) {
            settings.network(List.of(width), List.of(1)).checkDivisors();
          }
        });
  }

  private static boolean divides(StagedSetting setting) {
    return switch (setting) {
      case BLOCK, GROUP_WIDTH, BOTTLENECK_RATIO, SE, SE_RATIO -> true;
      default -> false;
    };
  }

  private static List<StagedGene> of(List<StagedGene> genes, Group group) {
    return genes.stream().filter(gene -> Group.of(gene.sets().get(0)) == group).toList();
  }

  /** Shows the settings that each combination of the values of these genes makes. */
  static void forEach(
      List<StagedGene> genes, StagedSettings initial, Consumer<StagedSettings> reader) {
    if (genes.isEmpty()) {
      reader.accept(initial);
      return;
    }
    StagedGene first = genes.get(0);
    for (String value : first.values()) {
      forEach(genes.subList(1, genes.size()), initial.with(first, value), reader);
    }
  }

  /** The settings before any gene. */
  StagedSettings initial() {
    return StagedSettings.of(stages, fixed);
  }

  /** The bits of the shortest chromosome that holds every gene that did not come later. */
  int minimumLength() {
    return genes.stream()
        .filter(gene -> !gene.isLater())
        .mapToInt(StagedGene::to)
        .max()
        .orElseGet(() -> genes.get(0).from() + 1);
  }

  /** The bits of all genes. */
  public int length() {
    return genes.get(genes.size() - 1).to();
  }

  /**
   * Returns this definition with fewer values of some genes, in their order.
   *
   * @param choices the values that stay, by gene
   * @throws IllegalArgumentException if there is no such gene or value
   */
  StagedDefinition narrow(Map<String, List<String>> choices) {
    List<StagedGene> narrowed = new ArrayList<>();
    for (StagedGene gene : genes) {
      List<String> chosen = choices.get(gene.name());
      narrowed.add(
          chosen == null
              ? gene
              : gene.with(gene.values().stream().filter(chosen::contains).toList()));
    }
    return new StagedDefinition(name, stages, fixed, narrowed);
  }
}
