package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.evaluation.CandidateEvaluator;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.evaluation.StoredEvaluation;
import io.github.cnnevolution.genome.BlockType;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.report.PageData;
import io.github.cnnevolution.report.RunDirectory;
import io.github.cnnevolution.report.RunPage;
import io.github.cnnevolution.report.RunReport;
import io.github.cnnevolution.testing.Browser;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;

/**
 * The page in a real browser, made by real runs: real trainings, only very short ones, of more than
 * 200 networks. Names, paths and a failure's reason are such as would do harm if the page took them
 * for markup.
 */
class ReportPageIT {
  private static final String HOSTILE = "<script>alert(1)</script>";
  private static final String RUN = "\"><img src=x onerror=alert(2)> & 'b' {{c}} ${d}";
  private static final List<String> CHARTS =
      List.of(
          "fitness",
          "diversity",
          "parameters",
          "flops",
          "curves",
          "gene-width",
          "gene-kernel",
          "gene-activation",
          "gene-blocks",
          "timeline");

  private static final long OPEN_MILLIS = 3000;
  private static final long PAGE_BYTES = 5_000_000;

  @TempDir private static Path directory;
  private static RunDirectory run;
  private static Browser browser;

  @BeforeAll
  static void evolve() throws Exception {
    browser = Browser.required();
    // A directory in a directory: the slash of the closing tag is that between them.
    run = new RunDirectory(directory.resolve(HOSTILE).resolve(RUN));
    Files.createDirectories(run.path().getParent());
    evolve(run.path(), "--pop_size", "300", "--generations", "2", "--seed", "1");
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
    browser.open(run.report());
    browser.driver().executeScript("localStorage.clear()");
  }

  /** Hostile too: a path with quotes. */
  private static Path data() throws Exception {
    Path data = directory.resolve("it's \"data\" <b>");
    if (!Files.exists(data)) {
      Files.createDirectories(data);
      Files.write(data.resolve("train.bin"), images(200));
      Files.write(data.resolve("test.bin"), images(100));
    }
    return data;
  }

  /** Noise in the layout of CIFAR-100: two labels, then 3 x 32 x 32 bytes. */
  private static byte[] images(int count) {
    Random random = new Random(count);
    byte[] records = new byte[count * 3074];
    random.nextBytes(records);
    for (int i = 0; i < count; i++) {
      records[i * 3074] = (byte) (i % 20);
      records[i * 3074 + 1] = (byte) (i % 100);
    }
    return records;
  }

  private static void evolve(Path out, String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(List.of("evolve", "--data", data().toString(), "--out", out.toString()));
    arguments.addAll(List.of("--epochs", "2", "--train_limit", "16", "--batch_size", "16"));
    arguments.addAll(List.of(more));
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(text, true, StandardCharsets.UTF_8);
    Console console = new Console(new ByteArrayInputStream(new byte[0]), stream, stream);
    int code =
        new Application(new EvolveCommand(ReportPageIT::failing))
            .run(arguments.toArray(String[]::new), console);
    assertEquals(ExitCode.OK, code, text.toString(StandardCharsets.UTF_8));
  }

  /** An evaluator that has no luck with the networks that would take longest. */
  private static CandidateEvaluator failing(CandidateEvaluator evaluator) {
    return new CandidateEvaluator() {
      @Override
      public Evaluation evaluate(EvaluationJob job, String worker, int microBatches)
          throws InterruptedException {
        if (job.architecture().depth() == 4
            && job.architecture().kernel() > 3
            && job.architecture().blocks().get(0) == BlockType.SINGLE) {
          throw new IllegalStateException("no luck with " + HOSTILE);
        }
        return evaluator.evaluate(job, worker, microBatches);
      }
    };
  }

  @Test
  void theRunIsLargeAndHasFailures() {
    RunReport report = RunReport.of(run);
    long failed = report.evaluations().stream().filter(e -> e.evaluation().isFailed()).count();
    assertTrue(report.evaluations().size() >= 200, report.evaluations().size() + " evaluations");
    assertTrue(failed > 10 && failed < report.evaluations().size() / 2, failed + " failures");
    assertEquals(
        Long.valueOf(report.evaluations().size()),
        browser.value(
            "JSON.parse(document.getElementById('data').textContent).evaluations.length"));
  }

