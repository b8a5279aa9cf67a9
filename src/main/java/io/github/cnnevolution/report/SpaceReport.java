package io.github.cnnevolution.report;

import com.github.freva.asciitable.Column;
import io.github.cnnevolution.run.Json;
import io.github.cnnevolution.run.SpaceFile;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Bounds;
import io.github.cnnevolution.space.Gene;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** Search spaces as text and as JSON. */
public final class SpaceReport {
  private static final int MOST_VALUES = 16;

  private SpaceReport() {}

  /** Returns a line for each space. */
  public static String list(List<SearchSpace> spaces) {
    List<Column> columns =
        List.of(
            Tables.text("space"),
            Tables.number("bits"),
            Tables.number("genes"),
            Tables.number("networks"));
    List<Object[]> rows = new ArrayList<>();
    for (SearchSpace space : spaces) {
      rows.add(
          new Object[] {
            space.name(), space.defaultLength(), space.genes().size(), networks(space)
          });
    }
    return Tables.of(columns, rows);
  }

  /** Returns the spaces as JSON objects, one a line. */
  public static String listJson(List<SearchSpace> spaces) {
    return spaces.stream().map(space -> Json.line(head(space))).collect(Collectors.joining("\n"));
  }

  /**
   * Returns genes, number of networks and sizes of those that the bounds admit.
   *
   * @throws io.github.cnnevolution.engine.SettingException if they admit none
   */
  public static String text(SearchSpace space, Bounds bounds) {
    List<Object[]> genes = new ArrayList<>();
    for (Gene gene : space.genes()) {
      genes.add(
          new Object[] {
            gene.name(),
            gene.to() - gene.from() == 1
                ? String.valueOf(gene.from())
                : Text.format("%d-%d", gene.from(), gene.to() - 1),
            values(gene)
          });
    }
    SpaceSample sample = SpaceSample.of(space, bounds);
    List<Object[]> sizes = new ArrayList<>();
    for (Map.Entry<String, ToLongFunction<Architecture>> size : SpaceSample.SIZES.entrySet()) {
      List<Object> row = new ArrayList<>(List.of(size.getKey()));
      sample
          .of(size.getValue())
          .values()
          .forEach(value -> row.add(value == null ? "?" : Text.format("%,d", value)));
      sizes.add(row.toArray());
    }
    List<Column> columns = new ArrayList<>(List.of(Tables.text("")));
    sample.of(Architecture::flops).keySet().forEach(name -> columns.add(Tables.number(name)));
    return Text.format(
        "%s: %d bits, %s networks%n%s%n%n%s%n%n%s, %d classes",
        space.name(),
        space.defaultLength(),
        networks(space),
        Tables.of(List.of(Tables.text("gene"), Tables.text("bits"), Tables.text("values")), genes),
        Tables.of(columns, sizes),
        drawn(sample, bounds),
        Architecture.CLASSES);
  }

  private static String drawn(SpaceSample sample, Bounds bounds) {
    String drawn = Text.format("%,d chromosomes drawn at random", sample.tried());
    return bounds.isNone()
        ? "of " + drawn
        : Text.format(
            "of those with %s: %.1f %% of %s",
            String.join(" and ", bounds.texts()), 100 * sample.admitted(), drawn);
  }

  private static String networks(SearchSpace space) {
    return space.size().isPresent() ? Text.format("%,d", space.size().getAsLong()) : "?";
  }

  private static String values(Gene gene) {
    List<String> values = gene.values().stream().distinct().toList();
    return values.size() <= MOST_VALUES
        ? String.join(", ", values)
        : String.join(", ", values.subList(0, MOST_VALUES)) + ", ... " + values.size();
  }

  private static Map<String, Object> head(SearchSpace space) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("space", space.name());
    object.put("bits", space.defaultLength());
    object.put("networks", space.size().isPresent() ? space.size().getAsLong() : null);
    object.putAll(SpaceFile.identity(space));
    return object;
  }

  /**
   * Returns one JSON object on one line.
   *
   * @throws io.github.cnnevolution.engine.SettingException if the bounds admit no network
   */
  public static String json(SearchSpace space, Bounds bounds) {
    Map<String, Object> object = head(space);
    object.put(
        "genes",
        space.genes().stream()
            .map(
                gene ->
                    Map.of(
                        "name", gene.name(),
                        "from", gene.from(),
                        "to", gene.to(),
                        "values", gene.values().stream().distinct().toList()))
            .toList());
    SpaceSample sample = SpaceSample.of(space, bounds);
    object.put("sampled_chromosomes", sample.tried());
    object.put("admitted", sample.admitted());
    SpaceSample.SIZES.forEach((name, size) -> object.put(name, sample.of(size)));
    return Json.line(object);
  }
}
