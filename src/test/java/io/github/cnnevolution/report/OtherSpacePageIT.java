package io.github.cnnevolution.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.evaluation.FailureKind;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunFacts;
import io.github.cnnevolution.run.RunState;
import io.github.cnnevolution.run.StoredEvaluation;
import io.github.cnnevolution.run.StoredProposal;
import io.github.cnnevolution.run.StoredRun;
import io.github.cnnevolution.run.TrainingRun;
import io.github.cnnevolution.search.Outcome;
import io.github.cnnevolution.search.Proposal;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.Node;
import io.github.cnnevolution.space.ResidualTestSpace;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.space.SearchSpaces;
import io.github.cnnevolution.testing.Browser;
import io.github.cnnevolution.training.EpochMetrics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;

/**
 * The page of a run in a space that is not built in, whose networks have branches: in a real
 * browser, from a real store of made-up results.
 */
class OtherSpacePageIT {
  private static final int CLASSES = 10;
  private static final ResidualTestSpace SPACE = new ResidualTestSpace();

  /** The best: two blocks a stage, with gates and with a projection on one shortcut. */
  private static final String BEST = "r16-b2-se-gelu";

  /** The first of them, of width 8, failed. */
  private static final int EVALUATIONS = 16;

  private static final String WIDE_GATED = "1111";

  @TempDir private static Path directory;
  private static RunDirectory run;
  private static StoredRun stored;
  private static Path page;
  private static Browser browser;

  @BeforeAll
  static void make() throws Exception {
    browser = Browser.required();
    run = new RunDirectory(directory.resolve("run"));
    Files.createDirectories(run.path());
    RunFacts.Digests digests = new RunFacts.Digests("a", Optional.empty(), Optional.of("b"));
    Map<String, String> options =
        Map.of("pop_size", "8", "generations", "2", "seed", "1", "epochs", "2");
    RunFacts facts =
        new RunFacts(
            0,
            options,
            SPACE.name(),
            "genetic",
            "accuracy",
            "synthetic",
            digests,
            CLASSES,
            OptionalInt.of(1000),
            "0",
            "0",
            1,
            2,
            Optional.empty());
    SearchSpaces spaces = SearchSpaces.builtIn().with(SPACE);
    try (EvaluationStore store = EvaluationStore.create(run.database(), facts.facts(), spaces)) {
      for (int number = 0; number < EVALUATIONS; number++) {
        add(store, number);
      }
      stored = StoredRun.of(run, store);
      page = write("page.html", PageData.of(stored, RunState.STOPPED, List.of(), store.space()));
    }
  }

  private static void add(EvaluationStore store, int number) {
    Chromosome chromosome = new Chromosome(Integer.toBinaryString(16 | number).substring(1));
    EvaluationJob job = new EvaluationJob(number, chromosome, SPACE.decode(chromosome, CLASSES));
    Evaluation evaluation =
        number == 0
            ? Evaluation.failed(job, FailureKind.DIVERGED, "no luck", "cpu-0")
            : Evaluation.ofAccuracy(
                job,
                number / 20.0,
                List.of(new EpochMetrics(2, number / 30.0)),
                1,
                100,
                1,
                "cpu-0");
    store.append(
        new StoredEvaluation(
            evaluation,
            "key" + number,
            1,
            1,
            "cpu",
            0,
            1_000L * number,
            1_000L * number + 900,
            Optional.empty()));
    Proposal proposal = new Proposal(number, number / 8, chromosome, "random", List.of());
    store.appendProposals(List.of(new StoredProposal(proposal, job.architecture().phenotype())));
    store.appendOutcomes(List.of(Outcome.of(number, evaluation.fitness())));
  }

  private static Path write(String name, PageData data) throws Exception {
    return Files.writeString(directory.resolve(name), RunPage.selfContained(data));
  }

