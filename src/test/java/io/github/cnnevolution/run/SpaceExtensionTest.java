package io.github.cnnevolution.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.SpaceExtension;
import io.github.cnnevolution.space.StagedSpace;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpaceExtensionTest {
  private static final String BEFORE =
      """
      {"name": "mine", "stages": 3, "fixed": {"expansion": 2},
       "genes": [
        {"name": "width", "values": [16, 32, 48]},
        {"name": "blocks1", "values": [1, 2]},
        {"name": "block", "values": ["plain", "residual"]}]}""";
  private static final String ADDED =
      BEFORE
          .replace("48]", "48, 64, 80]")
          .replace(
              "\"residual\"]}",
              "\"residual\"]}, {\"name\": \"dropout\", \"values\": [\"as before\", 0.25]}");

  /** Longer than the genes need: these bits have been drawn at random, and stay neutral. */
  private static final int BITS = 6;

  private static StagedSpace space(String json) {
    return new StagedSpace(SpaceFile.definition(json.getBytes(StandardCharsets.UTF_8)));
  }

  private static Chromosome chromosome(int value, int length) {
    return new Chromosome(Integer.toBinaryString((1 << length) | value).substring(1));
  }

  @Test
  void everyOldChromosomeKeepsItsNetwork() {
    StagedSpace before = space(BEFORE);
    SpaceExtension extension = SpaceExtension.of(before, space(ADDED), BITS);
    assertEquals(
        List.of("gene width has more values: 64, 80", "gene dropout is new: 0.25"),
        extension.additions());
    int more = extension.space().defaultLength() - BITS;
    assertEquals(3, more);
    for (int value = 0; value < 1 << BITS; value++) {
      Chromosome old = chromosome(value, BITS);
      Architecture network = before.decode(old, 10);
      assertEquals(network, extension.space().decode(old, 10));
      assertEquals(network, extension.space().decode(new Chromosome(old + "0".repeat(more)), 10));
    }
    Set<String> widths = new HashSet<>();
    Random random = new Random(1);
    for (int i = 0; i < 200; i++) {
      Chromosome any = chromosome(random.nextInt(1 << (BITS + more)), BITS + more);
      widths.add(extension.space().decode(any, 10).genes().get("width"));
    }
    assertEquals(Set.of("16", "32", "48", "64", "80"), widths);
    assertEquals(extension.space().size(), space(ADDED).size());
  }

  @Test
  void aSpaceGrowsAgainAndAgain() {
    SpaceExtension first = SpaceExtension.of(space(BEFORE), space(ADDED), BITS);
    int bits = first.space().defaultLength();
    assertTrue(SpaceExtension.of(first.space(), space(ADDED), bits).additions().isEmpty());
    String again = ADDED.replace("80]", "80, 96]");
    SpaceExtension second = SpaceExtension.of(first.space(), space(again), bits);
    assertEquals(List.of("gene width has more values: 96"), second.additions());
    for (int value = 0; value < 1 << bits; value++) {
      Chromosome old = chromosome(value, bits);
      assertEquals(first.space().decode(old, 10), second.space().decode(old, 10));
    }
    String kept = SpaceFile.text(second.space());
    assertEquals(kept, SpaceFile.text(SpaceFile.space(kept, "mine", SpaceFile.builtIn())));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "[16, 32, 48] | [16, 32]      | gene width: values: 16, 32, 48 became 16, 32",
        "[16, 32, 48] | [16, 48, 32]  | gene width: values: 16, 32, 48 became 16, 48, 32",
        "[16, 32, 48] | [8, 16, 32, 48] | gene width: values: 16, 32, 48 became 8, 16, 32, 48",
        "\"expansion\": 2 | \"expansion\": 3 | fixed expansion: 2 became 3",
        "\"expansion\": 2 | \"expansion\": 2, \"se\": \"on\" | fixed se: missing became on",
        "\"stages\": 3 | \"stages\": 4 | stages: 3 became 4",
        "\"mine\" | \"yours\" | name: mine became yours",
        "\"blocks1\" | \"blocks2\" | gene blocks1 is missing now",
        "{\"name\": \"blocks1\", | {\"name\": \"head\", \"values\": [\"max\"]}, {\"name\": \"blocks1\", | order of genes: width, blocks1, block became width, head, blocks1",
        "\"residual\"]}] | \"residual\"]}, {\"name\": \"head\", \"values\": [\"max\"]}] | gene head is new; its first value must be 'as before'",
        "{\"name\": \"blocks1\" | {\"name\": \"blocks1\", \"sets\": [\"blocks2\"] | gene blocks1: sets: [BLOCKS1] became [BLOCKS2]",
      })
  void anyOtherChangeIsNamed(String was, String is, String message) {
    assertTrue(BEFORE.contains(was), was);
    StagedSpace after = space(BEFORE.replace(was, is));
    assertEquals(
        message,
        assertThrows(
                IllegalArgumentException.class, () -> SpaceExtension.of(space(BEFORE), after, BITS))
            .getMessage());
  }

  @Test
  void choicesOfOldGenesStay() {
    StagedSpace before =
        new StagedSpace(space(BEFORE).definition(), Map.of("width", List.of("16")));
    assertEquals(
        "choices of gene width: 16 became all",
        assertThrows(
                IllegalArgumentException.class,
                () -> SpaceExtension.of(before, space(BEFORE), BITS))
            .getMessage());
  }
}
