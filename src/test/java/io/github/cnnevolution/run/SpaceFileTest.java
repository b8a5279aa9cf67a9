package io.github.cnnevolution.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.space.SearchSpaces;
import io.github.cnnevolution.space.StagedSetting;
import io.github.cnnevolution.space.StagedSpace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpaceFileTest {
  private static final String GOOD =
      """
      {"name": "mine", "stages": 3, "fixed": {"group_width": 16, "round_to": 16},
       "genes": [{"name": "width", "values": [16, 32]}, {"name": "block", "values": ["plain", "bottleneck"]},
        {"name": "growths", "sets": ["growth2", "growth3"], "values": [1, 1.5], "bits": 2}]}""";

  private static SearchSpace read(String json) {
    return new StagedSpace(SpaceFile.definition(json.getBytes(StandardCharsets.UTF_8)));
  }

  /** Each fault is put into a good file; the message names the place. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "\"stages\": 3      | \"stages\": 1       | stages: 1; a network has from 2 to 5",
        "\"stages\": 3      | \"stages\": 2.5     | stages: must be a whole number",
        "\"stages\": 3      | \"stages\": 9999999999 | stages: must be a whole number",
        "\"stages\": 3, | ~~                      | stages: missing",
        "\"mine\"           | \"Mine!\"           | the name of a search space has lower-case letters, digits, '.', '_' and '-', and begins with a letter or digit; 'Mine!' does not",
        "\"mine\"           | \"plain\"           | name: plain is the built-in space; choose another",
        "\"mine\"           | 7                   | name: must be a text",
        "\"width\"          | \"breadth\"         | gene breadth: there is no setting 'breadth'; there are: block, width, growth2, growth3, blocks1, blocks2, blocks3, kernel, conv_kernel, expansion, group_width, bottleneck_ratio, se, se_ratio, head, resolution, activation, downsampling, dropout, round_to, max_width",
        "\"growth3\"        | \"growth4\"         | gene growths: there is no setting 'growth4'; there are: block, width, growth2, growth3, blocks1, blocks2, blocks3, kernel, conv_kernel, expansion, group_width, bottleneck_ratio, se, se_ratio, head, resolution, activation, downsampling, dropout, round_to, max_width",
        "\"width\", \"values\": [16, 32] | \"growth2\", \"values\": [1] | gene growths sets growth2, as does growth2",
        "\"growth3\"        | \"blocks3\"         | gene growths: blocks3 is a whole number from 0 to 8, not '1.5'",
        "\"growth3\"        | \"dropout\"         | gene growths: dropout is a multiple of 1/256 below 0.94, such as 0.25, not '1'",
        "\"growths\"        | \"width\"           | gene width is there twice",
        "\"growths\"        | \"Growths\"         | gene 'Growths': a name has up to 31 lower-case letters, digits and underscores, and begins with a letter",
        "[16, 32]           | []                  | gene width: has no values; give at least one",
        "[16, 32]           | [16, -32]           | gene width: width is a whole number from 1 to 2048, not '-32'",
        "[16, 32]           | [16, 1e400]         | gene width: width is a whole number from 1 to 2048, not 'Infinity'",
        "[16, 32]           | [16, 16.0]          | gene width: value 16 is there twice",
        "[16, 32]           | [16, null]          | gene width: a value must be a text or a number, not NULL",
        "[16, 32]           | 16                  | gene width: values must be a list",
        "[16, 32]           | [16, \"as before\"] | gene width: 'as before' must be the first value",
        "\"bits\": 2        | \"bits\": 0         | gene growths: 0 bits at 2; give 1 to 16 bits",
        "\"bits\": 2        | \"bits\": 99999999  | gene growths: 1048576 bits at 2; give 1 to 16 bits",
        "\"bits\": 2        | \"at\": 1           | gene growths: bits 1 to 2; give bits from 2 to 10000",
        "\"bits\": 2        | \"bit\": 2          | gene growths: unknown field 'bit'; there are: at, bits, name, sets, values",
        "[1, 1.5]           | [1, 1.5, 2, 3, 4]   | gene growths: 5 values need 3 bits, not 2",
        "\"plain\"          | \"fancy\"           | gene block: block is one of plain, residual, bottleneck, inverted, not 'fancy'",
        "\"group_width\": 16 | \"group_width\": 24 | group_width 24 does not divide the 16 channels that a stage may have",
        "\"group_width\": 16 | \"width\": 24      | gene width sets width, as does fixed",
        "\"group_width\": 16 | \"head\": \"min\"  | fixed: head is one of mean, max, not 'min'",
        "\"group_width\": 16 | \"group_width\": 16, \"group_width\": 32 | line 1, column 73: a field is there twice",
        "\"group_width\"     | \"groups\"          | fixed: there is no setting 'groups'; there are: block, width, growth2, growth3, blocks1, blocks2, blocks3, kernel, conv_kernel, expansion, group_width, bottleneck_ratio, se, se_ratio, head, resolution, activation, downsampling, dropout, round_to, max_width",
        "\"genes\": [       | \"genes\": [7,      | genes[0]: must be an object",
        "\"genes\": [       | \"genes\": [{\"values\": []}, | genes[0]: its name must be a text",
        "\"bits\": 2}]}     | \"bits\": 2}]       | line 3, column 86: is not JSON",
        "\"bits\": 2}]}     | \"bits\": 2}]} {}   | line 3, column 88: is not JSON",
      })
  void faultsNameTheirPlace(String good, String bad, String message) {
    assertTrue(GOOD.contains(good), good);
    String wrong = GOOD.replace(good, bad == null ? "" : bad);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> read(wrong), wrong);
    assertEquals(message, e.getMessage());
  }

  @Test
  void spacesThatNobodyCanCountAreRefused() {
    StringBuilder genes = new StringBuilder("{\"name\":\"width\",\"values\":[");
    genes.append("16,32,48,64,80,96,112,128,144,160,176,192,208,224,240,256]}");
    for (int stage = 2; stage <= 5; stage++) {
      genes.append(",{\"name\":\"growth" + stage + "\",\"values\":");
      genes.append("[1,2,3,4,5,6,7,8,1.5,2.5,3.5,4.5,5.5,6.5,7.5,0.5]}");
    }
    String widths = "{\"name\":\"x\",\"stages\":5,\"fixed\":{\"round_to\":16},\"genes\":[" + genes;
    for (int stage = 1; stage <= 5; stage++) {
      genes.append(",{\"name\":\"blocks" + stage + "\",\"values\":[1,2,3,4,5,6,7,8]}");
    }
    genes.append(",{\"name\":\"head\",\"values\":[\"mean\",\"max\"]}");
    genes.append(",{\"name\":\"activation\",\"values\":[\"relu\",\"elu\",\"gelu\",\"silu\"]}");
    genes.append(",{\"name\":\"kernel\",\"values\":[3,5,7,9]}");
    String all = widths.substring(0, widths.indexOf("[") + 1) + genes + "]}";
    String message = assertThrows(IllegalArgumentException.class, () -> read(all)).getMessage();
    assertTrue(message.startsWith("genes: 2^40 combinations of values; at most 2^36"), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"small", "mobile", "wide"})
  void theExamplesAreSpaces(String name) throws IOException {
    StagedSpace space = SpaceFile.read(Path.of("src/docs/spaces", name + ".json"));
    assertEquals(name, space.name());
    assertTrue(space.size().orElseThrow() > 100);
    assertTrue(space.largest(10).size() > 0);
  }

  /** The schema has the settings that the program has. */
  @Test
  void theSchemaKnowsEverySetting() throws IOException {
    JsonNode schema =
        new ObjectMapper()
            .readTree(Files.readAllBytes(Path.of("src/docs/spaces/space.schema.json")));
    Set<String> described = new TreeSet<>();
    schema
        .path("properties")
        .path("fixed")
        .path("properties")
        .fieldNames()
        .forEachRemaining(described::add);
    assertEquals(new TreeSet<>(StagedSetting.names(5)), described);
  }

  @Test
  void whatARunKeepsOfASpaceGivesTheSpaceBack() {
    SearchSpaces builtIn = SpaceFile.builtIn();
    Random random = new Random(1);
    for (SearchSpace space :
        List.of(
            read(GOOD),
            read(GOOD).narrow(Map.of("width", List.of("32"))),
            builtIn.get("residual"),
            builtIn.get("residual").narrow(Map.of("growth34", List.of("1", "1.5"))),
            builtIn.get("plain").narrow(Map.of("kernel", List.of("3", "5"))))) {
      String identity = Json.line(SpaceFile.identity(space));
      SearchSpace again = SpaceFile.space(identity, space.name(), builtIn);
      assertEquals(identity, Json.line(SpaceFile.identity(again)));
      for (int i = 0; i < 50; i++) {
        StringBuilder bits = new StringBuilder();
        while (bits.length() < space.defaultLength()) {
          bits.append(random.nextInt(2));
        }
        Chromosome chromosome = new Chromosome(bits.toString());
        Architecture network = space.decode(chromosome, 10);
        assertEquals(network, again.decode(chromosome, 10));
        assertEquals(network.genes(), again.decode(chromosome, 10).genes());
      }
    }
    assertEquals(Map.of(), SpaceFile.identity(builtIn.get("plain")));
  }

  /** Some bytes of a good file are others: it is read, or refused with a sentence of one line. */
  @Property(tries = 4000)
  void damagedFilesAreReadOrRefusedInOneLine(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int edits) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder(GOOD);
    String signs = "{}[]\",:-.0123456789eE_abn \n\u00e9\u0000";
    List<String> words =
        List.of("null", "true", "-1", "1e9", "\"as before\"", "[]", "{}", "99999999999999999999");
    for (int i = 0; i < edits; i++) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(4)) {
        case 0 -> text.deleteCharAt(at);
        case 1 -> text.insert(at, signs.charAt(random.nextInt(signs.length())));
        case 2 -> text.setCharAt(at, signs.charAt(random.nextInt(signs.length())));
        default -> {
          int comma = text.indexOf(",", at);
          int end = comma < 0 ? -1 : text.indexOf(",", comma + 1);
          if (end > 0) {
            text.replace(comma + 1, end, words.get(random.nextInt(words.size())));
          }
        }
      }
    }
    try {
      SearchSpace space = read(text.toString());
      Architecture network = space.decode(new Chromosome("01".repeat(space.defaultLength())), 10);
      assertTrue(network.parameters() > 0);
      assertTrue(space.size().orElseThrow() > 0);
    } catch (IllegalArgumentException e) {
      assertEquals(1, e.getMessage().lines().count(), e.getMessage());
      assertTrue(e.getMessage().length() > 5, e.getMessage());
    }
  }
}
