package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.testing.PythonProcess;
import io.github.cnnevolution.testing.PythonWithTorch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches with several objectives, with real trainings, and what they leave. */
class FrontIT {
  private static final String OPTIONS =
      "--data synthetic --train_limit 60 --epochs 1 --batch_size 20 --pop_size 5 --seed 3"
          + " --workers 2 --max_parameters 3M";

  @TempDir private Path directory;

  private static CommandLineRun command(String line, Path... paths) {
    List<String> words = new ArrayList<>(Arrays.asList(line.split(" ", -1)));
    for (int i = 0; i < paths.length; i++) {
      int at = i;
      words.replaceAll(word -> word.equals("$" + at) ? paths[at].toString() : word);
    }
    return CommandLineRun.of(words.toArray(String[]::new));
  }

  private static CommandLineRun works(String line, Path... paths) {
    CommandLineRun run = command(line, paths);
    assertEquals(0, run.code(), run.err());
    return run;
  }

  private static JsonNode json(Path file) throws IOException {
    return new ObjectMapper().readTree(Files.readAllBytes(file));
  }

  private static Set<String> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /** The files of a front without what says when and where: name to what they hold. */
  private static Map<String, String> models(Path run) throws IOException {
    Map<String, String> models = new TreeMap<>();
    for (String name : files(run.resolve("front"))) {
      models.put(
          name,
          new String(
              Files.readAllBytes(run.resolve("front").resolve(name)), StandardCharsets.ISO_8859_1));
    }
    return models;
  }

  private static List<String> front(Path run) throws IOException {
    List<String> names = new ArrayList<>();
    json(run.resolve("best_chromosome.json"))
        .path("front")
        .forEach(row -> names.add(row.path("network").asText()));
    return names;
  }

  @Test
  void theFrontIsComplete() throws Exception {
    Path run = directory.resolve("run");
    CommandLineRun done =
        works(
            "evolve "
                + OPTIONS
                + " --generations 3 --objectives accuracy,flops --prefer knee --out $0",
            run);
    List<String> front = front(run);
    assertFalse(front.isEmpty());
    Set<String> expected = new TreeSet<>();
    front.forEach(name -> expected.addAll(List.of(name + ".pt", name + ".json")));
    assertEquals(expected, files(run.resolve("front")));
    for (String name : front) {
      assertTrue(done.out().contains(name), done.out());
    }
    assertTrue(done.out().contains("front   " + run.resolve("front")), done.out());
    JsonNode best = json(run.resolve("best_chromosome.json"));
    assertEquals("accuracy,flops", best.path("config").path("objectives").asText());
    String preferred = best.path("architecture").path("phenotype").asText();
    assertTrue(front.contains(preferred));
    assertTrue(done.out().contains(preferred + " *"), done.out());
    assertEquals(
        -1,
        Files.mismatch(
            run.resolve("best_model.pt"), run.resolve("front").resolve(preferred + ".pt")));
    Path model = run.resolve("front").resolve(front.get(front.size() - 1) + ".pt");
    JsonNode facts = json(run.resolve("front").resolve(front.get(front.size() - 1) + ".json"));
    assertTrue(facts.path("flops").asLong() > 0);
    assertTrue(facts.path("use").path("predict").asText().contains("predict --model"));
    works("export --format onnx --model $0 --out $1", model, directory.resolve("network.onnx"));
    works(
        "train --best $0 --data synthetic --epochs 1 --train_limit 40 --batch_size 20 --out $1",
        model,
        directory.resolve("trained"));
    assertEquals(
        facts.path("chromosome").asText(),
        json(directory.resolve("trained").resolve("training.json")).path("chromosome").asText());
    // It is finished: nothing changes, and nothing is trained.
    CommandLineRun again = works("evolve --resume $0", run);
    assertTrue(again.out().contains("this run is finished"), again.out());
    assertTrue(again.out().contains(preferred + " *"), again.out());
    String page = works("report $0 --out $1", run, directory.resolve("page.html")).out();
    assertTrue(
        Files.readString(directory.resolve("page.html")).contains("\"hypervolume\":[["), page);
    Files.delete(model);
    works("evolve --resume $0", run);
    assertEquals(expected, files(run.resolve("front")));
  }

  @Test
  void changesOfTheObjectivesAreRefused() throws Exception {
    Path run = directory.resolve("run");
    works("evolve " + OPTIONS + " --generations 1 --objectives accuracy,flops --out $0", run);
    for (String change :
        List.of("--objectives accuracy,parameters", "--prefer knee", "--max_latency 5ms")) {
      CommandLineRun refused = command("evolve --resume $0 --generations 2 " + change, run);
      assertEquals(2, refused.code(), change);
      assertEquals(1, refused.err().lines().count(), refused.err());
      assertTrue(refused.err().contains(change.split(" ", -1)[0]), refused.err());
    }
    works("evolve --resume $0 --generations 2 --objectives flops,accuracy", run);
  }

