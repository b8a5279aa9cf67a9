package io.github.cnnevolution.report;

import com.github.freva.asciitable.Column;
import io.github.cnnevolution.run.ArchitectureFacts;
import io.github.cnnevolution.run.Json;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Bounds;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.Gene;
import io.github.cnnevolution.space.Layer;
import io.github.cnnevolution.space.Node;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The network of a chromosome as text and as JSON. */
public final class ArchitectureReport {
  private ArchitectureReport() {}

  /**
   * Returns the genes, then the layers as a table, and whether the network keeps the bounds.
   *
   * @throws IllegalArgumentException if the chromosome does not belong to the space
   */
  public static String table(Chromosome chromosome, SearchSpace space, int classes, Bounds bounds) {
    Architecture architecture = space.decode(chromosome, classes);
    List<Column> columns =
        List.of(
            Tables.text("name"),
            Tables.text("layer"),
            Tables.text("input"),
            Tables.text("output"),
            Tables.number("parameters"),
            Tables.number("flops"));
    List<Object[]> rows = new ArrayList<>();
    for (Node node : architecture.nodes()) {
      Layer layer = node.layer();
      rows.add(
          row(
              layer.name(),
              layer.description() + skips(architecture, node, rows.size()),
              layer.input(),
              layer.output(),
              layer.parameters(),
              layer.flops()));
    }
    rows.add(
        row(
            "",
            "total",
            architecture.input(),
            classes,
            architecture.parameters(),
            architecture.flops()));
    return Text.format(
        "%s  %s%n%s%n%n%s%n%s",
        chromosome,
        architecture.phenotype(),
        genes(chromosome, space, architecture),
        Tables.of(columns, rows),
        kept(architecture, bounds));
  }

  private static String kept(Architecture architecture, Bounds bounds) {
    return bounds.isNone()
        ? ""
        : bounds
            .violation(architecture)
            .map(
                broken ->
                    Text.format(
                        "breaks --%s %d with %s%n", broken.option(), broken.value(), broken.what()))
            .orElseGet(() -> Text.format("keeps the bounds%n"));
  }

  /**
   * Returns names, sizes and layers as one JSON object on one line.
   *
   * @throws IllegalArgumentException if the chromosome is none of the space
   */
  public static String json(Chromosome chromosome, SearchSpace space, int classes, Bounds bounds) {
    Architecture architecture = space.decode(chromosome, classes);
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("chromosome", chromosome.bits());
    object.putAll(ArchitectureFacts.of(architecture));
    if (!bounds.isNone()) {
      object.put("keeps_bounds", bounds.admit(architecture));
      object.put("broken_bound", bounds.violation(architecture).map(v -> v.option()).orElse(null));
    }
    object.put(
        "layers",
        architecture.nodes().stream()
            .map(
                node -> {
                  Map<String, Object> layer = layer(node.layer());
                  if (!architecture.isChain()) {
                    layer.put("reads", names(architecture, node));
                  }
                  return layer;
                })
            .toList());
    return Json.line(object);
  }

  /** Says what a layer reads, unless that is the one before it. */
  private static String skips(Architecture architecture, Node node, int index) {
    return node.inputs().equals(List.of(index - 1))
        ? ""
        : " of " + String.join(", ", names(architecture, node));
  }

  private static List<String> names(Architecture architecture, Node node) {
    return node.inputs().stream()
        .map(input -> input == Node.IMAGE ? "image" : architecture.layers().get(input).name())
        .toList();
  }

  private static Map<String, Object> layer(Layer layer) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("name", layer.name());
    object.put("layer", layer.description());
    object.put("input", layer.input().dimensions());
    object.put("output", layer.output().dimensions());
    object.put("parameters", layer.parameters());
    object.put("flops", layer.flops());
    return object;
  }

  /** Lists the genes of the network, then the genes that have no effect on it. */
  private static String genes(Chromosome chromosome, SearchSpace space, Architecture architecture) {
    List<String> genes = new ArrayList<>();
    architecture.genes().forEach((name, value) -> genes.add(name + " " + value));
    for (Gene gene : space.genes()) {
      if (!architecture.genes().containsKey(gene.name())) {
        boolean absent = gene.to() > chromosome.length();
        genes.add(
            Text.format(
                "%s gene %s (%s)",
                gene.name(),
                absent ? "absent" : gene.label(chromosome),
                space.name().equals(PlainSpace.NAME) ? "reserved" : "no effect"));
      }
    }
    return String.join(", ", genes);
  }

  private static Object[] row(
      String name, String layer, Object input, Object output, long parameters, long flops) {
    return new Object[] {name, layer, input, output, grouped(parameters), grouped(flops)};
  }

  private static String grouped(long number) {
    return number == 0 ? "" : Text.format("%,d", number);
  }
}
