package io.github.cnnevolution.report;

import com.github.freva.asciitable.Column;
import io.github.cnnevolution.run.ArchitectureFacts;
import io.github.cnnevolution.run.Json;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.Gene;
import io.github.cnnevolution.space.Layer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A chromosome's network for people and for programs. */
public final class ArchitectureReport {
  private ArchitectureReport() {}

  /** The genes, then the layers as a table, of the network for so many classes. */
  public static String table(Chromosome chromosome, int classes) {
    Architecture architecture = Architecture.decode(chromosome, classes);
    List<Column> columns =
        List.of(
            Tables.text("name"),
            Tables.text("layer"),
            Tables.text("input"),
            Tables.text("output"),
            Tables.number("parameters"),
            Tables.number("flops"));
    List<Object[]> rows = new ArrayList<>();
    for (Layer layer : architecture.layers()) {
      rows.add(
          row(
              layer.name(),
              layer.description(),
              layer.input(),
              layer.output(),
              layer.parameters(),
              layer.flops()));
    }
    rows.add(
        row(
            "",
            "total",
            Architecture.INPUT,
            classes,
            architecture.parameters(),
            architecture.flops()));
    return "%s  %s%n%s%n%n%s%n"
        .formatted(
            chromosome,
            architecture.phenotype(),
            genes(chromosome, architecture),
            Tables.of(columns, rows));
  }

  /** The same as one JSON object on one line. */
  public static String json(Chromosome chromosome, int classes) {
    Architecture architecture = Architecture.decode(chromosome, classes);
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("chromosome", chromosome.bits());
    object.putAll(ArchitectureFacts.of(architecture));
    object.put("layers", architecture.layers().stream().map(ArchitectureReport::layer).toList());
    return Json.line(object);
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

  private static String genes(Chromosome chromosome, Architecture architecture) {
    return "stem width %d, depth %d, kernel %d, activation %s, blocks %s, pool gene %d (reserved)"
        .formatted(
            architecture.stemWidth(),
            architecture.depth(),
            architecture.kernel(),
            architecture.activation().torchName(),
            String.join(
                " ",
                architecture.blocks().stream()
                    .map(b -> b.name().toLowerCase(Locale.ROOT))
                    .toList()),
            Gene.POOL.read(chromosome));
  }

  private static Object[] row(
      String name, String layer, Object input, Object output, long parameters, long flops) {
    return new Object[] {name, layer, input, output, grouped(parameters), grouped(flops)};
  }

  private static String grouped(long number) {
    return number == 0 ? "" : String.format(Locale.ROOT, "%,d", number);
  }
}
