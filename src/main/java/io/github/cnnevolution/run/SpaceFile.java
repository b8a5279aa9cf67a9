package io.github.cnnevolution.run;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.space.SearchSpaces;
import io.github.cnnevolution.space.StagedDefinition;
import io.github.cnnevolution.space.StagedGene;
import io.github.cnnevolution.space.StagedSetting;
import io.github.cnnevolution.space.StagedSpace;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Search spaces as JSON: the file of a {@link StagedSpace}, and what a run keeps of its space,
 * which is that and the values that were left of genes. The package {@code space} itself reads no
 * JSON.
 */
public final class SpaceFile {
  /** The fact of a store, and the field of a JSON file, that holds the definition of a space. */
  public static final String DEFINITION = "space_definition";

  private static final String RESIDUAL = "residual.json";
  private static final String CHOICES = "choices";
  private static final String FILE = "file";

  /** What is longer is no value. */
  private static final int MAX_VALUE = 40;

  private static final int MAX_BYTES = 1 << 20;
  private static final Set<String> FIELDS = Set.of("$schema", "name", "stages", "fixed", "genes");
  private static final Set<String> GENE_FIELDS = Set.of("name", "sets", "values", "bits", "at");

  private SpaceFile() {}

  /** The spaces that come with this program: the plain one, and those whose files are in it. */
  public static SearchSpaces builtIn() {
    return SearchSpaces.builtIn().with("residual", SpaceFile::residual);
  }

  private static SearchSpace residual() {
    try (InputStream in = SpaceFile.class.getResourceAsStream(RESIDUAL)) {
      return new StagedSpace(definition(in.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads the file of a space.
   *
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if it is none; the message names the place
   */
  public static StagedSpace read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException("no such file");
    }
    if (Files.size(file) > MAX_BYTES) {
      throw new IllegalArgumentException("is larger than 1 MiB");
    }
    return new StagedSpace(definition(Files.readAllBytes(file)));
  }

  /**
   * Reads the text of a definition.
   *
   * @throws IllegalArgumentException if it is none; the message names the place
   */
  public static StagedDefinition definition(byte[] json) {
    JsonNode root;
    try {
      root =
          new ObjectMapper()
              .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
              .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
              .readTree(json);
    } catch (JsonProcessingException e) {
      String reason = String.valueOf(e.getOriginalMessage());
      throw new IllegalArgumentException(
          Text.format(
              "line %d, column %d: %s",
              e.getLocation() == null ? 1 : e.getLocation().getLineNr(),
              e.getLocation() == null ? 1 : e.getLocation().getColumnNr(),
              reason.startsWith("Duplicate field") ? "a field is there twice" : "is not JSON"),
          e);
    } catch (IOException e) {
      throw new IllegalArgumentException("is not JSON", e);
    }
    return definition(root);
  }

  private static StagedDefinition definition(JsonNode root) {
    require(root.isObject(), "it must be a JSON object");
    checkFields("the file", root, FIELDS);
    for (String field : List.of("name", "stages", "genes")) {
      require(root.has(field), field + ": missing");
    }
    require(root.path("name").isTextual(), "name: must be a text");
    require(root.path("stages").canConvertToInt(), "stages: must be a whole number");
    require(root.path("stages").isIntegralNumber(), "stages: must be a whole number");
    Map<StagedSetting, String> fixed = new LinkedHashMap<>();
    require(
        root.path("fixed").isObject() || root.path("fixed").isMissingNode(),
        "fixed: must be an object");
    int stages = StagedDefinition.checkStages(root.path("stages").asInt());
    for (Map.Entry<String, JsonNode> entry : root.path("fixed").properties()) {
      fixed.put(
          setting("fixed", entry.getKey(), stages),
          text("fixed " + entry.getKey(), entry.getValue()));
    }
    require(root.path("genes").isArray(), "genes: must be a list");
    List<StagedGene> genes = new ArrayList<>();
    int free = 0;
    for (JsonNode gene : root.path("genes")) {
      genes.add(gene(gene, genes.size(), free, stages));
      free = genes.get(genes.size() - 1).to();
    }
    return new StagedDefinition(root.path("name").asText(), stages, fixed, genes);
  }

  private static StagedGene gene(JsonNode node, int index, int free, int stages) {
    String place = Text.format("genes[%d]", index);
    require(node.isObject(), place + ": must be an object");
    require(node.path("name").isTextual(), place + ": its name must be a text");
    String name = node.path("name").asText();
    place = "gene " + name;
    checkFields(place, node, GENE_FIELDS);
    require(node.path("values").isArray(), place + ": values must be a list");
    List<String> values = new ArrayList<>();
    for (JsonNode value : node.path("values")) {
      values.add(text(place, value));
    }
    List<StagedSetting> sets = new ArrayList<>();
    if (node.has("sets")) {
      require(node.path("sets").isArray(), place + ": sets must be a list of settings");
      for (JsonNode setting : node.path("sets")) {
        sets.add(setting(place, setting.asText(), stages));
      }
    } else {
      sets.add(setting(place, name, stages));
    }
    int bits = StagedGene.bitsFor(Math.max(1, values.size()));
    return new StagedGene(
        name, sets, values, number(place, node, "bits", bits), number(place, node, "at", free));
  }

  private static int number(String place, JsonNode node, String field, int missing) {
    JsonNode value = node.path(field);
    if (value.isMissingNode()) {
      return missing;
    }
    require(
        value.isIntegralNumber() && value.canConvertToInt(),
        Text.format("%s: %s must be a whole number", place, field));
    // Below, the sum of both must not overflow.
    return Math.max(-1, Math.min(value.asInt(), 1 << 20));
  }

  private static StagedSetting setting(String place, String name, int stages) {
    return StagedSetting.find(name, stages)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    Text.format(
                        "%s: there is no setting '%s'; there are: %s",
                        place, name, String.join(", ", StagedSetting.names(stages)))));
  }

