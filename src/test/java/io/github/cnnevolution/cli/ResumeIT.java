package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that go on, in this process: which options hold, what is trained and what is not. */
class ResumeIT {
  private static final String[] OPTIONS = {
    "--data",
    "synthetic",
    "--train_limit",
    "20",
    "--epochs",
    "1",
    "--batch_size",
    "10",
    "--pop_size",
    "4",
    "--generations",
    "3",
    "--mutation_rate",
    "0.3",
    "--max_flops",
    "60M"
  };

  /** A finished run of {@link #OPTIONS}. */
  @TempDir private static Path shared;

  @TempDir private Path directory;

  @BeforeAll
  static void aRun() {
    CommandLineRun run = evolve(shared.resolve("run"));
    assertEquals(0, run.code(), run.err());
  }

  private static CommandLineRun evolve(Path out, String... more) {
    return CommandLineRun.of(
        Stream.of(OPTIONS, new String[] {"--out", out.toString()}, more)
            .flatMap(Arrays::stream)
            .toArray(String[]::new));
  }

  private static CommandLineRun resume(Path run, String... more) {
    return CommandLineRun.of(
        Stream.concat(Stream.of("evolve", "--resume", run.toString()), Stream.of(more))
            .toArray(String[]::new));
  }

  private Path copy() throws Exception {
    Path copy = Files.createDirectory(directory.resolve("copy"));
    try (Stream<Path> files = Files.list(shared.resolve("run"))) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  private static JsonNode facts(Path run) throws Exception {
    return new ObjectMapper().readTree(run.resolve("best_chromosome.json").toFile());
  }

  private static long trained(CommandLineRun run) {
    return run.outLines().stream()
        .filter(line -> line.startsWith("generation "))
        .mapToLong(line -> Long.parseLong(line.replaceFirst(".*trained (\\d+).*", "$1")))
        .sum();
  }

  @Test
  void aFinishedRunShowsItsSummaryAgain() throws Exception {
    Path run = copy();
    byte[] before = Files.readAllBytes(run.resolve("best_chromosome.json"));
    CommandLineRun again = resume(run);
    assertEquals(0, again.code(), again.err());
    assertTrue(again.out().contains("validation accuracy"), again.out());
    assertTrue(again.out().contains("model   " + run.resolve("best_model.pt")), again.out());
    assertFalse(again.out().contains("generation 1/"), "nothing is computed");
    assertTrue(
        again
            .out()
            .matches(
                "(?s).*this run is finished, after (\\d+) generations?; to go on, raise them: java -jar \\S+ evolve --resume "
                    + run
                    + " --generations \\d+\\n"),
        again.out());
    assertArrayEquals(before, Files.readAllBytes(run.resolve("best_chromosome.json")));
  }

  @Test
  void moreGenerationsGiveWhatALongerRunWouldHaveGiven() throws Exception {
    Path run = copy();
    CommandLineRun longer = resume(run, "--generations", "5", "--workers", "1");
    assertEquals(0, longer.code(), longer.err());
    Path whole = directory.resolve("whole");
    String[] options = OPTIONS.clone();
    options[11] = "5";
    CommandLineRun once =
        CommandLineRun.of(
            Stream.concat(Stream.of(options), Stream.of("--out", whole.toString()))
                .toArray(String[]::new));
    assertEquals(0, once.code(), once.err());
    assertEquals(RunProcess.fitness(whole), RunProcess.fitness(run));
    assertEquals(facts(whole).get("chromosome"), facts(run).get("chromosome"));
    CommandLineRun shown = resume(run);
    assertTrue(shown.out().contains(" generations         | 5"), "raised for good: " + shown.out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--seed 2 | --seed 2: the run in",
        "--pop_size 5 | --pop_size 5: the run in",
        "--epochs 2 | --epochs 2: the run in",
        "--learning_rate 0.06 | --learning_rate 0.06: the run in",
        "--optimizer sgd | --optimizer sgd: the run in",
        "--train_limit 30 | --train_limit 30: the run in",
        "--threads_per_worker 2 | --threads_per_worker 2: the run in",
        "--tf32 | --tf32: the run in",
        "--cuda_graphs | --cuda_graphs: the run in",
        "--generations 2 | --generations 2: the run in",
      })
  void whatWouldChangeResultsIsRefused(String option, String expected) throws Exception {
    CommandLineRun refused = resume(shared.resolve("run"), option.split(" ", -1));
    assertEquals(2, refused.code(), refused.err());
    assertEquals(1, refused.err().lines().count(), refused.err());
    assertTrue(refused.err().contains(expected), refused.err());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--seed 1",
        "--learning_rate 8e-2",
        "--precision auto",
        "--optimizer auto",
        "--optimizer muon",
        "--workers 1",
        "--gpus none",
        "--cuda_graphs auto",
        "--cuda_graphs off"
      })
  void theSameValueOrAFreeOptionIsAccepted(String option) throws Exception {
    CommandLineRun run = resume(shared.resolve("run"), option.split(" ", -1));
    assertEquals(0, run.code(), run.err());
  }