  @Test
  void everyChartHasDrawnPixelsInBothThemesAndNobodyComplains() {
    for (String scheme : List.of("light", "dark")) {
      browser.emulate(1280, scheme);
      browser.open(run.report());
      assertEquals(
          CHARTS,
          browser.value(
              "[...document.querySelectorAll('#run [data-chart]')].map(f => f.dataset.chart)"));
      for (String chart : CHARTS) {
        assertDrawn(chart, scheme);
      }
    }
    assertEquals(List.of(), browser.complaints());
  }

  /** Axes alone are grey: a chart must have pixels of a strong colour too. */
  private static void assertDrawn(String chart, String scheme) {
    Object coloured =
        browser
            .driver()
            .executeScript(
                "const c = document.getElementById('chart-' + arguments[0]);"
                    + "const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0;"
                    + "for (let i = 0; i < d.length; i += 4)"
                    + " if (d[i + 3] > 40 && Math.max(d[i], d[i+1], d[i+2]) - Math.min(d[i], d[i+1], d[i+2]) > 60) n++;"
                    + "return n",
                chart);
    assertTrue((Long) coloured > 60, chart + " has " + coloured + " coloured pixels, " + scheme);
    String label =
        browser.driver().findElement(By.id("chart-" + chart)).getDomAttribute("aria-label");
    assertTrue(label != null && label.length() > 40, chart + ": " + label);
  }

  private static List<String> column(int number) {
    List<String> cells = new ArrayList<>();
    for (Object cell :
        (List<?>)
            browser.value(
                "[...document.querySelectorAll('#rows tbody tr')].map(r => r.cells[%d].textContent)"
                    .formatted(number))) {
      cells.add(String.valueOf(cell));
    }
    return cells;
  }

  private static WebElement id(String id) {
    return browser.driver().findElement(By.id(id));
  }

  private static void sortBy(String column) {
    browser
        .driver()
        .findElement(By.cssSelector("#rows th[data-column='%s'] button".formatted(column)))
        .click();
  }

  private static double number(String cell) {
    return Double.parseDouble(cell.replaceAll("[^0-9.]", ""));
  }

  @Test
  void sortingChangesTheRows() {
    List<String> before = column(1);
    assertEquals(25, before.size());
    sortBy("parameters");
    List<Double> descending = column(3).stream().map(ReportPageIT::number).toList();
    assertNotEquals(before, column(1));
    assertEquals(descending.stream().sorted((a, b) -> Double.compare(b, a)).toList(), descending);
    sortBy("parameters");
    List<Double> ascending = column(3).stream().map(ReportPageIT::number).toList();
    assertEquals(ascending.stream().sorted().toList(), ascending);
    assertTrue(ascending.get(24) < descending.get(24));
    assertEquals(
        "ascending",
        browser.value("document.querySelector('th[data-column=parameters]').ariaSort"));
    browser.click(id("page-next"));
    assertTrue(number(column(3).get(0)) >= ascending.get(24));
  }

  @Test
  void filteringChangesTheRowsAndFailuresHaveTheirReason() {
    browser
        .driver()
        .executeScript(
            "const s = document.getElementById('filter-outcome'); s.value = 'failed'; s.dispatchEvent(new Event('input'))");
    assertTrue(column(2).stream().allMatch("failed"::equals), column(2).toString());
    assertTrue(
        column(10).stream().allMatch(reason -> reason.endsWith("no luck with " + HOSTILE)),
        column(10).toString());
    id("filter-text").sendKeys("k5-gelu");
    assertTrue(
        column(1).stream().allMatch(name -> name.contains("k5-gelu")) && !column(1).isEmpty(),
        column(1).toString());
    assertTrue(id("rows-said").getText().contains(" of "), id("rows-said").getText());
    id("filter-text").sendKeys("nothing is called so");
    assertEquals(List.of(), column(1));
    browser.click(browser.driver().findElement(By.cssSelector("#filters [type=reset]")));
    assertEquals(25, column(1).size());
  }

