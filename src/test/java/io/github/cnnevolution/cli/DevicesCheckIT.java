package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The check of a machine, as a user runs it on one without a GPU. */
class DevicesCheckIT {
  @TempDir private Path directory;

  @Test
  void theProcessorPassesEveryCheck() throws Exception {
    RunProcess run = Launch.jar().start(directory, "devices", "--check", "--json");
    assertEquals(0, run.code(), run.text());
    JsonNode check = new ObjectMapper().readTree(Files.readString(run.out())).get("check");
    assertTrue(check.get("passed").asBoolean(), run.text());
    List<String> names = new ArrayList<>();
    for (JsonNode result : check.get("checks")) {
      assertEquals("cpu", result.get("device").asText());
      assertEquals("passed", result.get("outcome").asText(), run.text());
      assertTrue(result.get("seconds").asDouble() > 0, run.text());
      names.add(result.get("check").asText());
    }
    names.remove("bf16");
    names.remove("fp16");
    assertEquals(
        List.of("fp32", "same-seed", "neighbours", "stop", "out-of-memory", "memory"), names);
  }

  @Test
  @Tag("nightly")
  void eachCheckIsALineAndTheLastIsTheVerdict() throws Exception {
    RunProcess run = Launch.jar().start(directory, "devices", "--check");
    assertEquals(0, run.code(), run.text());
    List<String> lines = Files.readAllLines(run.out());
    assertTrue(
        lines.get(lines.size() - 1).matches("all \\d checks passed in [0-9.]+ s"), run.text());
    assertEquals(1, lines.stream().filter(line -> line.startsWith("cpu    stop ")).count());
  }
}