  private static String text(String place, JsonNode value) {
    require(
        value.isTextual() || value.isNumber(),
        Text.format("%s: a value must be a text or a number, not %s", place, value.getNodeType()));
    boolean plain = value.isFloatingPointNumber() && Double.isFinite(value.asDouble());
    String text = plain ? BigDecimal.valueOf(value.asDouble()).toPlainString() : value.asText();
    return text.length() > MAX_VALUE ? text.substring(0, MAX_VALUE) + "..." : text;
  }

  private static void checkFields(String place, JsonNode object, Set<String> known) {
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      require(
          known.contains(field.getKey()),
          Text.format(
              "%s: unknown field '%s'; there are: %s",
              place, field.getKey(), String.join(", ", known.stream().sorted().toList())));
    }
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  /** A definition as a file has it. */
  public static Map<String, Object> object(StagedDefinition definition) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("name", definition.name());
    object.put("stages", definition.stages());
    Map<String, Object> fixed = new LinkedHashMap<>();
    definition
        .fixed()
        .forEach((setting, value) -> fixed.put(setting.text(), RunOptions.typed(value)));
    object.put("fixed", fixed);
    object.put("genes", definition.genes().stream().map(SpaceFile::object).toList());
    return object;
  }

  private static Map<String, Object> object(StagedGene gene) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("name", gene.name());
    object.put("sets", gene.sets().stream().map(StagedSetting::text).toList());
    object.put("values", gene.values().stream().map(RunOptions::typed).toList());
    object.put("bits", gene.bits());
    object.put("at", gene.from());
    return object;
  }

  /**
   * What a run keeps of its space beside the name, as JSON values. Empty for the whole plain space,
   * and for those of a program's own, which cannot be written.
   */
  public static Map<String, Object> identity(SearchSpace space) {
    Map<String, Object> object = new LinkedHashMap<>();
    if (space instanceof StagedSpace staged) {
      object.put(FILE, object(staged.definition()));
    }
    if (!space.choices().isEmpty()) {
      object.put(CHOICES, space.choices());
    }
    return object;
  }

  /** The text of {@link #identity} in a store; empty if there is nothing to say. */
  public static String text(SearchSpace space) {
    Map<String, Object> identity = identity(space);
    return identity.isEmpty() ? "" : Json.line(identity);
  }

  /**
   * The space that {@link #identity} has described.
   *
   * @param json its text; empty if there was nothing to describe
   * @param name of the space
   * @param spaces that are known by name
   * @throws IllegalArgumentException if there is none of the name, or the description makes no
   *     sense
   */
  public static SearchSpace space(String json, String name, SearchSpaces spaces) {
    if (json.isEmpty()) {
      return spaces.get(name);
    }
    try {
      JsonNode root = new ObjectMapper().readTree(json);
      Map<String, List<String>> choices = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> entry : root.path(CHOICES).properties()) {
        List<String> values = new ArrayList<>();
        entry.getValue().forEach(value -> values.add(value.asText()));
        choices.put(entry.getKey(), values);
      }
      SearchSpace whole =
          root.has(FILE) ? new StagedSpace(definition(root.path(FILE))) : spaces.get(name);
      return choices.isEmpty() ? whole : whole.narrow(choices);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the definition of its space is no JSON", e);
    }
  }

  /**
   * Whether name and {@link #text} say all of a space; not those of a program's own, which have
   * neither a file nor the name of a built-in space.
   */
  public static boolean isWritten(SearchSpace space) {
    return space instanceof StagedSpace || isBuiltIn(space.name());
  }

  /** Whether the name belongs to a built-in space. */
  public static boolean isBuiltIn(String name) {
    return builtIn().names().contains(name);
  }
}
