package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.report.PageData;
import io.github.cnnevolution.report.RunPage;
import io.github.cnnevolution.report.RunTables;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunState;
import io.github.cnnevolution.run.StoredProposal;
import io.github.cnnevolution.run.StoredRun;
import io.github.cnnevolution.search.Operators;
import io.github.cnnevolution.testing.Browser;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;

/**
 * Searches with a surrogate or a budget of evaluations, what is stored of them, and shown. Their
 * candidates are not trained, but have a result that follows from their network; the best is
 * trained for its weights.
 */
class GuidedSearchIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path directory;

  /** A genetic search with a surrogate and 13 evaluations in generations of 5. */
  private static RunDirectory guided;

  private static String said;

  /** What a command printed, and its exit code. */
  private record Said(int code, String text) {}

  @BeforeAll
  static void evolve() {
    guided = new RunDirectory(directory.resolve("guided"));
    said = evolve(guided, "--surrogate", "--evaluations", "13", "--pop_size", "5").text();
  }

  private static Said run(String... arguments) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(text, true, StandardCharsets.UTF_8);
    Console console = new Console(new ByteArrayInputStream(new byte[0]), stream, stream);
    int code =
        new Application(new EvolveCommand(any -> GuidedSearchIT::result)).run(arguments, console);
    return new Said(code, text.toString(StandardCharsets.UTF_8));
  }

  /** Larger is better, with noise. */
  private static Evaluation result(EvaluationJob job, String worker, int microBatches) {
    double size = Math.log10((double) job.architecture().flops()) / 20;
    double noise = new Random(job.architecture().phenotype().hashCode()).nextInt(200) / 2000.0;
    return Evaluation.ofAccuracy(job, size + noise, List.of(), 0.01, 100, microBatches, worker);
  }

  private static Said evolve(RunDirectory out, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "evolve", "--data", "synthetic", "--out", out.path().toString(), "--seed", "1"));
    arguments.addAll(List.of("--epochs", "1", "--train_limit", "16", "--batch_size", "16"));
    arguments.addAll(List.of(more));
    Said said = run(arguments.toArray(String[]::new));
    assertEquals(ExitCode.OK, said.code(), said.text());
    return said;
  }

  private static JsonNode json(RunDirectory run) throws Exception {
    return JSON.readTree(new RunTables(StoredRun.of(run)).json());
  }

  private static List<StoredProposal> proposals(RunDirectory run) {
    return StoredRun.of(run).proposals();
  }

  @Test
  void theEndIsExplainedStoredAndShown() throws Exception {
    assertTrue(
        said.contains("13 networks were proposed, as many as the search may evaluate"), said);
    assertTrue(said.contains("5 chromosomes, 13 evaluations, with surrogate"), said);
    StoredRun run = StoredRun.of(guided);
    assertEquals(RunState.FINISHED, run.state());
    JsonNode table = json(guided);
    assertEquals(13, table.get("evaluations_asked").asInt());
    assertEquals(13, table.get("networks").asInt());
    assertTrue(table.get("generations").isNull());
    assertEquals(run.completeGenerations().size(), table.get("generations_done").asInt());
    assertEquals(
        run.completeGenerations().size(),
        JSON.readTree(Files.readAllBytes(guided.bestChromosome())).get("generations").asInt());
    JsonNode config = JSON.readTree(Files.readAllBytes(guided.bestChromosome())).get("config");
    assertEquals(13, config.get("evaluations").asInt());
    assertTrue(config.get("generations").isNull());
    assertTrue(config.get("surrogate").asBoolean());
    // Two elites: 5 + 4 + 4 networks, none of them twice.
    assertEquals(15, run.proposals().size());
    String list = run("runs", "list", directory.toString()).text();
    assertTrue(list.contains("13/13"), list);
    for (JsonNode row : table.get("rows")) {
      assertTrue(row.get("prediction").isNumber(), row.toString());
    }
    assertEquals(13, table.get("predictions").asInt());
    assertTrue(table.get("prediction_rank_correlation").isNumber());
    JsonNode line = table.get("ancestors_of_best");
    assertEquals(table.get("best_network"), line.get(0).get("network"));
    assertEquals(Operators.RANDOM, line.get(line.size() - 1).get("operator").asText());
    String shown = run("runs", "show", guided.path().toString()).text();
    assertTrue(shown.contains("line of the best"), shown);
  }

  @Test
  void moreEvaluationsGoOn() throws Exception {
    RunDirectory run = new RunDirectory(directory.resolve("longer"));
    evolve(run, "--evaluations", "7", "--pop_size", "5");
    List<StoredProposal> before = proposals(run);
    String path = run.path().toString();
    assertTrue(
        run("evolve", "--resume", path)
            .text()
            .contains("this run is finished, after 7 evaluations"));
    Said fewer = run("evolve", "--resume", path, "--evaluations", "5");
    assertEquals(ExitCode.USAGE, fewer.code());
    assertTrue(
        fewer.text().contains("has proposed 7 already; give at least as many"), fewer.text());
    Said more = run("evolve", "--resume", path, "--evaluations", "11");
    assertEquals(ExitCode.OK, more.code(), more.text());
    List<StoredProposal> after = proposals(run);
    assertEquals(before, after.subList(0, before.size()));
    assertEquals(11, after.stream().map(StoredProposal::phenotype).distinct().count());
    StoredRun stored = StoredRun.of(run);
    assertEquals(RunState.FINISHED, stored.state());
    assertEquals(stored.completeGenerations().size(), stored.facts().generationsDone());
    assertEquals(11, stored.networksDone());
    // A limit of generations that is reached first.
    Said both =
        run(
            "evolve",
            "--resume",
            path,
            "--evaluations",
            "99",
            "--generations",
            String.valueOf(stored.completeGenerations().size() + 1));
    assertEquals(ExitCode.OK, both.code(), both.text());
    StoredRun end = StoredRun.of(run);
    assertEquals(RunState.FINISHED, end.state());
    assertEquals(stored.completeGenerations().size() + 1, end.completeGenerations().size());
    assertEquals(5 * end.completeGenerations().size(), end.proposals().size());
  }

  @Test
  void theConfigurationOfAnotherAlgorithmCanBeUsed() throws Exception {
    RunDirectory random = new RunDirectory(directory.resolve("random"));
    String file = guided.bestChromosome().toString();
    evolve(random, "--config", file, "--algorithm", "random", "--evaluations", "3");
    assertEquals(3, proposals(random).size());
    Path typed = Files.writeString(directory.resolve("c.json"), "{\"generations\": 9}");
    RunDirectory steady = new RunDirectory(directory.resolve("steady"));
    evolve(steady, "--config", typed.toString(), "--algorithm", "steady", "--evaluations", "4");
    assertEquals(4, proposals(steady).size());
    String list = run("runs", "list", directory.toString()).text();
    assertTrue(list.contains("4/4") && !list.contains("1/1"), list);
    assertTrue(json(steady).get("generations").isNull());
    RunDirectory again = new RunDirectory(directory.resolve("again"));
    evolve(
        again,
        "--config",
        steady.bestChromosome().toString(),
        "--algorithm",
        "genetic",
        "--evaluations",
        "3");
    assertEquals(RunState.FINISHED, StoredRun.of(again).state());
  }

  private static Browser browser;

  @AfterAll
  static void quit() {
    if (browser != null) {
      browser.close();
    }
  }

  private static void open(Path page) {
    browser = browser == null ? Browser.required() : browser;
    browser.emulate(1280, "light");
    browser.open(page);
  }

  private static String text(String selector) {
    return (String) browser.value("document.querySelector('" + selector + "').textContent");
  }

  @Test
  void thePageShowsPredictionsAndAncestors() throws Exception {
    open(guided.report());
    JsonNode table = json(guided);
    assertEquals(
        13L, browser.value("Chart.getChart('chart-prediction').data.datasets[0].data.length"));
    String said = text("[data-chart=prediction] .said");
    assertTrue(
        said.startsWith(
            "Rank correlation %.2f (Spearman) over 13 networks"
                .formatted(table.get("prediction_rank_correlation").asDouble())),
        said);
    assertTrue(text("#tiles").contains("13 of 13"), text("#tiles"));
    assertEquals(names(table.get("ancestors_of_best")), line());
    // A click on a network in the table opens its line.
    String other = StoredRun.of(guided).proposals().get(14).phenotype();
    browser
        .driver()
        .executeScript(
            "document.getElementById('filter-text').value = arguments[0]; document.getElementById('filter-text').dispatchEvent(new Event('input'))",
            other);
    browser.click(browser.driver().findElement(By.cssSelector("#rows tbody button")));
    assertEquals(other, line().get(0));
    assertTrue(line().size() > 1, "a child has parents");
    assertEquals(List.of(), browser.accessibilityViolations());
    assertEquals(List.of(), browser.complaints());
  }

  private static List<String> names(JsonNode steps) {
    List<String> names = new ArrayList<>();
    steps.forEach(step -> names.add(step.get("network").asText()));
    return names;
  }

  private static List<String> line() {
    List<?> found =
        (List<?>)
            browser.value(
                "[...document.querySelectorAll('#ancestors tbody tr')].map(r => r.cells[0].textContent)");
    return found.stream().map(String::valueOf).toList();
  }

  /** Results arrive in another order than they were proposed. */
  @Test
  void thePageOfAnAsynchronousSearchHasEvaluationsForGenerations() throws Exception {
    RunDirectory out = new RunDirectory(directory.resolve("asynchronous"));
    evolve(out, "--algorithm", "steady", "--evaluations", "9", "--workers", "2");
    StoredRun run = StoredRun.of(out);
    StoredRun swapped =
        new StoredRun(
            run.directory(),
            run.facts(),
            List.copyOf(reversed(run.evaluations())),
            run.proposals(),
            run.outcomes());
    Path page =
        Files.writeString(
            directory.resolve("swapped.html"), RunPage.selfContained(PageData.of(swapped)));
    open(page);
    String tiles = text("#tiles");
    assertTrue(tiles.contains("9 of 9") && !tiles.contains("Generations"), tiles);
    assertEquals(true, browser.value("document.getElementById('by-generation').hidden"));
    assertEquals(true, browser.value("document.getElementById('predictions').hidden"));
    String said = text("[data-chart=so-far] .said");
    assertTrue(said.contains("arrived after one of a later proposal"), said);
    String first = "Chart.getChart('chart-so-far').data.datasets[0].data[0].e.network.phenotype";
    String arrived = swapped.evaluations().get(0).evaluation().job().architecture().phenotype();
    assertEquals(arrived, browser.value(first));
    browser.click(browser.driver().findElement(By.id("order-proposed")));
    assertEquals(run.proposals().get(0).phenotype(), browser.value(first));
    assertEquals(List.of(), browser.accessibilityViolations());
    assertEquals(List.of(), browser.complaints());
  }

  private static <T> List<T> reversed(List<T> list) {
    List<T> reversed = new ArrayList<>(list);
    Collections.reverse(reversed);
    return reversed;
  }

  @Test
  void theComparisonNamesAlgorithmsAndSaysWhatTheyNeeded() throws Exception {
    RunDirectory blind = new RunDirectory(directory.resolve("blind"));
    evolve(blind, "--evaluations", "13", "--pop_size", "5");
    Path page = directory.resolve("comparison.html");
    Said report =
        run("report", guided.path().toString(), blind.path().toString(), "--out", page.toString());
    assertEquals(ExitCode.OK, report.code(), report.text());
    open(page);
    assertEquals(
        List.of("--surrogate", "without --surrogate"),
        browser.value(
            "[...document.querySelectorAll('#groups tbody tr')].map(r => r.cells[0].textContent)"));
    StoredRun run = StoredRun.of(guided);
    double best = run.best().orElseThrow().fitness();
    int needed = 1;
    while (run.evaluations().get(needed - 1).evaluation().fitness() < best) {
      needed++;
    }
    assertEquals(
        String.valueOf(needed),
        browser.value("document.querySelector('#groups tbody tr').cells[7].textContent"));
    assertTrue(text("#common-said").startsWith("All of these runs reach "));
    assertEquals(11L, browser.value("document.querySelector('#groups thead tr').cells.length"));
    assertEquals(List.of(), browser.complaints());
  }
}