  @AfterAll
  static void quit() {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void open() {
    browser.emulate(1280, "light");
    browser.open(page);
  }

  @AfterEach
  void forget() {
    assertEquals(List.of(), browser.complaints());
    browser.driver().executeScript("localStorage.clear(); sessionStorage.clear()");
  }

  private static List<String> texts(String expression) {
    return ((List<?>) browser.value(expression)).stream().map(String::valueOf).toList();
  }

  private static List<String> charts() {
    return texts("[...document.querySelectorAll('#genes [data-chart]')].map(f => f.dataset.chart)");
  }

  private static List<String> networks() {
    return texts(
        "[...document.querySelectorAll('#rows tbody tr')].map(r => r.cells[1].textContent)"
            + ".sort()");
  }

  /** Renders the document once more after a change. */
  private static void render(String change) {
    browser
        .driver()
        .executeScript(
            "const data = JSON.parse(document.getElementById('data').textContent); "
                + change
                + "; cnnEvolution.render(data)");
  }

  private static void filter(String id, String value) {
    browser
        .driver()
        .executeScript(
            "const s = document.getElementById(arguments[0]); s.value = arguments[1];"
                + " s.dispatchEvent(new Event('input'))",
            id,
            value);
  }

  @Test
  void eachGeneHasAChartAndAFilterUnderItsName() {
    assertEquals(List.of("gene-width", "gene-blocks", "gene-gate", "gene-activation"), charts());
    assertEquals(
        List.of("Width", "Blocks", "Gate", "Activation"),
        texts("[...document.querySelectorAll('#genes h3')].map(h => h.textContent)"));
    assertEquals(
        "gate", browser.value("Chart.getChart('chart-gene-gate').options.scales.y.title.text"));
    assertEquals(
        List.of("off   n = 7", "on   n = 8"),
        texts("Chart.getChart('chart-gene-gate').scales.y.ticks.map(t => t.label)"),
        "the one that failed is none of the 16");
    assertEquals(
        List.of(
            "filter-text",
            "filter-outcome",
            "filter-reason",
            "filter-width",
            "filter-blocks",
            "filter-gate",
            "filter-activation"),
        texts("[...document.querySelectorAll('#filters input, #filters select')].map(e => e.id)"));
    assertEquals(
        List.of("Gate", "all", "off", "on"),
        texts(
            "(s => [s.labels[0].firstElementChild.textContent, ...[...s.options].map(o => o.text)])(document.getElementById('filter-gate'))"));
  }

  @Test
  void filtersOfGenesKeepTheNetworksThatHaveTheValue() {
    filter("filter-gate", "on");
    filter("filter-width", "8");
    List<String> expected =
        SPACE.all(CLASSES).stream()
            .filter(n -> n.genes().get("gate").equals("on") && n.genes().get("width").equals("8"))
            .map(Architecture::phenotype)
            .sorted()
            .toList();
    assertEquals(4, expected.size());
    assertEquals(expected, networks());
    browser.driver().navigate().refresh();
    assertEquals(expected, networks(), "they are remembered");
    browser.click(browser.driver().findElement(By.cssSelector("#filters [type=reset]")));
    browser.driver().executeAsyncScript("setTimeout(arguments[0], 50)");
    assertEquals(EVALUATIONS, networks().size());
  }

  /** For each input of a node that is not the node before: from what to what. */
  private static List<String> expectedBranches(Architecture network) {
    List<String> branches = new ArrayList<>();
    for (int i = 0; i < network.nodes().size(); i++) {
      List<Integer> inputs = new ArrayList<>(network.nodes().get(i).inputs());
      inputs.remove(Integer.valueOf(i - 1));
      for (int input : inputs) {
        branches.add(name(network, input) + " to " + name(network, i));
      }
    }
    return branches.stream().sorted().toList();
  }

  private static String name(Architecture network, int node) {
    return node == Node.IMAGE ? "the image" : network.layers().get(node).name();
  }

  @Test
  void branchesAreDrawnAndSaid() {
    Architecture best = SPACE.decode(new Chromosome(WIDE_GATED), CLASSES);
    assertEquals(BEST, best.phenotype());
    assertEquals(
        "The best network: " + BEST,
        browser.value("document.getElementById('architecture-title').textContent"));
    List<String> expected = expectedBranches(best);
    assertEquals(9, expected.size(), "of 4 gates, 4 sums and a projection");
    assertEquals(
        expected,
        texts(
            "[...document.querySelectorAll('#drawing .branch title')].map(t => t.textContent).sort()"));
    assertEquals(
        List.of("×", "+", "×", "+", "×", "+", "×", "+"),
        texts("[...document.querySelectorAll('#drawing .symbol')].map(t => t.textContent)"));
    String said =
        (String) browser.value("document.getElementById('drawing').getAttribute('aria-label')");
    for (String part :
        List.of(
            BEST + ": Input 3 × 32 × 32; stem 16 × 16 × 16, 464 parameters; stage0.block0 ",
            "stage0.block0.gate.scale 16 × 16 × 16, reads stage0.block0.norm2 and stage0.block0.gate.3;",
            "stage0.block0.sum 16 × 16 × 16, reads stage0.block0.gate.scale and stem.pool;",
            "stage1.block0.shortcut 32 × 8 × 8, 608 parameters, reads stage0.block1.act2;")) {
      assertTrue(said.contains(part), said);
    }
    assertTrue(said.endsWith("mean 32; Classes 10, 330 parameters"), said);
  }

  /** Every line begins behind the box that it comes from and ends at the one that it leads to. */
  @Test
  void branchesLieAboveTheBoxesAndNoTextsLieOverOneAnother() {
    for (Architecture network : SPACE.all(CLASSES)) {
      browser
          .driver()
          .executeScript(
              "document.querySelector(`#rows [data-network='${arguments[0]}']`).click()",
              network.phenotype());
      assertEquals(
          List.of(),
          browser.value(
              "(svg => { const boxes = [...svg.querySelectorAll('text')].filter(t => t.textContent).map(t => [t, t.getBBox()]);"
                  + "return boxes.filter(([t, a], i) => boxes.some(([u, b], j) => j > i && a.x < b.x + b.width && b.x < a.x + a.width"
                  + " && a.y < b.y + b.height - 1 && b.y < a.y + a.height - 1)).map(([t]) => t.textContent); })(document.getElementById('drawing'))"),
          network.phenotype());
      assertEquals(
          List.of(),
          browser.value(
              "(svg => [...svg.querySelectorAll(':not(title)')].map(e => [e, e.getBBox()]).filter(([e, b]) => b.x < 0 || b.y < 0"
                  + " || b.x + b.width > svg.viewBox.baseVal.width || b.y + b.height > svg.viewBox.baseVal.height).map(([e]) => e.outerHTML))(document.getElementById('drawing'))"),
          network.phenotype());
      assertEquals(
          List.of(),
          browser.value(
              "(svg => { const faces = [...svg.querySelectorAll('polygon.face')].map(e => e.getBBox());"
                  + "return [...svg.querySelectorAll('.branch path')].filter(path => { for (let at = 0; at < path.getTotalLength(); at += 2) { const p = path.getPointAtLength(at);"
                  + " if (faces.some(b => p.x > b.x && p.x < b.x + b.width && p.y > b.y && p.y < b.y + b.height)) return true; } return false; })"
                  + ".map(path => path.previousSibling.previousSibling.textContent); })(document.getElementById('drawing'))"),
          network.phenotype() + ": lines through boxes");
    }
  }

  @Test
  void theListOfLayersSaysWhatEachReads() {
    browser.driver().executeScript("document.getElementById('architecture-layers').open = true");
    Architecture best = SPACE.decode(new Chromosome(WIDE_GATED), CLASSES);
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < best.nodes().size(); i++) {
      List<String> read =
          best.nodes().get(i).inputs().stream().map(node -> name(best, node)).toList();
      expected.add(name(best, i) + ": " + String.join(" and ", read));
    }
    assertEquals(
        expected,
        texts(
            "[...document.querySelectorAll('#layers tbody tr:not(.group-row)')].map(r => r.cells[0].textContent + ': ' + [...r.cells[2].children].map(c => c.textContent).join(' and '))"));
    assertEquals(
        best.parameters(),
        ((List<?>)
                browser.value(
                    "[...document.querySelectorAll('#layers tbody tr:not(.group-row)')].map(r => Number(r.cells[5].textContent.replaceAll(',', '')))"))
            .stream().mapToLong(p -> (Long) p).sum());
    assertEquals(
        "16 × 16 × 16, 16",
        browser.value(
            "[...document.querySelectorAll('#layers tr:not(.group-row)')].find(r => r.cells[0].textContent.endsWith('gate.scale')).cells[3].textContent"));
  }

