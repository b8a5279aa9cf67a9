package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.space.ResidualTestSpace;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DescribeCommandTest {
  @Test
  void printsOneJsonObjectALine() throws Exception {
    CommandLineRun run =
        CommandLineRun.of("describe", "--json", "00001000000010000000", "11010001000011110000");
    assertEquals(0, run.code());
    assertEquals(2, run.outLines().size());
    JsonNode first = new ObjectMapper().readTree(run.outLines().get(0));
    List<String> keys = new ArrayList<>();
    first.fieldNames().forEachRemaining(keys::add);
    assertTrue(
        keys.containsAll(
            List.of(
                "chromosome",
                "depth",
                "kernel",
                "activation",
                "features",
                "parameters",
                "flops",
                "layers")),
        keys.toString());
    assertEquals(10_594_132, first.get("parameters").asLong());
    assertEquals(26_779_648, first.get("flops").asLong());
    assertEquals(
        "Conv2d(3, 16, 3, stride 1, padding 1)", first.get("layers").get(0).get("layer").asText());
    assertEquals(16, first.get("layers").get(0).get("output").get(0).asInt());
    assertEquals(
        "ELU", new ObjectMapper().readTree(run.outLines().get(1)).get("activation").asText());
  }

  /** The name that every table shows is as good as the chromosome. */
  @Test
  void takesTheNameOfANetwork() {
    CommandLineRun named = CommandLineRun.of("describe", "--json", "w128-k3-relu-sdds");
    CommandLineRun bits = CommandLineRun.of("describe", "--json", "11001000000010010000");
    assertEquals(0, named.code(), named.err());
    assertEquals(bits.out(), named.out());
  }

  @Test
  void saysWhetherANetworkKeepsBounds() throws Exception {
    List<String> command =
        List.of("describe", "w32-k3-relu-sd", "--max_parameters", "20M", "--max_flops");
    List<String> wide = new ArrayList<>(command);
    wide.add("500M");
    CommandLineRun kept = CommandLineRun.of(wide.toArray(String[]::new));
    assertTrue(kept.out().contains("keeps the bounds"), kept.out());
    List<String> narrow = new ArrayList<>(command);
    narrow.add("1M");
    CommandLineRun broken = CommandLineRun.of(narrow.toArray(String[]::new));
    assertEquals(0, broken.code());
    assertTrue(broken.out().contains("breaks --max_flops 1000000 with "), broken.out());
    narrow.add("--json");
    JsonNode json =
        new ObjectMapper().readTree(CommandLineRun.of(narrow.toArray(String[]::new)).out());
    assertEquals(
        "false max_flops", json.get("keeps_bounds") + " " + json.get("broken_bound").asText());
    assertTrue(
        !CommandLineRun.of("describe", "w32-k3-relu-sd").out().contains("bounds"), "without any");
  }

  @Test
  void aSpaceWithoutNamesSaysSo() {
    UsageException e =
        assertThrows(
            UsageException.class,
            () -> ChromosomeFile.named(new ResidualTestSpace(), "w16-k3-relu-s", 20));
    assertTrue(e.getMessage().contains("does not find networks by name"), e.getMessage());
  }

  @Test
  void printsATableWithTotals() {
    CommandLineRun run = CommandLineRun.of("describe", "11001000000010010000");
    assertEquals(0, run.code());
    assertTrue(run.out().contains("w128-k3-relu-sdds"), run.out());
    assertTrue(run.out().contains("5,535,460") && run.out().contains("438,378,496"), run.out());
    assertTrue(run.out().contains("128x32x32"), run.out());
    assertTrue(run.out().contains("pool gene 0 (reserved)"), run.out());
  }

  @Test
  void theLastLayerHasAsManyOutputsAsThereAreClasses() throws Exception {
    CommandLineRun run =
        CommandLineRun.of("describe", "--json", "--classes", "3", "00001000000010000000");
    assertEquals(0, run.code(), run.err());
    JsonNode network = new ObjectMapper().readTree(run.out());
    assertEquals(10_594_132 - 97 * 1025, network.get("parameters").asLong());
    assertTrue(run.out().contains("Linear(1024, 3)"), run.out());
    CommandLineRun table = CommandLineRun.of("describe", "--classes", "3", "00001000000010000000");
    assertTrue(table.out().contains("Linear(1024, 3)"), table.out());
    CommandLineRun one = CommandLineRun.of("describe", "--classes", "1", "00001000000010000000");
    assertEquals(2, one.code());
    assertTrue(one.err().contains("--classes"), one.err());
  }

  @Test
  void devicesNamesTheProcessorAndItsPrecisions() {
    CommandLineRun run = CommandLineRun.of("devices");
    assertEquals(0, run.code());
    assertTrue(run.out().contains("fp32") && run.out().contains("GiB"), run.out());
  }
}
