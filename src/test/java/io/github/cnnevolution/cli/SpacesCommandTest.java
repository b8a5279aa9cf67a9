package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class SpacesCommandTest {
  private static JsonNode json(String... options) throws Exception {
    String[] command = new String[options.length + 3];
    command[0] = "spaces";
    command[1] = "residual";
    command[2] = "--json";
    System.arraycopy(options, 0, command, 3, options.length);
    return new ObjectMapper().readTree(CommandLineRun.of(command).out());
  }

  @Test
  void showsTheSizesOfThoseWithinBounds() throws Exception {
    JsonNode all = json();
    assertEquals(1, all.path("admitted").asDouble());
    assertEquals(2000, all.path("sampled_chromosomes").asInt());
    JsonNode some = json("--max_flops", "500M", "--min_parameters", "100k");
    double share = some.path("admitted").asDouble();
    assertTrue(share > 0.02 && share < 0.9, "share " + share);
    assertTrue(some.path("sampled_chromosomes").asInt() > 2000);
    for (JsonNode size : some.path("flops")) {
      assertTrue(size.asLong() <= 500_000_000, some.toString());
    }
    for (JsonNode size : some.path("parameters")) {
      assertTrue(size.asLong() >= 100_000, some.toString());
    }
    assertTrue(
        some.path("flops").path("median").asLong() < all.path("flops").path("median").asLong());
    CommandLineRun text = CommandLineRun.of("spaces", "residual", "--max_flops", "500M");
    assertTrue(text.out().contains("of those with at most 500,000,000 flops: "), text.out());
  }

  /** What no draw meets is looked for. */
  @Test
  void showsAtLeastOneNetworkWithinNarrowBounds() throws Exception {
    JsonNode few = json("--min_parameters", "31k", "--max_parameters", "31400");
    assertEquals(31_268, few.path("parameters").path("smallest").asLong(), few.toString());
    assertEquals(31_268, few.path("parameters").path("largest").asLong());
    assertTrue(few.path("parameters").path("median").isNull());
    assertEquals(0, few.path("admitted").asDouble());
  }

  @Test
  void boundsThatNoNetworkKeepsAreRefused() {
    CommandLineRun none = CommandLineRun.of("spaces", "residual", "--max_parameters", "10k");
    assertEquals(2, none.code());
    assertTrue(none.err().contains("--max_parameters 10000: no network of the space"), none.err());
    CommandLineRun order =
        CommandLineRun.of("spaces", "plain", "--max_flops", "10M", "--min_flops", "20M");
    assertEquals(2, order.code());
    assertTrue(order.err().contains("--min_flops 20000000: is above --max_flops"), order.err());
    CommandLineRun list = CommandLineRun.of("spaces", "--max_flops", "10M");
    assertEquals(2, list.code());
    assertFalse(list.err().isEmpty());
  }
}