  @Test
  void aPointShowsChromosomeAndLayersAndOpensItsNetwork() {
    String best = id("architecture-title").getText();
    Map<?, ?> point =
        (Map<?, ?>)
            browser.value(
                "(() => { const c = Chart.getChart('chart-parameters'); const e = c.getDatasetMeta(0).data[0];"
                    + "c.canvas.scrollIntoView({block: 'center', behavior: 'instant'}); return {x: Math.round(e.x - c.width / 2), y: Math.round(e.y - c.height / 2)} })()");
    WebElement canvas = id("chart-parameters");
    new Actions(browser.driver())
        .moveToElement(
            canvas, ((Long) point.get("x")).intValue(), ((Long) point.get("y")).intValue())
        .perform();
    String tooltip =
        String.valueOf(
            browser.value(
                "(t => t.opacity + ' ' + t.title + ' ' + t.body.map(b => b.lines).join())(Chart.getChart('chart-parameters').tooltip)"));
    assertTrue(
        tooltip.matches("(?s)1 w\\d+-k\\d-.*[01]{20}.*Conv2d\\(.*Linear\\(1024, 100\\).*"),
        tooltip);
    new Actions(browser.driver())
        .moveToElement(
            canvas, ((Long) point.get("x")).intValue(), ((Long) point.get("y")).intValue())
        .click()
        .perform();
    String network = tooltip.substring(2, tooltip.indexOf(' ', 2));
    assertEquals("Network " + network, id("architecture-title").getText());
    assertNotEquals(best, id("architecture-title").getText());
    browser.click(id("show-best"));
    assertEquals(best, id("architecture-title").getText());
  }

  @Test
  void theBestNetworkIsDrawnWithShapesAndParameters() {
    RunReport report = RunReport.of(run);
    Evaluation best =
        report.evaluations().stream()
            .map(StoredEvaluation::evaluation)
            .min(Evaluation.BEST_FIRST)
            .orElseThrow();
    String drawing = id("drawing").getDomAttribute("aria-label");
    assertTrue(
        drawing.startsWith(best.job().architecture().phenotype() + ": Input 3 × 32 × 32"), drawing);
    assertTrue(drawing.endsWith("Classes 100, 102,500 parameters"), drawing);
    browser.driver().executeScript("document.getElementById('architecture-layers').open = true");
    List<?> parameters =
        (List<?>)
            browser.value(
                "[...document.querySelectorAll('#layers tbody tr:not(.group-row)')].map(r => Number(r.cells[4].textContent.replaceAll(',', '')))");
    assertEquals(
        best.job().architecture().parameters(), parameters.stream().mapToLong(p -> (Long) p).sum());
    assertEquals(best.job().architecture().layers().size(), parameters.size());
  }

  /** Every control is reached with the tabulator, and is seen to be. */
  @Test
  void keyboardReachesEveryControl() {
    Object controls =
        browser
            .driver()
            .executeScript(
                "const all = [...document.querySelectorAll('a[href], button, input, select, summary, [tabindex=\"0\"]')]"
                    + ".filter(e => !e.disabled && e.checkVisibility()); all.forEach((e, i) => e.dataset.stop = i); return all.length");
    int count = ((Long) controls).intValue();
    assertTrue(count > 60, count + " controls");
    TreeSet<Integer> reached = new TreeSet<>();
    for (int i = 0; i < count + 3; i++) {
      new Actions(browser.driver()).sendKeys(Keys.TAB).perform();
      Map<?, ?> active =
          (Map<?, ?>)
              browser.value(
                  "(e => ({stop: e.dataset.stop ?? '-1', outline: getComputedStyle(e).outlineStyle, width: parseFloat(getComputedStyle(e).outlineWidth), html: e.outerHTML.slice(0, 90)}))(document.activeElement)");
      int stop = Integer.parseInt(String.valueOf(active.get("stop")));
      if (stop >= 0) {
        reached.add(stop);
        assertNotEquals("none", active.get("outline"), "no outline: " + active.get("html"));
      }
    }
    assertEquals(count, reached.size(), "of all controls");
  }

