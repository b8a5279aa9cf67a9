package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.run.RecordedRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands go on from runs of version 0.1.0. Fitness is compared with what that version found
 * where the processor is of the recorded kind, since other processors round differently.
 */
class Version010IT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> RECORDED_ON =
      List.of("model name\t: AMD EPYC", "cpu family\t: 25", "model\t\t: 17");

  @TempDir private Path directory;

  @BeforeEach
  void unzip() throws IOException {
    RecordedRuns.unzip(directory);
  }

  @Test
  void aFinishedRunGoesOn() throws Exception {
    resume("finished", "f2", 5, "--generations", "5");
  }

  @Test
  void aKilledRunGoesOn() throws Exception {
    resume("cut", "c2", 6);
  }

  private void resume(String name, String expected, int generations, String... more)
      throws Exception {
    Path run = directory.resolve(name);
    CommandLineRun resumed =
        CommandLineRun.of(
            Stream.concat(Stream.of("evolve", "--resume", run.toString()), Stream.of(more))
                .toArray(String[]::new));
    assertEquals(0, resumed.code(), resumed.err());
    assertTrue(Files.exists(run.resolve("run.db.schema-1")), "the old store is kept");
    CommandLineRun shown = CommandLineRun.of("runs", "show", "--json", run.toString());
    assertEquals(0, shown.code(), shown.err());
    JsonNode after = JSON.readTree(shown.out());
    assertEquals("finished", after.get("state").asText());
    assertEquals(generations, after.get("generations_done").asInt());
    List<String> before = fitness(recorded(name));
    assertEquals(before, fitness(after).subList(0, before.size()), "what was evaluated stays");
    if (isRecordedProcessor()) {
      // As sets: two workers finish in either order.
      assertEquals(Set.copyOf(fitness(recorded(expected))), Set.copyOf(fitness(after)));
      assertEquals(recorded(expected).get("best_network"), after.get("best_network"));
    }
  }

  /**
   * The old store names its processor "AMD EPYC", which does not say of which generation it is, so
   * its results count nowhere. The run is made all the same. That keys are otherwise what they
   * were, so that results of GPUs and of processors with a full name count, is tested in {@link
   * io.github.cnnevolution.run.KeysOfVersion010Test}.
   */
  @Test
  void resultsOfAnUnknownProcessorDoNotCount() throws Exception {
    Path run = directory.resolve("new");
    CommandLineRun done =
        CommandLineRun.of(
            ("--data synthetic --train_limit 64 --epochs 1 --batch_size 32 --precision fp32 --pop_size 4"
                    + " --generations 3 --seed 11 --out "
                    + run
                    + " --reuse "
                    + directory.resolve("finished"))
                .split(" "));
    assertEquals(0, done.code(), done.err());
    JsonNode facts = JSON.readTree(run.resolve("best_chromosome.json").toFile());
    assertTrue(facts.get("trainings").asInt() > 0, facts.toString());
  }

  private JsonNode recorded(String name) throws IOException {
    return JSON.readTree(directory.resolve(name + ".show.json").toFile());
  }

  private static List<String> fitness(JsonNode run) {
    List<String> rows = new ArrayList<>();
    run.get("rows")
        .forEach(row -> rows.add(row.get("phenotype").asText() + " " + row.get("fitness")));
    return rows;
  }

  private static boolean isRecordedProcessor() throws IOException {
    return Files.readAllLines(Path.of("/proc/cpuinfo")).containsAll(RECORDED_ON);
  }
}