  @Test
  void nonsenseIsRefusedInOneLine() {
    Map<String, String> refusals =
        Map.of(
            "--objectives flops", "must have accuracy",
            "--objectives accuracy,size", "'size' is none of",
            "--objectives accuracy", "anyway",
            "--objectives accuracy,flops --algorithm local", "one objective",
            "--objectives accuracy,flops --prefer small", "none of accuracy, knee",
            "--prefer knee", "several objectives",
            "--max_latency 2", "such as 2ms",
            "--objectives accuracy,flops --algorithm steady --replace oldest", "leave it out");
    refusals.forEach(
        (options, message) -> {
          CommandLineRun refused = command("evolve --data synthetic " + options);
          assertEquals(2, refused.code(), options);
          assertEquals(1, refused.err().lines().count(), refused.err());
          assertTrue(refused.err().contains(message), refused.err());
        });
  }

  @Test
  void latenciesAreMeasuredStoredAndReplayed() throws Exception {
    Path run = directory.resolve("run");
    works(
        "evolve "
            + OPTIONS
            + " --algorithm steady --lookahead 3 --evaluations 6 --objectives accuracy,latency --out $0",
        run);
    List<String> before = works("export --csv $0", run).outLines();
    assertTrue(before.get(0).endsWith(",latency,latency64"), before.get(0));
    for (String row : before.subList(1, before.size())) {
      List<String> cells = List.of(row.split(",", -1));
      // Which is larger is no matter of course on a busy machine.
      for (String latency : cells.subList(cells.size() - 2, cells.size())) {
        assertTrue(Double.parseDouble(latency) > 0, row);
      }
    }
    works("evolve --resume $0 --evaluations 10", run);
    List<String> after = works("export --csv $0", run).outLines();
    assertEquals(before, after.subList(0, before.size()));
    assertEquals(11, after.size());
    assertTrue(
        json(run.resolve("best_chromosome.json"))
                .path("front")
                .get(0)
                .path("latency_seconds")
                .asDouble()
            > 0);
  }

  @Test
  void networksAboveTheBoundAreShownApart() throws Exception {
    Path run = directory.resolve("run");
    CommandLineRun none =
        command("evolve " + OPTIONS + " --generations 1 --max_latency 1us --out $0", run);
    assertEquals(1, none.code(), none.err());
    assertTrue(none.out().contains("too slow: "), none.out());
    assertTrue(none.out().contains("above the bound of 0.001 ms"), none.out());
    assertFalse(none.out().contains("failed: "), none.out());
    Path loose = directory.resolve("loose");
    works("evolve " + OPTIONS + " --generations 1 --max_latency 10s --out $0", loose);
    JsonNode best = json(loose.resolve("best_chromosome.json"));
    assertEquals("10s", best.path("config").path("max_latency").asText());
    assertEquals(0, best.path("too_slow").asInt(-1));
    assertFalse(Files.exists(loose.resolve("front")));
    // Another run takes over what has a latency, and nothing of one that has none.
    Path plain = directory.resolve("plain");
    works("evolve " + OPTIONS + " --generations 1 --out $0", plain);
    Path reusing = directory.resolve("reusing");
    works(
        "evolve " + OPTIONS + " --generations 1 --max_latency 10s --reuse $1 --out $0",
        reusing,
        plain);
    assertTrue(json(reusing.resolve("best_chromosome.json")).path("reused").isMissingNode());
    Path second = directory.resolve("second");
    works(
        "evolve " + OPTIONS + " --generations 1 --max_latency 10s --reuse $1 --out $0",
        second,
        loose);
    assertFalse(json(second.resolve("best_chromosome.json")).path("reused").isMissingNode());
  }

  @Test
  @Tag("nightly")
  void killedAnywhereItLeavesTheSameFront() throws Exception {
    String options =
        OPTIONS
            + " --algorithm steady --surrogate --lookahead 4 --evaluations 14 --objectives accuracy,flops,parameters";
    Path whole = directory.resolve("whole");
    works("evolve " + options + " --out $0", whole);
    Path run = directory.resolve("run");
    List<String> first =
        new ArrayList<>(Arrays.asList(("evolve " + options + " --out run").split(" ", -1)));
    for (long stored : new long[] {2, 5, 9}) {
      RunProcess process = Launch.jar().start(directory, first.toArray(String[]::new));
      process.awaitStored(run, stored);
      process.kill();
      first = List.of("evolve", "--resume", "run");
    }
    Launch.jar().start(directory, first.toArray(String[]::new)).endsWith(0);
    assertEquals(RunProcess.fitness(whole), RunProcess.fitness(run));
    assertEquals(front(whole), front(run));
    assertEquals(models(whole), models(run));
    assertEquals(-1, Files.mismatch(whole.resolve("best_model.pt"), run.resolve("best_model.pt")));
  }

  @Test
  void pythonReadsEachNetwork() throws Exception {
    PythonWithTorch python = PythonWithTorch.required();
    Path run = directory.resolve("run");
    works("evolve " + OPTIONS + " --generations 2 --objectives accuracy,parameters --out $0", run);
    List<String> arguments = new ArrayList<>();
    for (String name : front(run)) {
      arguments.add(run.resolve("front").resolve(name + ".pt").toString());
    }
    PythonProcess.Result result = python.run("check_front.py", arguments);
    assertEquals(0, result.code(), result.output());
  }
}