  @Test
  void arrowKeysStepThroughAChartAndEnterOpensTheNetwork() {
    WebElement canvas = id("chart-flops");
    canvas.sendKeys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);
    String said = id("announce").getDomProperty("textContent");
    assertTrue(said.matches("w\\d+-k\\d-.*operations an image.*"), said);
    canvas.sendKeys(Keys.ENTER);
    assertTrue(
        id("architecture-title").getText().endsWith(said.substring(0, said.indexOf(','))),
        id("architecture-title").getText());
  }

  @Test
  void axeFindsNoViolation() throws Exception {
    for (String scheme : List.of("light", "dark")) {
      browser.emulate(1280, scheme);
      browser.open(run.report());
      browser
          .driver()
          .executeScript("document.querySelectorAll('details').forEach(d => { d.open = true; })");
      assertEquals(List.of(), browser.accessibilityViolations(), scheme);
    }
  }

  @Test
  void theLayoutHoldsAt360And1920Pixels() {
    for (int width : new int[] {360, 1920}) {
      browser.emulate(width, "light");
      browser.open(run.report());
      assertLayout(width);
    }
  }

  private static void assertLayout(int width) {
    assertEquals(Long.valueOf(width), browser.value("innerWidth"));
    assertEquals(
        browser.value("document.documentElement.clientWidth"),
        browser.value("document.documentElement.scrollWidth"),
        "wider than the window of " + width);
    Object outside =
        browser.value(
            "[...document.querySelectorAll('main *, header *')].filter(e => !e.closest('.scroll, nav, .hidden, svg') && e.checkVisibility()"
                + " && (e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().left < -1)).map(e => e.outerHTML.slice(0, 90))");
    assertEquals(List.of(), outside, width + " pixels");
    Object cut =
        browser.value(
            "[...document.querySelectorAll('canvas')].filter(c => c.checkVisibility() && (c.clientWidth < 200 || c.clientWidth > c.parentElement.clientWidth)).map(c => c.id)");
    assertEquals(List.of(), cut, "canvases at " + width);
  }

  @Test
  void hostileTextIsShownAndNotRun() {
    assertEquals(RUN, id("title").getText());
    assertEquals(RUN + " · CNN Evolution", browser.driver().getTitle());
    String facts = id("facts").getText();
    assertTrue(facts.contains(HOSTILE + "/" + RUN), facts);
    assertTrue(facts.contains("it's \"data\" <b>"), facts);
    assertTrue(id("command").getText().contains("--data '"), id("command").getText());
    assertEquals(0L, browser.value("document.images.length"));
    assertEquals(3L, browser.value("document.scripts.length"), "the data and two scripts");
    assertEquals(List.of(), browser.complaints());
  }

  /** Whatever slipped through: the page names its scripts by their digests, and no other runs. */
  @Test
  void aScriptThatWasNotThereIsNotRun() {
    browser
        .driver()
        .executeScript(
            "const s = document.createElement('script'); s.textContent = 'window.harm = 1'; document.body.append(s)");
    assertEquals(null, browser.value("window.harm"));
    assertFalse(browser.complaints().isEmpty(), "the browser says that it refused it");
  }

  @Test
  void theThemeCanBeChosen() {
    String light = String.valueOf(browser.value("getComputedStyle(document.body).backgroundColor"));
    browser.click(id("theme"));
    assertEquals(light, browser.value("getComputedStyle(document.body).backgroundColor"));
    browser.click(id("theme"));
    assertNotEquals(light, browser.value("getComputedStyle(document.body).backgroundColor"));
    assertEquals("Theme: dark", id("theme").getText());
    browser.driver().executeScript("localStorage.clear()");
  }

  @Test
  void renderingAgainKeepsWhatTheReaderHasChosen() {
    sortBy("network");
    id("filter-text").sendKeys("relu-d");
    browser.click(id("page-next"));
    browser.click(browser.driver().findElement(By.cssSelector("#rows tbody button")));
    List<String> rows = column(1);
    String title = id("architecture-title").getText();
    String before = rows.toString() + title;
    browser
        .driver()
        .executeScript(
            "window.chart = Chart.getChart('chart-fitness');"
                + "cnnEvolution.render(JSON.parse(document.getElementById('data').textContent))");
    assertEquals(before, column(1).toString() + id("architecture-title").getText());
    assertEquals(
        true, browser.value("window.chart === Chart.getChart('chart-fitness')"), "the same chart");
    assertEquals(List.of(), browser.complaints());
  }

  @Test
  void tenThousandEvaluationsOpenInThreeSecondsFromFiveMegabytes() throws Exception {
    RunReport small = RunReport.of(run);
    List<StoredEvaluation> many = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      many.add(later(small.evaluations().get(i % small.evaluations().size()), i));
    }
    PageData data = PageData.of(new RunReport(run, small.facts(), many));
    Path page = directory.resolve("large.html");
    Files.writeString(page, RunPage.selfContained(data));
    assertTrue(Files.size(page) < PAGE_BYTES, Files.size(page) + " bytes");
    browser.open(page);
    long millis =
        (Long)
            browser.value("performance.timing.loadEventEnd - performance.timing.navigationStart");
    System.out.printf("10,000 evaluations: %,d bytes, %d ms%n", Files.size(page), millis);
    assertTrue(id("rows-said").getText().startsWith("10,000 evaluations"), "all are there");
    assertTrue(millis < OPEN_MILLIS, millis + " ms to open");
    assertDrawn("timeline", "light");
    assertEquals(List.of(), browser.complaints());
  }

  /** The same evaluation as job {@code number}, a second later than the one before. */
  private static StoredEvaluation later(StoredEvaluation stored, int number) {
    Evaluation before = stored.evaluation();
    EvaluationJob job =
        new EvaluationJob(number, before.job().chromosome(), before.job().architecture());
    long start = stored.startedMillis() + 1000L * number;
    return new StoredEvaluation(
        stored.as(job),
        stored.key(),
        stored.seed(),
        stored.epochs(),
        stored.device(),
        stored.memoryBytes(),
        start,
        start + stored.endedMillis() - stored.startedMillis(),
        stored.source());
  }

  @Test
  void severalRunsAreCompared() throws Exception {
    List<String> runs = new ArrayList<>();
    for (String[] options :
        new String[][] {
          {"--seed", "1"}, {"--seed", "2"}, {"--seed", "3", "--mutation_rate", "0.5"}
        }) {
      Path out = directory.resolve("compared " + runs.size());
      List<String> all = new ArrayList<>(List.of("--pop_size", "3", "--generations", "2"));
      all.addAll(List.of(options));
      evolve(out, all.toArray(String[]::new));
      runs.add(out.toString());
    }
    Path page = directory.resolve("comparison.html");
    List<String> arguments = new ArrayList<>(List.of("report"));
    arguments.addAll(runs);
    arguments.addAll(List.of("--out", page.toString()));
    CommandLineRun report = CommandLineRun.of(arguments.toArray(String[]::new));
    assertEquals(0, report.code(), report.err());
    assertEquals("report  " + page + "\n", report.out());
    browser.open(page);
    assertDrawn("by-evaluations", "light");
    assertDrawn("by-time", "light");
    assertEquals(
        List.of("--mutation_rate 0.05", "--mutation_rate 0.5"),
        browser.value(
            "[...document.querySelectorAll('#groups tbody tr')].map(r => r.cells[0].textContent)"));
    assertEquals(3L, browser.value("document.querySelectorAll('#compared tbody tr').length"));
    assertEquals(List.of(), browser.complaints());
    for (int width : new int[] {360, 1920}) {
      browser.emulate(width, width == 360 ? "dark" : "light");
      browser.open(page);
      assertLayout(width);
      assertEquals(List.of(), browser.accessibilityViolations());
    }
  }
}