  @Test
  void theLayoutHoldsAndAxeFindsNoViolation() throws Exception {
    for (int width : new int[] {360, 1280, 1920}) {
      for (String scheme : List.of("light", "dark")) {
        browser.emulate(width, scheme);
        browser.open(page);
        browser
            .driver()
            .executeScript("document.querySelectorAll('details').forEach(d => { d.open = true; })");
        assertEquals(
            browser.value("document.documentElement.clientWidth"),
            browser.value("document.documentElement.scrollWidth"),
            "wider than the window of " + width);
        assertEquals(
            List.of(),
            browser.value(
                "[...document.querySelectorAll('.card')].filter(e => e.checkVisibility() && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)).map(e => e.outerHTML.slice(0, 90))"),
            "cards at " + width);
        assertEquals(
            browser.value("document.getElementById('drawing').viewBox.baseVal.width"),
            browser.value("document.getElementById('drawing').getBoundingClientRect().width"),
            "drawn at its full size, and scrolled");
        assertEquals(List.of(), browser.accessibilityViolations(), width + " " + scheme);
      }
    }
  }

  @Test
  void genesMayComeAndGoWhileThePageIsOpen() {
    List<String> before = charts();
    filter("filter-gate", "on");
    List<String> gated = networks();
    assertEquals(8, gated.size());
    browser.driver().executeScript("window.chart = Chart.getChart('chart-gene-gate')");
    render("data.genes.shift(); for (const row of data.architectures) row[3].shift()");
    assertEquals(before.subList(1, 4), charts());
    assertEquals(null, browser.value("document.getElementById('filter-width')"));
    assertEquals(gated, networks());
    render(
        "data.genes.find(g => g[0] === 'gate')[5].unshift(['none', ['none']]);"
            + "for (const row of data.architectures) row[3][2] = row[3][2].map(at => at + 1)");
    assertEquals(before, charts());
    assertEquals(gated, networks(), "by its value, not by its place");
    assertEquals(true, browser.value("window.chart === Chart.getChart('chart-gene-gate')"));
    render("data.genes = []; for (const row of data.architectures) row[3] = []");
    assertEquals(List.of(), charts());
    assertEquals(EVALUATIONS, networks().size());
    assertEquals(false, browser.value("document.getElementById('genes').checkVisibility()"));
    assertTrue(
        !texts("[...document.querySelectorAll('#sections a')].map(a => a.hash)")
            .contains("#genes"));
  }

