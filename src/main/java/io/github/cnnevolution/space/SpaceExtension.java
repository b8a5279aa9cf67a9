package io.github.cnnevolution.space;

import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A staged space that has grown while chromosomes of it were in use: genes have more values behind
 * the old ones, or there are more genes whose first value is {@value StagedGene#AS_BEFORE}. What is
 * new gets bits behind all that were in use, where old chromosomes have nothing, so that they mean
 * what they meant.
 *
 * @param space with the old genes at their places, and what is new behind them
 * @param additions what is new, for people; none if nothing is
 */
public record SpaceExtension(StagedSpace space, List<String> additions) {
  private static final String MORE = "_more";

  /** Copies the list. */
  public SpaceExtension {
    additions = List.copyOf(additions);
  }

  /**
   * Compares two spaces.
   *
   * @param bits of the chromosomes that are in use, which may be more than the genes have
   * @throws IllegalArgumentException if a chromosome might mean something else now; the message
   *     names what has changed
   */
  public static SpaceExtension of(StagedSpace before, StagedSpace after, int bits) {
    StagedDefinition old = before.definition();
    StagedDefinition now = after.definition();
    require(old.name().equals(now.name()), "name", old.name(), now.name());
    require(old.stages() == now.stages(), "stages", old.stages(), now.stages());
    for (StagedSetting setting : StagedSetting.values()) {
      String was = old.fixed().get(setting);
      String is = now.fixed().get(setting);
      require(
          Objects.equals(was, is),
          "fixed " + setting.text(),
          was == null ? "missing" : was,
          is == null ? "missing" : is);
    }
    Map<String, List<String>> oldValues = values(old);
    Map<String, List<String>> newValues = values(now);
    List<StagedGene> genes = new ArrayList<>(old.genes());
    List<String> additions = new ArrayList<>();
    int free = Math.max(old.length(), bits);
    List<String> known = List.copyOf(oldValues.keySet());
    List<String> listed = List.copyOf(newValues.keySet());
    for (String name : known) {
      if (!newValues.containsKey(name)) {
        throw new IllegalArgumentException(Text.format("gene %s is missing now", name));
      }
    }
    require(
        listed.subList(0, known.size()).equals(known),
        "order of genes",
        String.join(", ", known),
        String.join(", ", listed.subList(0, known.size())));
    for (String name : known) {
      StagedGene gene = gene(old, name);
      require(
          gene.sets().equals(gene(now, name).sets()),
          "gene " + name + ": sets",
          gene.sets(),
          gene(now, name).sets());
      List<String> was = oldValues.get(name);
      List<String> is = newValues.get(name);
      require(
          is.size() >= was.size() && is.subList(0, was.size()).equals(was),
          "gene " + name + ": values",
          String.join(", ", was),
          String.join(", ", is));
      if (is.size() > was.size()) {
        List<String> more = new ArrayList<>(List.of(StagedGene.AS_BEFORE));
        more.addAll(is.subList(was.size(), is.size()));
        genes.add(later(free(name, genes), gene.sets(), more, free));
        free = genes.get(genes.size() - 1).to();
        additions.add(
            Text.format(
                "gene %s has more values: %s",
                name, String.join(", ", is.subList(was.size(), is.size()))));
      }
    }
    for (String name : listed.subList(known.size(), listed.size())) {
      StagedGene gene = gene(now, name);
      if (!gene.isLater()) {
        throw new IllegalArgumentException(
            Text.format(
                "gene %s is new; its first value must be '%s'", name, StagedGene.AS_BEFORE));
      }
      genes.add(later(name, gene.sets(), gene.values(), free));
      free = genes.get(genes.size() - 1).to();
      additions.add(
          Text.format(
              "gene %s is new: %s",
              name, String.join(", ", gene.values().subList(1, gene.values().size()))));
    }
    checkChoices(before, after);
    if (additions.isEmpty()) {
      return new SpaceExtension(before, List.of());
    }
    StagedDefinition grown = new StagedDefinition(old.name(), old.stages(), old.fixed(), genes);
    Map<String, List<String>> choices = new LinkedHashMap<>(before.choices());
    after.choices().forEach(choices::putIfAbsent);
    return new SpaceExtension(new StagedSpace(grown, choices), additions);
  }

  /** Genes that were in use keep the values that were left; new ones may have any. */
  private static void checkChoices(StagedSpace before, StagedSpace after) {
    for (StagedGene gene : before.definition().genes()) {
      List<String> was = before.choices().get(gene.name());
      List<String> is = after.choices().get(gene.name());
      require(
          Objects.equals(was, is),
          "choices of gene " + gene.name(),
          was == null ? "all" : String.join(", ", was),
          is == null ? "all" : String.join(", ", is));
    }
  }

  private static StagedGene later(
      String name, List<StagedSetting> sets, List<String> values, int from) {
    return new StagedGene(name, sets, values, StagedGene.bitsFor(values.size()), from);
  }

  private static String free(String name, List<StagedGene> genes) {
    String free = name + MORE;
    for (int i = 2; contains(genes, free); i++) {
      free = name + MORE + i;
    }
    return free;
  }

  private static boolean contains(List<StagedGene> genes, String name) {
    return genes.stream().anyMatch(gene -> gene.name().equals(name));
  }

  private static StagedGene gene(StagedDefinition definition, String name) {
    return definition.genes().stream()
        .filter(gene -> gene.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** The values of each gene; what was added to it before is part of it. */
  private static Map<String, List<String>> values(StagedDefinition definition) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (StagedGene gene : definition.genes()) {
      int mark = gene.name().lastIndexOf(MORE);
      String base = mark < 0 ? gene.name() : gene.name().substring(0, mark);
      if (mark > 0 && gene.isLater() && values.containsKey(base)) {
        values.get(base).addAll(gene.values().subList(1, gene.values().size()));
      } else {
        values.put(gene.name(), new ArrayList<>(gene.values()));
      }
    }
    return values;
  }

  private static void require(boolean same, String what, Object was, Object is) {
    if (!same) {
      throw new IllegalArgumentException(Text.format("%s: %s became %s", what, was, is));
    }
  }
}