  @Test
  void aLostModelIsTrainedAgainBitForBit() throws Exception {
    Path run = copy();
    byte[] model = Files.readAllBytes(run.resolve("best_model.pt"));
    Files.delete(run.resolve("best_model.pt"));
    CommandLineRun again = resume(run);
    assertEquals(0, again.code(), again.err());
    assertEquals("", again.err());
    assertEquals(0, trained(again), again.out());
    assertArrayEquals(model, Files.readAllBytes(run.resolve("best_model.pt")));
    assertEquals(
        facts(shared.resolve("run")).get("test_accuracy"), facts(run).get("test_accuracy"));
  }

  /** The file of a crash: whole, but of another network, or damaged. */
  @Test
  void aModelOfAnotherNetworkIsReplaced() throws Exception {
    Path run = copy();
    byte[] model = Files.readAllBytes(run.resolve("best_model.pt"));
    byte[] damaged = model.clone();
    damaged[damaged.length / 2] ^= 1;
    Files.write(run.resolve("best_model.pt"), damaged);
    CommandLineRun again = resume(run, "--generations", "4");
    assertEquals(0, again.code(), again.err());
    if (facts(run).get("chromosome").equals(facts(shared.resolve("run")).get("chromosome"))) {
      assertArrayEquals(model, Files.readAllBytes(run.resolve("best_model.pt")));
    }
    assertFalse(Arrays.equals(damaged, Files.readAllBytes(run.resolve("best_model.pt"))));
  }

  @Test
  void otherRunsAnswerInTheSameCircumstancesAlone() throws Exception {
    Path run = copy();
    Path reusing = directory.resolve("reusing");
    CommandLineRun reused = evolve(reusing, "--reuse", run.toString(), "--elitism", "0");
    assertEquals(0, reused.code(), reused.err());
    assertTrue(reused.out().contains("from " + run.resolve("run.db")), reused.out());
    assertTrue(facts(reusing).get("reused").get(run.resolve("run.db").toString()).asInt() >= 4);
    Path alone = directory.resolve("alone");
    assertEquals(0, evolve(alone, "--elitism", "0").code());
    assertEquals(RunProcess.fitness(alone), RunProcess.fitness(reusing));
    assertEquals(facts(alone).get("test_accuracy"), facts(reusing).get("test_accuracy"));
    assertArrayEquals(
        Files.readAllBytes(alone.resolve("best_model.pt")),
        Files.readAllBytes(reusing.resolve("best_model.pt")));
    for (String[] other :
        new String[][] {{"--seed", "2"}, {"--learning_rate", "0.04"}, {"--precision", "fp32"}}) {
      Path different = directory.resolve("different" + other[0]);
      boolean same =
          other[1].equals("fp32")
              && facts(run).get("config").get("precision").asText().equals("fp32");
      CommandLineRun none = evolve(different, other[0], other[1], "--reuse", run.toString());
      assertEquals(0, none.code(), none.err());
      assertEquals(same, facts(different).has("reused"), String.join(" ", other));
    }
  }

  @Test
  void dataThatHaveChangedAreRefused() throws Exception {
    Path data = Files.createDirectory(directory.resolve("data"));
    byte[] records = new byte[200 * 3074];
    new Random(1).nextBytes(records);
    for (int i = 0; i < 200; i++) {
      records[i * 3074] = 0;
      records[i * 3074 + 1] = (byte) (i % 100);
    }
    Files.write(data.resolve("train.bin"), records);
    Files.write(data.resolve("test.bin"), records);
    Path run = directory.resolve("run");
    String[] options = {
      "--data",
      data.toString(),
      "--train_limit",
      "20",
      "--epochs",
      "1",
      "--batch_size",
      "10",
      "--pop_size",
      "2",
      "--generations",
      "1",
      "--out",
      run.toString()
    };
    CommandLineRun first = CommandLineRun.of(options);
    assertEquals(0, first.code(), first.err());
    TreeMap<String, String> fitness = RunProcess.fitness(run);
    for (String name : List.of("train.bin", "test.bin")) {
      byte[] changed = records.clone();
      changed[5000] ^= 1;
      Files.write(data.resolve(name), changed);
      CommandLineRun refused = resume(run, "--generations", "2");
      assertEquals(2, refused.code(), refused.err());
      assertTrue(
          refused.err().contains((name.equals("train.bin") ? "training" : "test") + " images of "),
          refused.err());
      assertTrue(refused.err().contains(data.toString()), refused.err());
      assertEquals(fitness, RunProcess.fitness(run));
      Files.write(data.resolve(name), records);
    }
    Path moved = Files.move(data, directory.resolve("moved"));
    CommandLineRun elsewhere = resume(run, "--generations", "2", "--data", moved.toString());
    assertEquals(0, elsewhere.code(), elsewhere.err());
  }