  @Test
  void networksWithoutAGeneAreCounted() {
    render("data.architectures.forEach((row, i) => { if (i > 12) row[3][2] = []; })");
    String said =
        (String)
            browser.value("document.querySelector('[data-chart=gene-gate] .said').textContent");
    assertTrue(said.endsWith(" 3 networks do not have this gene."), said);
    filter("filter-gate", "on");
    assertEquals(6, networks().size());
  }

  @Test
  void manyValuesFitToo() {
    browser.emulate(360, "light");
    browser.open(page);
    render(
        "data.genes[0][4] = false; data.genes[0][5] = data.architectures.map((row, i) => { row[3][0] = [i]; return ['value ' + i, ['value ' + i]]; })");
    assertEquals(
        16L, browser.value("Chart.getChart('chart-gene-width').data.datasets[1].data.length + 1"));
    assertEquals(null, browser.value("document.getElementById('filter-width')"));
    assertEquals(
        true,
        browser.value(
            "(c => c.scales.y.ticks.length === 16 && c.getDatasetMeta(0).data.every((e, i, all) => !i || e.y - all[i - 1].y >= c.data.datasets[0].pointRadius * 2))(Chart.getChart('chart-gene-width'))"),
        "each name has its line, and marks do not touch");
  }

  @Test
  void hostileNamesAreText() {
    String hostile = "<img src=x onerror=alert(1)>\"'";
    browser
        .driver()
        .executeScript(
            "const data = JSON.parse(document.getElementById('data').textContent); const bad = arguments[0];"
                + "data.genes[0] = [data.genes[0][0], bad, bad, bad, true, data.genes[0][5].map(([label]) => [bad + label, [bad]])];"
                + "for (const row of data.layers) { row[0] = bad + '.' + row[0]; row[1] = bad; row[4] = bad; } cnnEvolution.render(data)",
            hostile);
    assertEquals(0L, browser.value("document.images.length"));
    assertEquals(
        hostile, browser.value("document.querySelector('[data-chart=gene-width] h3').textContent"));
    assertEquals(
        hostile + "8", browser.value("document.getElementById('filter-width').options[1].value"));
    filter("filter-width", hostile + "8");
    assertEquals(8, networks().size());
    assertTrue(
        texts("[...document.querySelectorAll('#drawing .name')].map(t => t.textContent)")
            .contains("stem"));
  }

