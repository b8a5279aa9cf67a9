package io.github.cnnevolution.space;

import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the genes and values that a person names.
 *
 * @param values the values of each gene
 */
record Choices(Map<String, List<String>> values) {
  /** Those of a space. */
  static Choices of(SearchSpace space) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    space
        .genes()
        .forEach(gene -> values.put(gene.name(), gene.values().stream().distinct().toList()));
    return new Choices(values);
  }

  /**
   * Returns the choices as the space writes them, in its order.
   *
   * @throws IllegalArgumentException if there is no such gene or value; the message says what there
   *     is
   */
  Map<String, List<String>> check(Map<String, List<String>> choices) {
    Map<String, List<String>> checked = new LinkedHashMap<>();
    choices.forEach(
        (gene, chosen) -> {
          if (!values.containsKey(gene)) {
            throw new IllegalArgumentException(
                Text.format(
                    "there is no gene '%s'; there are: %s",
                    gene, String.join(", ", values.keySet())));
          }
          if (chosen.isEmpty()) {
            throw new IllegalArgumentException(Text.format("gene %s: no value is left", gene));
          }
          List<String> found = new ArrayList<>();
          chosen.forEach(value -> found.add(find(gene, value)));
          checked.put(gene, values.get(gene).stream().filter(found::contains).toList());
        });
    return Collections.unmodifiableMap(checked);
  }

  private String find(String gene, String value) {
    Optional<String> found =
        values.get(gene).stream()
            .filter(known -> known.equalsIgnoreCase(StagedGene.canonical(value)))
            .findFirst();
    return found.orElseThrow(
        () ->
            new IllegalArgumentException(
                Text.format(
                    "gene %s has no value '%s'; it has: %s",
                    gene, value, String.join(", ", values.get(gene)))));
  }
}