  @Test
  void aDamagedStoreIsRefusedAndStaysAsItIs() throws Exception {
    Path run = copy();
    Path store = run.resolve("run.db");
    byte[] whole = Files.readAllBytes(store);
    byte[] truncated = Arrays.copyOf(whole, whole.length - 4096);
    byte[] newer = whole.clone();
    newer[63] = 9;
    for (byte[] bad :
        List.of(new byte[0], "no database".getBytes(StandardCharsets.UTF_8), truncated, newer)) {
      Files.write(store, bad);
      for (CommandLineRun refused :
          List.of(
              resume(run),
              CommandLineRun.of("runs", "show", run.toString()),
              CommandLineRun.of("export", "--csv", run.toString()))) {
        assertEquals(2, refused.code(), refused.err());
        assertEquals(1, refused.err().lines().count(), refused.err());
        assertTrue(refused.err().contains(store.toString()), refused.err());
      }
      assertEquals(2, resume(run).code());
      assertArrayEquals(bad, Files.readAllBytes(store));
      CommandLineRun list = CommandLineRun.of("runs", "list", directory.toString());
      assertEquals(0, list.code(), list.err());
    }
  }

  @Test
  void aRunWhoseTimeIsUpEndsWellAndGoesOn() throws Exception {
    Path run = directory.resolve("run");
    CommandLineRun stopped = evolve(run, "--max_time", "700ms", "--workers", "1");
    assertEquals(0, stopped.code(), stopped.err());
    // In so short a time there may be no best yet.
    String said = stopped.out() + stopped.err();
    assertTrue(said.contains("time is up"), said);
    assertTrue(said.contains("evolve --resume " + run), said);
    CommandLineRun resumed = resume(run);
    assertEquals(0, resumed.code(), resumed.err());
    assertEquals(RunProcess.fitness(shared.resolve("run")), RunProcess.fitness(run));
    assertFalse(facts(run).get("interrupted").asBoolean());
  }

  @Test
  void whoTakesTooLongHasFailedAndGetsAnotherChanceWithAnotherLimit() throws Exception {
    Path run = directory.resolve("run");
    CommandLineRun slow = evolve(run, "--candidate_timeout", "1ms");
    assertEquals(1, slow.code());
    assertTrue(slow.out().contains("took longer than 0.001 s"), slow.out());
    assertEquals(0, trained(resume(run)), "the same limit, the same answer");
    CommandLineRun patient = resume(run, "--candidate_timeout", "1h");
    assertEquals(0, patient.code(), patient.err());
    assertEquals(facts(shared.resolve("run")).get("chromosome"), facts(run).get("chromosome"));
  }

  @Test
  void runsAreListedShownAndExported() throws Exception {
    Path run = shared.resolve("run");
    int rows = RunProcess.fitness(run).size();
    CommandLineRun list = CommandLineRun.of("runs", "list", "--json", shared.toString());
    JsonNode line = new ObjectMapper().readTree(list.outLines().get(0));
    assertEquals("finished", line.get("state").asText());
    assertEquals(rows, line.get("evaluations").asInt());
    JsonNode shown =
        new ObjectMapper()
            .readTree(CommandLineRun.of("runs", "show", "--json", run.toString()).out());
    assertEquals(rows, shown.get("rows").size());
    assertEquals(facts(run).get("fitness"), shown.get("best_fitness"));
    assertEquals(1, shown.get("rows").get(0).get("epochs").asInt());
    CommandLineRun table = CommandLineRun.of("runs", "show", run.toString());
    for (String network : RunProcess.fitness(run).keySet()) {
      assertTrue(table.out().contains(network), table.out());
    }
    CommandLineRun csv = CommandLineRun.of("export", "--csv", run.toString());
    List<String> lines = List.of(csv.out().split("\r\n", -1));
    assertEquals(rows + 2, lines.size(), "a header, the rows, and nothing after the last end");
    assertTrue(lines.get(0).startsWith("job,key,phenotype,"), lines.get(0));
    assertTrue(csv.out().contains(",\"[{\"\"loss\"\":"), csv.out());
    Path file = directory.resolve("e.csv");
    CommandLineRun toFile =
        CommandLineRun.of("export", "--csv", run.toString(), "--out", file.toString());
    assertEquals(0, toFile.code(), toFile.err());
    assertEquals(csv.out(), Files.readString(file));
    assertEquals(
        2, CommandLineRun.of("export", "--csv", run.toString(), "--out", file.toString()).code());
    assertNotEquals("", csv.out());
  }

  @Test
  void aFileThatCannotBeWrittenIsNamed() {
    String run = shared.resolve("run").toString();
    for (String command :
        List.of(
            "export --csv " + run,
            "export --format python " + run,
            "export --format onnx " + run,
            "export --format torchscript " + run,
            "report " + run)) {
      CommandLineRun failed = CommandLineRun.of((command + " --out no/such/place").split(" ", -1));
      assertEquals(1, failed.code(), command);
      assertEquals(
          "cnn-evolution: cannot write no/such/place: no such file or directory\n", failed.err());
    }
  }
}
