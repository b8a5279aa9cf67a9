package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Options from a file: what a run writes repeats it. */
class ConfigFileIT {
  @TempDir private Path directory;

  private JsonNode config(String run) throws Exception {
    ObjectNode config =
        (ObjectNode)
            new ObjectMapper()
                .readTree(Files.readString(directory.resolve(run + "/best_chromosome.json")))
                .get("config");
    config.remove("out");
    return config;
  }

  private CommandLineRun evolve(String... arguments) {
    CommandLineRun run = CommandLineRun.of(arguments);
    assertEquals(0, run.code(), run.err());
    return run;
  }

  @Test
  void theConfigOfARunRepeatsIt() throws Exception {
    Path seeds = Files.writeString(directory.resolve("seeds"), "w16-k3-relu-s\nw16-k2-relu-s\n");
    String first = directory.resolve("first").toString();
    evolve(
        ("evolve --data synthetic --train_limit 20 --epochs 1 --batch_size 10 --pop_size 3 --generations 2"
                + " --mutation_rate 0.2 --elitism 2 --seed -7 --learning_rate 1e-3 --seed_population "
                + seeds
                + " --out "
                + first)
            .split(" "));
    Files.delete(seeds);
    String again = directory.resolve("again").toString();
    evolve("--config", first + "/best_chromosome.json", "--out", again);
    assertEquals(config("first"), config("again"));
    assertEquals(RunProcess.fitness(Path.of(first)), RunProcess.fitness(Path.of(again)));

    // The command line wins, and options of other commands are left out.
    String other = directory.resolve("other").toString();
    evolve(
        "train",
        "w16-k2-relu-s",
        "--config",
        first + "/best_chromosome.json",
        "--batch-size",
        "5",
        "--out",
        other);
    assertEquals("5", config("other").get("batch_size").asText());
    assertEquals("1", config("other").get("epochs").asText());
    assertEquals("-7", config("other").get("seed").asText());
  }

  /** Version 0.1.0 had one optimizer, which is not the default any more. */
  @Test
  void aRunThatNamesNoOptimizerHadTheFirstOne() throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("best_chromosome.json"),
            "{\"config\": {\"data\": \"synthetic\", \"train_limit\": 20, \"epochs\": 1, \"batch_size\": 10}}");
    for (String optimizer : List.of("sgd", "muon")) {
      List<String> words =
          new ArrayList<>(List.of("train", "w16-k2-relu-s", "--config", file.toString(), "--out"));
      words.add(directory.resolve(optimizer).toString());
      if (optimizer.equals("muon")) {
        words.add("--optimizer=muon");
      }
      evolve(words.toArray(String[]::new));
      assertEquals(optimizer, config(optimizer).get("optimizer").asText());
    }
  }

  @Test
  void aFileByHandHoldsOptions() throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("options.json"),
            "{\"data\": \"synthetic\", \"train_limit\": 20, \"epochs\": 1, \"quiet\": true, \"tta\": false}");
    String out = directory.resolve("training").toString();
    CommandLineRun run =
        evolve("train", "w16-k2-relu-s", "--config", file.toString(), "--out", out);
    assertFalse(run.out().contains("epoch 1/1"), run.out());
    assertFalse(config("training").get("tta").asBoolean());
    assertEquals("muon", config("training").get("optimizer").asText());
  }

  @Test
  void aFileThatSaysSomethingElseIsRefused() throws Exception {
    Path file = directory.resolve("options.json");
    for (List<String> wrong :
        List.of(
            List.of("{\"pop_size\": 3,", "is not JSON (line 1, column"),
            List.of("[1]", "is not a JSON object"),
            List.of("{\"popsize\": 3}", "unknown option 'popsize'; did you mean 'pop_size'?"),
            List.of("{\"pop_size\": {}}", "pop_size must be a value, not an object"),
            List.of(
                "{\"space\": \"mine\"}", "--space 'mine': there is no such search space or file"),
            List.of("{\"pop_size\": 0}", "--pop_size '0' must be a whole number"),
            List.of(
                "{\"seed_population\": [\"w16-k3-rleu-s\"]}", "the nearest is w16-k3-relu-s"))) {
      Files.writeString(file, wrong.get(0));
      CommandLineRun run = CommandLineRun.of("--config", file.toString());
      assertEquals(2, run.code(), run.err());
      assertTrue(run.err().contains(wrong.get(1)), run.err());
      assertEquals(1, run.err().lines().count(), run.err());
    }
    CommandLineRun none = CommandLineRun.of("--config", directory.resolve("none").toString());
    assertTrue(none.err().contains("cannot be read (NoSuchFileException)"), none.err());
  }
}
