package io.github.cnnevolution.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.evaluation.Candidates;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunFacts;
import io.github.cnnevolution.run.StoredEvaluation;
import io.github.cnnevolution.run.StoredRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What the page that compares runs is told. */
class ComparisonTest {
  private static StoredRun run(String digest, Map<String, String> options, double... fitness) {
    Map<String, String> all = new LinkedHashMap<>(Map.of("pop_size", "4"));
    all.putAll(options);
    RunFacts facts =
        new RunFacts(
            0,
            all,
            "plain",
            "genetic",
            "accuracy",
            "data",
            new RunFacts.Digests(digest, Optional.empty(), Optional.empty()),
            100,
            OptionalInt.of(1000),
            "0",
            "0",
            1,
            1,
            Optional.empty());
    List<StoredEvaluation> evaluations = new ArrayList<>();
    for (int i = 0; i < fitness.length; i++) {
      StoredEvaluation one = Candidates.stored(i, fitness[i], "key" + i);
      evaluations.add(
          new StoredEvaluation(
              one.evaluation(),
              one.key(),
              one.seed(),
              one.epochs(),
              one.device(),
              0,
              1_000_000 + 1000L * i,
              // A third of a second, which has no end as a decimal fraction of the axis.
              1_000_333 + 1000L * i,
              Optional.empty()));
    }
    return new StoredRun(
        new RunDirectory(Path.of("run")), facts, evaluations, List.of(), List.of());
  }

  private static JsonNode page(StoredRun... runs) throws Exception {
    return new ObjectMapper().readTree(PageData.comparing(List.of(runs)).json());
  }

  private static String group(JsonNode page, int index) {
    JsonNode group = page.get("groups").get(index);
    return "%s|%s|%s|%s"
        .formatted(
            group.get("label").asText(),
            group.get("dataSet"),
            group.get("runs"),
            group.get("counted"));
  }

  @Test
  void whatChangesNoResultSplitsNoGroup() throws Exception {
    JsonNode page =
        page(
            run("a", Map.of("seed", "1", "top_k", "5", "workers", "2"), 0.5),
            run("a", Map.of("seed", "2", "max_time", "1h"), 0.5),
            run("a", Map.of("seed", "3", "epochs", "9"), 0.5));
    assertEquals(2, page.get("groups").size());
    assertEquals("without --epochs|0|[0,1]|[0,1]", group(page, 0));
    assertEquals("--epochs 9|0|[2]|[2]", group(page, 1));
  }

  private static StoredRun run(String algorithm, Map<String, String> options) {
    StoredRun run = run("a", options, 0.5);
    RunFacts facts = run.facts();
    return new StoredRun(
        run.directory(),
        new RunFacts(
            facts.createdMillis(),
            facts.options(),
            facts.space(),
            algorithm,
            facts.fitness(),
            facts.data(),
            facts.digests(),
            facts.classes(),
            facts.validationImages(),
            facts.program(),
            facts.libtorch(),
            facts.fitnessVersion(),
            facts.generationsDone(),
            facts.end()),
        run.evaluations(),
        List.of(),
        List.of());
  }

  /** A run does not store the default algorithm; how long it searches says nothing of how. */
  @Test
  void algorithmsAreNamed() throws Exception {
    JsonNode page =
        page(
            run("genetic", Map.of("seed", "1", "generations", "5")),
            run("genetic", Map.of("seed", "2", "evaluations", "50")),
            run("genetic", Map.of("surrogate", "true", "evaluations", "50")),
            run(
                "steady",
                Map.of("algorithm", "steady", "lookahead", "8", "surrogate", "true", "seed", "1")),
            run("random", Map.of("algorithm", "random", "lookahead", "8")),
            run("random", Map.of("algorithm", "random", "lookahead", "1")));
    assertEquals("--algorithm genetic, without --surrogate|0|[0,1]|[0,1]", group(page, 0));
    assertEquals("--algorithm genetic, --surrogate|0|[2]|[2]", group(page, 1));
    assertEquals("--algorithm steady, --surrogate|0|[3]|[3]", group(page, 2));
    assertEquals(
        "--algorithm random, without --surrogate, --lookahead 8|0|[4]|[4]", group(page, 3));
    assertEquals(
        "--algorithm random, without --surrogate, --lookahead 1|0|[5]|[5]", group(page, 4));
  }

  /** The same seed gives the same search: twice is no more evidence than once. */
  @Test
  void runsOfOneSeedCountOnce() throws Exception {
    JsonNode page =
        page(
            run("a", Map.of("seed", "1"), 0.5),
            run("a", Map.of("seed", "1"), 0.5, 0.6),
            run("a", Map.of("seed", "2"), 0.4));
    assertEquals("the same settings|0|[0,1,2]|[1,2]", group(page, 0));
  }

  @Test
  void dataSetsAreKeptApartAlsoUnderOneName() throws Exception {
    JsonNode page =
        page(run("abcdefghijk", Map.of("seed", "1"), 0.5), run("b", Map.of("seed", "1"), 0.5));
    assertEquals("[\"data (abcdefgh)\",\"data (b)\"]", page.get("dataSets").toString());
    assertEquals("the same settings|0|[0]|[0]", group(page, 0));
    assertEquals("the same settings|1|[1]|[1]", group(page, 1));
  }

  /** The last step is within the time of the run, or the chart would not show it. */
  @Test
  void theLastImprovementIsWithinTheTimeOfTheRun() throws Exception {
    JsonNode run = page(run("a", Map.of("seed", "1"), 0.55, 0.5625)).get("runs").get(0);
    JsonNode last = run.get("steps").get(1);
    assertEquals(0.5625, last.get(2).asDouble());
    assertEquals(run.get("seconds").asDouble(), last.get(1).asDouble());
    assertEquals(1.333, last.get(1).asDouble());
  }
}
