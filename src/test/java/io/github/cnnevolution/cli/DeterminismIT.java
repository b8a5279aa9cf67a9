package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same seed gives the same result, whatever the number of workers. */
class DeterminismIT {
  private static final String CHROMOSOMES =
      """
      00000000000000000000
      01000001000001000000
      00000010000000000000
      01000011000010000000
      00001000000010000000
      00100000000000000001 # the same network as the first
      """;

  @TempDir private Path directory;

  @Test
  void anEvolutionIsTheSameWithOneAndWithFourWorkers() throws Exception {
    CommandLineRun one = evolve("1", 1);
    CommandLineRun four = evolve("4", 1);
    CommandLineRun otherSeed = evolve("4", 2);
    // Best and mean fitness of each generation, and the best chromosome; the times differ.
    assertEquals(history(one), history(four));
    assertEquals(3, history(one).size());
    assertNotEquals(history(one), history(otherSeed));
    JsonNode oneFacts = facts("1-1");
    JsonNode fourFacts = facts("4-1");
    for (String key :
        List.of(
            "chromosome",
            "fitness",
            "test_accuracy",
            "architecture",
            "trainings",
            "trainings_saved")) {
      assertEquals(oneFacts.get(key), fourFacts.get(key), key);
    }
    assertArrayEquals(
        Files.readAllBytes(directory.resolve("1-1/best_model.pt")),
        Files.readAllBytes(directory.resolve("4-1/best_model.pt")),
        "the weights, bit for bit");
  }

  @Test
  void eachCandidateIsTheSameWithOneAndWithFourWorkers() throws Exception {
    List<List<Double>> one = evaluate("1");
    List<List<Double>> four = evaluate("4");
    assertEquals(one, four);
    assertEquals(6, one.size());
    assertEquals(one.get(0), one.get(5), "equal networks");
    assertTrue(one.stream().distinct().count() > 2, "the candidates differ: " + one);
  }

  private CommandLineRun evolve(String workers, int seed) {
    CommandLineRun run =
        CommandLineRun.of(
            "--data",
            "synthetic",
            "--train_limit",
            "150",
            "--epochs",
            "1",
            "--batch_size",
            "50",
            "--pop_size",
            "4",
            "--generations",
            "3",
            "--max_flops",
            "60M",
            "--workers",
            workers,
            "--seed",
            String.valueOf(seed),
            "--out",
            directory.resolve(workers + "-" + seed).toString());
    assertEquals(0, run.code(), run.err());
    return run;
  }

  private static List<String> history(CommandLineRun run) {
    return run.outLines().stream()
        .filter(line -> line.startsWith("generation "))
        .map(line -> line.replaceFirst("  [0-9.]+ s(  [0-9:]+ left)?$", ""))
        .toList();
  }

  private JsonNode facts(String run) throws Exception {
    return new ObjectMapper().readTree(directory.resolve(run + "/best_chromosome.json").toFile());
  }

  private static List<List<Double>> evaluate(String workers) throws Exception {
    CommandLineRun run =
        CommandLineRun.withInput(
            CHROMOSOMES,
            "evaluate",
            "--chromosomes",
            "-",
            "--json",
            "--test",
            "--data",
            "synthetic",
            "--train_limit",
            "300",
            "--epochs",
            "2",
            "--batch_size",
            "50",
            "--workers",
            workers);
    assertEquals(0, run.code(), run.err());
    List<List<Double>> accuracies = new ArrayList<>();
    for (String line : run.outLines()) {
      JsonNode object = new ObjectMapper().readTree(line);
      assertTrue(object.get("error").isNull(), line);
      assertTrue(object.get("images_per_second").asDouble() > 0, line);
      accuracies.add(
          List.of(object.get("fitness").asDouble(), object.get("test_accuracy").asDouble()));
    }
    return accuracies;
  }
}
