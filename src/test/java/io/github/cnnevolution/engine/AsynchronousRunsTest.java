package io.github.cnnevolution.engine;

import static io.github.cnnevolution.engine.AsynchronousRun.STOPPING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.TestJvm;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.report.PageData;
import io.github.cnnevolution.report.RunTables;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.StoredProposal;
import io.github.cnnevolution.run.StoredRun;
import io.github.cnnevolution.search.Objectives;
import io.github.cnnevolution.search.Outcome;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.training.TrainingRecipe;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An asynchronous search is the same for any number of workers and order of results. */
class AsynchronousRunsTest {
  @TempDir Path directory;

  /** What a run has stored of its search. */
  private record History(List<StoredProposal> proposals, List<Outcome> outcomes) {
    /** How many networks were proposed. */
    long networks() {
      return proposals.stream().map(StoredProposal::phenotype).distinct().count();
    }

    static History of(Path directory) {
      try (EvaluationStore store =
          EvaluationStore.openToRead(new RunDirectory(directory).database())) {
        return new History(store.proposals(), store.outcomes());
      }
    }
  }

  private History reference(String algorithm) throws Exception {
    return history(1, algorithm);
  }

  private History history(int workers, String algorithm) throws Exception {
    Path run = Files.createDirectories(directory.resolve(workers + algorithm));
    AsynchronousRun.run(run, workers, algorithm, false);
    return History.of(run);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "random",
        "local",
        "steady",
        "surrogate",
        "front",
        "front surrogate",
        "random" + STOPPING,
        "local" + STOPPING,
        "steady" + STOPPING,
        "surrogate" + STOPPING,
        "front surrogate" + STOPPING
      })
  void theSameForAnyNumberOfWorkers(String algorithm) throws Exception {
    History reference = reference(algorithm);
    assertEquals(60, reference.networks());
    assertEquals(algorithm.endsWith(STOPPING), reference.proposals().size() > 60);
    assertEquals(reference.proposals().size(), reference.outcomes().size());
    assertEquals(reference, history(2, algorithm));
    assertEquals(reference, history(7, algorithm));
    assertFalse(Files.exists(directory.resolve("7" + algorithm).resolve("rungs")));
  }

  /** The rows of networks that were stopped, and of those that went on. */
  @Test
  void stoppedNetworksAreShownAsSuchAndCountOnce() throws Exception {
    History history = reference("steady" + STOPPING);
    StoredRun run = StoredRun.of(new RunDirectory(directory.resolve("1steady" + STOPPING)));
    long wentOn = history.proposals().size() - history.networks();
    long failedParts =
        run.evaluations().stream()
            .filter(stored -> stored.evaluation().job().isPart())
            .filter(stored -> stored.evaluation().isFailed())
            .count();
    assertTrue(wentOn >= 10 && failedParts > 0, wentOn + ", " + failedParts);
    assertEquals(60, run.figures().evaluations());
    assertEquals(60, run.figures().networks());
    assertEquals(60 - wentOn - failedParts, run.figures().stopped());
    assertEquals(60 + wentOn, run.evaluations().size());
    ObjectMapper mapper = new ObjectMapper();
    JsonNode page = mapper.readTree(PageData.of(run).json());
    assertEquals(60, page.get("evaluations").size());
    assertEquals(wentOn, page.get("parts").size());
    assertEquals(run.figures().stopped(), page.get("stopped").size());
    assertEquals("stopped at 1 of 5 epochs", page.get("stopped").get(0).get(1).asText());
    Set<Integer> stopped = new HashSet<>();
    page.get("stopped").forEach(row -> stopped.add(row.get(0).asInt()));
    assertFalse(stopped.contains(page.get("best").get("evaluation").asInt()));
    page.get("top").forEach(row -> assertFalse(stopped.contains(row.get(0).asInt())));
    JsonNode table = mapper.readTree(new RunTables(run).json());
    assertEquals(60, table.get("rows").size());
    assertEquals(run.figures().stopped(), table.get("stopped").asInt());
    assertTrue(new RunTables(run).text().contains("stopped at 1 of 5 epochs"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"steady" + STOPPING, "front surrogate" + STOPPING})
  void theSameAfterKills(String algorithm) throws Exception {
    assertTheSameAfterKills(algorithm);
  }

  @Tag("nightly")
  @ParameterizedTest
  @ValueSource(strings = {"steady", "local"})
  void moreAreTheSameAfterKills(String algorithm) throws Exception {
    assertTheSameAfterKills(algorithm);
  }

  private void assertTheSameAfterKills(String algorithm) throws Exception {
    Path run = Files.createDirectories(directory.resolve("killed"));
    Random random = new Random(1);
    for (int i = 0; i < 5; i++) {
      killAfter(1 + random.nextInt(10), run, 1 + random.nextInt(7), algorithm);
    }
    killAfter(Integer.MAX_VALUE, run, 3, algorithm);
    assertEquals(reference(algorithm), History.of(run));
    assertFalse(Files.exists(run.resolve("rungs")), "a checkpoint is left");
  }

  /** Starts a process and kills it when it has printed so many results, if it prints as many. */
  private static void killAfter(int results, Path run, int workers, String algorithm)
      throws Exception {
    Process process =
        new ProcessBuilder(
                TestJvm.executable(),
                TestJvm.NO_SHARED_COUNTERS,
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                AsynchronousRun.class.getName(),
                run.toString(),
                String.valueOf(workers),
                algorithm)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      int seen = 0;
      while (seen < results && lines.readLine() != null) {
        seen++;
      }
      if (seen == results) {
        process.destroyForcibly();
        process.waitFor();
      } else {
        assertEquals(0, process.waitFor(), "the process failed");
      }
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void pageAndTablesShowIt() throws Exception {
    Path path = Files.createDirectories(directory.resolve("shown"));
    AsynchronousRun.run(path, 2, "steady", false);
    StoredRun run = StoredRun.of(new RunDirectory(path));
    ObjectMapper mapper = new ObjectMapper();
    JsonNode page = mapper.readTree(PageData.of(run).json());
    assertEquals(60, page.get("evaluations").size());
    assertEquals(1, page.get("generations").size());
    JsonNode table = mapper.readTree(new RunTables(run).json());
    assertEquals(60, table.get("networks").asInt());
    assertEquals("steady", table.get("options").get("algorithm").asText());
    assertTrue(table.toString().contains("crossover"), "no lineage");
  }

  @Test
  void settingsAreKept() {
    SearchSettings settings = AsynchronousRun.settings(directory, "surrogate" + STOPPING);
    SearchSettings read =
        StoredSettings.search(
                StoredSettings.of(
                    settings, TrainingRecipe.sgd(Precision.FP32), CudaGraphsMode.AUTO),
                new PlainSpace())
            .build();
    assertEquals(settings.builtIn(), read.builtIn());
    assertEquals(1, read.genetic().generations());
    assertEquals("steady", read.algorithmName());
  }

  @Test
  void withSeveralObjectivesNetworksOfSimilarSizeAreCompared() {
    AlgorithmSettings stopping = AlgorithmSettings.of("steady").withEarlyStopping();
    assertTrue(stopping.earlyStopping(5, Objectives.parse("accuracy,flops")).get().banded());
    assertFalse(stopping.earlyStopping(5, Objectives.ACCURACY).get().banded());
  }

  @Test
  void whatAnAlgorithmDoesNotHaveIsRefused() {
    AlgorithmSettings genetic = AlgorithmSettings.GENETIC;
    assertTrue(message(() -> genetic.withLookahead(3)).contains("steady, random and local"));
    assertTrue(message(() -> genetic.withEarlyStopping()).contains("choose steady"));
    SearchSettings.Builder short1 =
        SearchSettings.builder()
            .builtIn(AlgorithmSettings.of("steady").withEarlyStopping())
            .epochs(1);
    assertTrue(message(short1::build).contains("epochs 1: is too few"), message(short1::build));
    AlgorithmSettings random = AlgorithmSettings.of("random");
    assertTrue(
        message(() -> random.withSurrogate()).contains("genetic and steady, not for random"));
    assertTrue(message(() -> random.withEvaluations(0)).contains("evaluations"));
    assertTrue(message(() -> genetic.withName("best")).contains("none of genetic, steady"));
    assertTrue(message(() -> genetic.withReplacement("me")).contains("neither worst nor oldest"));
    SearchSettings.Builder steady =
        SearchSettings.builder().builtIn(AlgorithmSettings.of("steady")).generations(5);
    assertTrue(message(steady::build).contains("has no generations"));
  }

  private static String message(Runnable code) {
    return assertThrows(SettingException.class, code::run).getMessage();
  }
}
