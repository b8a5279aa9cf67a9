package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.report.PageData;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.StoredRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that begin with given chromosomes. */
class SeedPopulationIT {
  private static final String SEEDS = "00001000000010000000 # small\n00000000000010000000\n";

  private static CommandLineRun evolve(Path seeds, String... more) {
    String[] options = {
      "--data=synthetic",
      "--train_limit=20",
      "--epochs=1",
      "--batch_size=10",
      "--pop_size=2",
      "--generations=1",
      "--seed_population=" + seeds
    };
    return CommandLineRun.of(
        Stream.concat(Arrays.stream(options), Arrays.stream(more)).toArray(String[]::new));
  }

  @Test
  void theFirstGenerationIsTheirsAndTheRunGoesOnWithoutTheFile(@TempDir Path directory)
      throws Exception {
    Path seeds = Files.writeString(directory.resolve("seeds.txt"), SEEDS);
    Path run = directory.resolve("run");
    CommandLineRun first = evolve(seeds, "--out", run.toString());
    assertEquals(0, first.code(), first.err());
    assertEquals(Set.of("w16-k3-relu-s", "w16-k2-relu-s"), RunProcess.fitness(run).keySet());
    JsonNode config =
        new ObjectMapper().readTree(run.resolve("best_chromosome.json").toFile()).get("config");
    assertEquals(2, config.get("seed_population").size());
    JsonNode page =
        new ObjectMapper().readTree(PageData.of(StoredRun.of(new RunDirectory(run))).json());
    String chromosomes =
        config.get("seed_population").get(0).asText()
            + " "
            + config.get("seed_population").get(1).asText();
    String command = page.findValue("command").asText();
    assertTrue(
        command.startsWith(
            "printf '%s\\n' " + chromosomes + " | java -jar cnn-evolution.jar evolve"),
        command);
    assertTrue(command.contains(" --seed_population -"), command);

    Files.writeString(seeds, "00001000000010000000\n00010000000010000000\n");
    CommandLineRun changed =
        CommandLineRun.of("--resume", run.toString(), "--seed_population", seeds.toString());
    assertEquals(2, changed.code());
    assertTrue(changed.err().contains("was started with other chromosomes"), changed.err());

    Files.delete(seeds);
    CommandLineRun resumed = CommandLineRun.of("--resume", run.toString(), "--generations", "2");
    assertEquals(0, resumed.code(), resumed.err());
    assertTrue(resumed.out().contains("generation 2/2"), resumed.out());
    assertTrue(
        RunProcess.fitness(run).keySet().containsAll(Set.of("w16-k3-relu-s", "w16-k2-relu-s")));

    Path copy = Files.writeString(directory.resolve("same.txt"), "# the same\n" + SEEDS);
    CommandLineRun same =
        CommandLineRun.of("--resume", run.toString(), "--seed_population", copy.toString());
    assertEquals(0, same.code(), same.err());
  }

  /** Names of networks are as good; their chromosomes have as many bits as all others. */
  @Test
  void namesOfNetworksBeginARunToo(@TempDir Path directory) throws Exception {
    Path seeds =
        Files.writeString(
            directory.resolve("seeds.txt"), "w16-k2-relu-s\n000010000000100000000000 # w16-k3\n");
    Path run = directory.resolve("run");
    CommandLineRun first = evolve(seeds, "--out", run.toString(), "--genome_size", "24");
    assertEquals(0, first.code(), first.err());
    assertEquals(Set.of("w16-k3-relu-s", "w16-k2-relu-s"), RunProcess.fitness(run).keySet());
    CommandLineRun resumed =
        CommandLineRun.of("--resume", run.toString(), "--seed_population", seeds.toString());
    assertEquals(0, resumed.code(), resumed.err());
  }

  @Test
  void namesOfNetworksAreEvaluated() {
    CommandLineRun run =
        CommandLineRun.withInput(
            "w16-k2-relu-s\n",
            "evaluate --json --chromosomes - --data synthetic --train_limit 20 --epochs 1"
                .split(" "));
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("\"00000000000010000000\""), run.out());
  }

  @Test
  void whatDoesNotFitIsRefused(@TempDir Path directory) throws Exception {
    Path run = directory.resolve("run");
    Path seeds = Files.writeString(directory.resolve("seeds.txt"), SEEDS + SEEDS);
    CommandLineRun many = evolve(seeds, "--out", run.toString());
    assertEquals(2, many.code());
    assertTrue(
        many.err().contains(seeds + ": 4 chromosomes do not fit a generation of 2"), many.err());
    Files.writeString(seeds, SEEDS + "000010000000100000000\n");
    CommandLineRun longer = evolve(seeds, "--out", run.toString());
    assertEquals(2, longer.code());
    assertTrue(
        longer.err().contains("'000010000000100000000' has 21 bits, but the genome size is 20"),
        longer.err());
    assertTrue(Files.notExists(run));
  }
}