  /**
   * The program that makes the page may know the space no more: what occurs is shown all the same.
   */
  @Test
  void withoutTheSpaceThePageShowsWhatOccurs() throws Exception {
    List<StoredEvaluation> narrow = stored.evaluations().subList(0, 8);
    StoredRun part =
        new StoredRun(run, stored.facts(), narrow, stored.proposals(), stored.outcomes());
    browser.open(write("unknown.html", PageData.of(part)));
    assertEquals(List.of("gene-width", "gene-blocks", "gene-gate", "gene-activation"), charts());
    assertEquals(
        List.of("8   n = 7"),
        texts("Chart.getChart('chart-gene-width').scales.y.ticks.map(t => t.label)"));
    assertEquals(null, browser.value("document.getElementById('filter-width')"));
    assertEquals(3L, browser.value("document.getElementById('filter-gate').options.length"));
  }

  /** A live page takes the space from the store. */
  @Test
  void theLivePageKnowsTheSpace() throws Exception {
    SearchSpace space = SPACE;
    RunDirectory empty = new RunDirectory(directory.resolve("empty"));
    Files.createDirectories(empty.path());
    SearchSpaces spaces = SearchSpaces.builtIn().with(space);
    try (EvaluationStore store =
        EvaluationStore.create(empty.database(), stored.facts().facts(), spaces)) {
      add(store, 0);
      String document =
          new LiveData(empty, store, new SearchState()).document(RunState.RUNNING).json();
      assertEquals(
          "[\"width\",\"width\",\"Width\",\"width\",true,[[\"8\",[\"8\"]],[\"16\",[\"16\"]]]]",
          new ObjectMapper().readTree(document).get("genes").get(0).toString());
    }
  }

  @Test
  void thePageOfATrainingSaysWhatLayersRead() throws Exception {
    TrainingRun.Data data =
        new TrainingRun.Data(
            "cifar-100",
            "a",
            "b",
            1,
            0,
            1,
            new Normalization(List.of(0.5, 0.5, 0.5), List.of(0.25, 0.25, 0.25)),
            Optional.empty());
    TrainingRun.Seed seed =
        new TrainingRun.Seed(
            1,
            List.of(new EpochMetrics(2, 0.5)),
            OptionalDouble.empty(),
            Optional.empty(),
            Optional.empty());
    TrainingRun training =
        new TrainingRun(
            0,
            SPACE,
            new Chromosome(WIDE_GATED),
            Map.of("epochs", "1"),
            data,
            Map.of(),
            1,
            false,
            List.of(seed));
    browser.open(write("training.html", TrainingPage.data(training, RunState.STOPPED, run)));
    assertEquals(
        "stage0.block0.sum|Sum(2)|stage0.block0.gate.scale stem.pool|16 × 16 × 16|16 × 16 × 16|",
        browser.value(
            "(r => [...r.cells].map(c => c.children.length ? [...c.children].map(l => l.textContent).join(' ') : c.textContent).join('|'))([...document.querySelectorAll('#network-layers tr')].find(r => r.cells[0].textContent === 'stage0.block0.sum'))"));
    assertEquals(
        (long) training.architecture().layers().size(),
        browser.value("document.querySelectorAll('#network-layers tbody tr').length"));
    assertEquals(List.of(), browser.accessibilityViolations());
  }
}
