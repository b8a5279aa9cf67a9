package io.github.cnnevolution.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.evaluation.Candidates;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.evaluation.FailureKind;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunFacts;
import io.github.cnnevolution.run.RunState;
import io.github.cnnevolution.run.StoredEvaluation;
import io.github.cnnevolution.run.StoredRun;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.testing.Browser;
import io.github.cnnevolution.training.EpochMetrics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of a run with several objectives, in a real browser. */
class FrontPageIT {
  private static final int FAILED = 3;

  @TempDir private Path directory;

  private StoredRun run(boolean several) {
    Map<String, String> options = new LinkedHashMap<>(Map.of("seed", "1", "generations", "1"));
    if (several) {
      options.put("objectives", "accuracy,latency");
      options.put("prefer", "knee");
    }
    RunFacts facts =
        new RunFacts(
            0,
            options,
            "plain",
            "genetic",
            "accuracy",
            "synthetic",
            new RunFacts.Digests("a", Optional.empty(), Optional.of("b")),
            100,
            OptionalInt.of(1000),
            "0",
            "0",
            1,
            0,
            Optional.empty());
    List<StoredEvaluation> evaluations =
        IntStream.range(0, 12).mapToObj(number -> stored(number, several)).toList();
    return new StoredRun(
        new RunDirectory(directory), facts, evaluations, List.of(), List.of(), Optional.empty());
  }

  /** The accuracy grows with the latency, except that the last ones are worse and slower. */
  private static StoredEvaluation stored(int number, boolean timed) {
    EvaluationJob job = Candidates.job(number, number);
    double accuracy = number < 6 ? (number + 1) / 20.0 : 0.01;
    Evaluation evaluation =
        number == FAILED
            ? Evaluation.failed(job, FailureKind.LATENCY, "not trained: too slow", "cpu-0")
            : Evaluation.ofAccuracy(
                job, accuracy, List.of(new EpochMetrics(4.5, 0.1)), 1, 100, 1, "cpu-0");
    if (timed && number != FAILED) {
      double latency = 0.001 * (number + 1) * (number + 1);
      evaluation =
          evaluation.withObjectives(
              Map.of("accuracy", accuracy, "latency", latency, "latency64", 8 * latency));
    }
    return new StoredEvaluation(
        evaluation,
        "key" + number,
        1,
        1,
        "cpu",
        0,
        1_000L * number,
        1_000L * number + 900,
        Optional.empty());
  }

  private static PageData page(StoredRun run) {
    return PageData.of(run, RunState.FINISHED, List.of(), Optional.of(new PlainSpace()));
  }

  @Test
  void theDocumentHasTheFrontAndHowItGrew() throws Exception {
    StoredRun run = run(true);
    JsonNode objectives = new ObjectMapper().readTree(page(run).json()).path("objectives");
    assertEquals("[\"accuracy\",\"latency\"]", objectives.path("names").toString());
    assertEquals(5, objectives.path("front").size());
    assertEquals(
        run.front().orElseThrow().preferred().job().architecture().phenotype(),
        objectives.path("preferred").asText());
    assertEquals(11, objectives.path("latencies").size());
    double before = 0;
    for (JsonNode step : objectives.path("hypervolume")) {
      assertTrue(step.path(1).asDouble() > before, objectives.toString());
      before = step.path(1).asDouble();
    }
    assertEquals(5, objectives.path("hypervolume").size());
    assertEquals(1, run.found().tooSlow());
    assertTrue(new ObjectMapper().readTree(page(run(false)).json()).path("objectives").isNull());
  }

  /** Hyphens that keep lines together are plain ones here. */
  private static String text(Browser browser, String selector) {
    return String.valueOf(browser.value("document.querySelector('" + selector + "').textContent"))
        .replace("\u2060", "")
        .replace('\u2011', '-');
  }

  /** What the page offers as a file, which is not saved here. */
  private static List<String> csv(Browser browser) {
    return String.valueOf(
            browser
                .driver()
                .executeAsyncScript(
                    "const done = arguments[0]; const make = URL.createObjectURL;"
                        + "URL.createObjectURL = blob => { blob.text().then(done); return '#'; };"
                        + "document.getElementById('csv').click(); URL.createObjectURL = make;"))
        .lines()
        .toList();
  }

  @Test
  void thePageShowsIt() throws Exception {
    Path file = directory.resolve("front.html");
    Files.writeString(file, RunPage.selfContained(page(run(true))));
    Path plain = directory.resolve("plain.html");
    Files.writeString(plain, RunPage.selfContained(page(run(false))));
    try (Browser browser = Browser.required()) {
      browser.emulate(360, "dark");
      browser.open(file);
      assertEquals(List.of(), browser.complaints());
      String text =
          String.valueOf(browser.value("document.getElementById('objectives').innerText"));
      for (Evaluation member : run(true).front().orElseThrow().members()) {
        assertTrue(text.contains(member.job().architecture().phenotype()), text);
      }
      assertTrue(text.contains("is the best model"), text);
      assertTrue(text.contains("36.0 ms"), text);
      assertTrue(text.contains("The front dominates"), text);
      assertTrue(
          text(browser, "[data-chart=flops] .key")
              .contains("front of the search: accuracy, latency"),
          text(browser, "[data-chart=flops] .key"));
      assertTrue(
          text(browser, "#failures").contains("Above --max_latency"), text(browser, "#failures"));
      assertEquals(
          true, browser.value("document.documentElement.scrollWidth <= window.innerWidth"));
      assertEquals(List.of(), browser.accessibilityViolations());
      assertTrue(csv(browser).get(0).endsWith(",latency,latency64"), csv(browser).get(0));
      assertTrue(csv(browser).get(1).endsWith(",0.001,0.008"), csv(browser).get(1));
      assertTrue(csv(browser).get(1 + FAILED).endsWith(",,"), csv(browser).get(1 + FAILED));
      browser.open(plain);
      assertFalse(
          (Boolean) browser.value("document.getElementById('objectives').checkVisibility()"));
      assertEquals(List.of(), browser.complaints());
      assertFalse(csv(browser).get(0).contains("latency"));
    }
  }
}
