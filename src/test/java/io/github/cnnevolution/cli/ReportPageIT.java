package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.evaluation.CandidateEvaluator;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.report.PageData;
import io.github.cnnevolution.report.RunPage;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunFacts;
import io.github.cnnevolution.run.StoredEvaluation;
import io.github.cnnevolution.run.StoredProposal;
import io.github.cnnevolution.run.StoredRun;
import io.github.cnnevolution.run.TestConfusion;
import io.github.cnnevolution.search.Proposal;
import io.github.cnnevolution.space.PlainNetworks;
import io.github.cnnevolution.testing.Browser;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.support.ui.WebDriverWait;

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
          "gene-stem-width",
          "gene-kernel",
          "gene-activation",
          "gene-blocks",
          "timeline");

  /** What must be seen of each: names of colours in the style sheet. */
  private static final Map<String, List<String>> SERIES =
      Map.ofEntries(
          Map.entry("fitness", List.of("blue", "orange")),
          Map.entry("diversity", List.of("green", "purple")),
          Map.entry("parameters", List.of("blue", "orange")),
          Map.entry("flops", List.of("blue", "orange")),
          Map.entry("curves", List.of("blue", "orange")),
          Map.entry("gene-stem-width", List.of("blue")),
          Map.entry("gene-kernel", List.of("blue")),
          Map.entry("gene-activation", List.of("blue")),
          Map.entry("gene-blocks", List.of("blue")),
          Map.entry("timeline", List.of("blue", "bad")),
          Map.entry("by-evaluations", List.of("blue", "orange")),
          Map.entry("by-time", List.of("blue", "orange")));

  /** What the tabulator must reach. */
  private static final String CONTROLS =
      "a[href], button, input, select, summary, [tabindex=\"0\"]";

  /** Every row of the table, page by page. */
  private static final String ALL_ROWS =
      "const all = () => { const click = id => document.getElementById(id).click(); const rows = []; click('page-first');"
          + " for (;;) { rows.push(...[...document.querySelectorAll('#rows tbody tr')].map(r => [...r.cells].map(c => c.textContent)));"
          + " if (document.getElementById('page-next').disabled) return rows; click('page-next'); } };";

  /** Of the processor: what a page takes by the clock depends on who else is at work. */
  private static final double OPEN_SECONDS = 3;

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
  }

  /** The driver may return before the page has dealt with what was done to it. */
  private static void await(BooleanSupplier change) {
    new WebDriverWait(browser.driver(), Duration.ofMinutes(2))
        .until(driver -> change.getAsBoolean());
  }

  /** What was chosen in one test shall not be found by the next. */
  @AfterEach
  void forget() {
    browser.driver().executeScript("localStorage.clear(); sessionStorage.clear()");
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
    arguments.addAll(List.of("--optimizer", "sgd"));
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
        if (PlainNetworks.depth(job.architecture()) == 4
            && PlainNetworks.kernel(job.architecture()) > 3
            && PlainNetworks.blocks(job.architecture()).startsWith("s")) {
          throw new IllegalStateException("no luck with " + HOSTILE);
        }
        return evaluator.evaluate(job, worker, microBatches);
      }
    };
  }

  @Test
  void theRunIsLargeAndHasFailures() {
    StoredRun report = StoredRun.of(run);
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
      assertEquals(scheme.equals("dark"), isDark(), scheme);
      assertEquals(
          CHARTS,
          browser.value(
              "[...document.querySelectorAll('#run [data-chart]')].filter(f => f.checkVisibility()).map(f => f.dataset.chart)"));
      for (String chart : CHARTS) {
        assertDrawn(chart, scheme);
      }
    }
    assertEquals(List.of(), browser.complaints());
  }

  @Test
  void theFirstScreenSaysWhatTheBestIsWorthAndWhatToDoWithIt() throws Exception {
    StoredRun stored = StoredRun.of(run);
    Evaluation best = stored.best().orElseThrow();
    String figures = id("best-figures").getText();
    assertEquals(
        best.job().architecture().phenotype(),
        id("best-name").findElement(By.tagName("button")).getText());
    assertTrue(figures.contains("%.2f %%".formatted(100 * best.fitness())), figures);
    int images = stored.facts().validationImages().orElseThrow();
    assertTrue(
        figures.matches(
            "(?s).*95 % interval [0-9.]+–[0-9.]+ %, "
                + images
                + " images.*measured once.*95 % interval [0-9.]+–[0-9.]+ %, 100 images"),
        figures);
    String said = id("best-said").getText();
    assertTrue(
        said.startsWith("Only " + images + " validation images: ")
            && said.contains("Only 100 test images: ")
            && said.contains("biased upwards")
            && !said.contains("in no generation"),
        said);
    String scale = id("best-scale").getDomAttribute("aria-label");
    assertTrue(
        scale.matches(
            "Validation accuracy .*, 95 % interval .*, chance 1.00 %, test accuracy .*, 95 % interval .*"),
        scale);
    List<?> commands =
        (List<?>)
            browser.value("[...document.querySelectorAll('#next code')].map(c => c.textContent)");
    assertEquals(3, commands.size());
    assertTrue(
        String.valueOf(commands.get(0)).startsWith("java -jar cnn-evolution.jar train --best '"),
        commands.toString());
    assertTrue(
        String.valueOf(commands.get(1)).contains("best_model.pt' picture.jpg"),
        commands.toString());
    String link = String.valueOf(browser.value("document.querySelector('#links a').href"));
    assertTrue(Files.exists(Path.of(URI.create(link))), link);
    browser.click(browser.driver().findElement(By.cssSelector("#next button")));
    await(() -> !id("announce").getDomProperty("textContent").isEmpty());
    if (!"Copied.".equals(id("announce").getDomProperty("textContent"))) {
      assertEquals(commands.get(0), browser.value("getSelection().toString()"));
    }
  }

  @Test
  void theEvaluationsAreSavedAsCsv() {
    Object csv =
        browser
            .driver()
            .executeAsyncScript(
                "const done = arguments[0]; URL.createObjectURL = blob => { blob.text().then(done); return '#'; };"
                    + "document.getElementById('csv').click()");
    String[] lines = String.valueOf(csv).lines().toArray(String[]::new);
    assertEquals(StoredRun.of(run).evaluations().size() + 1, lines.length, String.valueOf(csv));
    assertTrue(
        lines[0].startsWith("evaluation,generation,parents,network,chromosome,fitness,"), lines[0]);
    for (int i = 1; i < lines.length; i++) {
      assertTrue(lines[i].startsWith(i + ","), lines[i]);
    }
  }

  @Test
  void failuresAreCountedMarkedAndFiltered() {
    List<StoredEvaluation> all = StoredRun.of(run).evaluations();
    long failed = all.stream().filter(e -> e.evaluation().isFailed()).count();
    for (String chart : List.of("parameters", "flops")) {
      assertEquals(
          failed,
          browser.value(
              "(c => c.getDatasetMeta(3).data.filter(e => e.x >= c.chartArea.left && e.x <= c.chartArea.right && Math.abs(e.y - c.chartArea.bottom) < 1).length)(Chart.getChart('chart-%s'))"
                  .formatted(chart)),
          chart);
    }
    browser.click(id("show-failures"));
    assertTrue(column(2).stream().allMatch("failed"::equals), column(2).toString());
    assertEquals(failed + " of " + all.size() + " evaluations", id("rows-said").getText());
    browser.click(browser.driver().findElement(By.cssSelector("#failing button")));
    assertTrue(id("rows-said").getText().contains(" of "), id("rows-said").getText());
    assertTrue(
        (Boolean)
            browser.value(
                "[...document.querySelectorAll('#filters label[data-gene] select')].some(s => s.value)"));
    browser.click(browser.driver().findElement(By.cssSelector("#reasons button")));
    assertEquals("OTHER", id("filter-reason").getDomProperty("value"));
    assertEquals(failed + " of " + all.size() + " evaluations", id("rows-said").getText());
  }

  /** Of every chart with an accuracy, the highest value lies below the end of the axis. */
  @Test
  void axesHaveRoomAndBeginAtZeroOrSayWhere() {
    String charts =
        "['fitness', 'parameters', 'flops', 'curves'].map(id => [id, Chart.getChart('chart-' + id).scales.y])"
            + ".concat([['gene-kernel', Chart.getChart('chart-gene-kernel').scales.x]])";
    assertEquals(
        List.of(),
        browser.value(
            charts
                + ".filter(([id, s]) => s.min !== 0 && !s.options.title.text.includes(', from ')).map(([id]) => id)"));
    String high =
        ".filter(([id, s]) => !(s.max > Math.max(...s.chart.data.datasets.flatMap(d => d.data).map(p => p === null ? 0 : p.x === undefined ? p : s.axis === 'x' ? [p.x].flat().pop() : p.y)))).map(([id]) => id)";
    assertEquals(List.of(), browser.value(charts + high));
    browser
        .driver()
        .executeScript(
            "const data = JSON.parse(document.getElementById('data').textContent);"
                + "for (const e of data.evaluations) if (e[9] < 0) { e[3] = 0.9 + 0.08 * e[3]; e[14] = e[15] = null; }"
                + "for (const g of data.generations) { g[1] = 0.97; g[2] = 0.95; g[3] = [0.9, 0.92, 0.95, 0.96, 0.97]; } data.chance = null; cnnEvolution.render(data)");
    assertEquals(
        List.of(true, true),
        browser.value(
            "['fitness', 'parameters'].map(id => (s => s.min > 0.7 && s.options.title.text.endsWith(', from ' + (100 * s.min).toFixed(0) + ' %'))(Chart.getChart('chart-' + id).scales.y))"));
  }

  @Test
  void untilTheFirstGenerationEndsTheBestSoFarIsShown() {
    String change =
        "const data = JSON.parse(document.getElementById('data').textContent); data.generations = []; data.state = 'running';";
    browser.driver().executeScript(change + "cnnEvolution.render(data)");
    assertDrawn("so-far", "light", List.of("blue", "orange"));
    assertFalse(id("by-generation").isDisplayed());
    String said =
        browser.driver().findElement(By.cssSelector("[data-chart=so-far] .said")).getText();
    assertTrue(said.matches("\\d+ evaluations, the best so far [0-9.]+ %. .*"), said);
    browser
        .driver()
        .executeScript(change + "data.evaluations = []; data.top = []; cnnEvolution.render(data)");
    assertEquals(
        List.of(),
        browser.value(
            "[...document.querySelectorAll('canvas')].filter(c => c.checkVisibility()).map(c => c.id)"),
        "no empty grid");
    assertEquals(List.of(), browser.complaints());
  }

  /** A failure that was retried has changed the search: its best is in none of its generations. */
  @Test
  void aBestNetworkInNoGenerationIsSaidToBeSo() throws Exception {
    StoredRun stored = StoredRun.of(run);
    Evaluation best = stored.best().orElseThrow();
    String name = best.job().architecture().phenotype();
    // Those that stood for the best stand for the worst now.
    StoredProposal other =
        stored.proposals().stream().filter(p -> !p.phenotype().equals(name)).findFirst().get();
    List<StoredProposal> proposals =
        stored.proposals().stream()
            .map(
                p ->
                    p.phenotype().equals(name)
                        ? new StoredProposal(
                            new Proposal(
                                p.proposal().index(),
                                p.proposal().generation(),
                                other.proposal().chromosome(),
                                p.proposal().operator(),
                                p.proposal().parents()),
                            other.phenotype())
                        : p)
            .toList();
    StoredRun changed =
        new StoredRun(run, stored.facts(), stored.evaluations(), proposals, stored.outcomes());
    assertEquals(1, changed.figures().discarded());
    Path page = directory.resolve("discarded.html");
    Files.writeString(page, RunPage.selfContained(PageData.of(changed)));
    browser.open(page);
    assertEquals(name, id("best-name").findElement(By.tagName("button")).getText());
    String figures = id("best-figures").getText();
    assertTrue(figures.contains("%.2f %%".formatted(100 * best.fitness())), figures);
    String said = id("best-said").getText();
    assertTrue(
        said.contains(
            "This network is in no generation: a failure that was retried on --resume changed what the search proposed after it."),
        said);
    String chart =
        browser.driver().findElement(By.cssSelector("[data-chart=fitness] .said")).getText();
    assertTrue(
        chart.endsWith(
            "The best network of the run, %.2f %%, is in no generation."
                .formatted(100 * best.fitness())),
        chart);
    assertTrue(id("facts").getText().contains("networks in no generation\n1"));
    assertEquals(List.of(), browser.complaints());
  }

  @Test
  void theMatrixHasTheTestImagesByGroupAndByClass() {
    TestConfusion confusion = StoredRun.of(run).confusion().orElseThrow();
    assertEquals(100, confusion.matrix().images());
    String accuracy = "%.2f %%".formatted(100 * confusion.matrix().accuracy());
    assertTrue(id("best-figures").getText().contains(accuracy), accuracy);
    assertEquals(
        40L, browser.value("document.querySelectorAll('#matrix text').length"), "20 both ways");
    assertTrue(id("matrix-said").getText().startsWith("100 test images, "));
    browser.click(id("matrix-all"));
    assertEquals(200L, browser.value("document.querySelectorAll('#matrix text').length"));
    assertEquals(
        (long) confusion.matrix().cells().size(),
        browser.value("document.querySelectorAll('#matrix title').length"));
    browser.driver().navigate().refresh();
    assertEquals("true", id("matrix-all").getDomAttribute("aria-pressed"), "it is kept");
  }

  @Test
  void aNarrowScreenHasAMenu() {
    browser.emulate(360, "light");
    browser.open(run.report());
    assertFalse(id("sections").isDisplayed());
    id("menu").click();
    assertTrue(id("sections").isDisplayed());
    assertEquals("true", id("menu").getDomAttribute("aria-expanded"));
    new Actions(browser.driver()).sendKeys(Keys.ESCAPE).perform();
    assertFalse(id("sections").isDisplayed());
    id("menu").click();
    browser.driver().findElement(By.cssSelector("#sections a[href='#genes']")).click();
    assertFalse(id("sections").isDisplayed());
  }

  @Test
  void theTilesAreInTwoRowsAt800PixelsAndTheWidthIsUsedAt2560() {
    String rows =
        "[...new Set([...document.querySelectorAll('.tile')].map(t => t.getBoundingClientRect().top))].length";
    browser.emulate(800, "light");
    browser.open(run.report());
    assertEquals(2L, browser.value(rows));
    browser.emulate(2560, "light");
    browser.open(run.report());
    assertEquals(1L, browser.value(rows));
    assertTrue(
        ((Number) browser.value("document.getElementById('tiles').getBoundingClientRect().width"))
                .doubleValue()
            > 2400);
  }

  @Test
  void wordsAndDatesAreThoseOfTheField() {
    browser
        .driver()
        .executeScript("document.querySelectorAll('details').forEach(d => { d.open = true; })");
    String text = String.valueOf(browser.value("document.body.innerText"));
    for (String old :
        List.of("middle half", "begun", "an image", " par.", "Time at work", "Make it again")) {
      assertFalse(text.contains(old), old);
    }
    List<?> dates =
        (List<?>)
            browser.value(
                "[...document.body.innerText.matchAll(/\\d{1,2} [A-Z][a-z]+ \\d{4}.{0,12}/g)].map(m => m[0])");
    assertTrue(dates.size() >= 3, dates.toString());
    for (Object date : dates) {
      assertTrue(
          String.valueOf(date).matches("\\d{1,2} [A-Z][a-z]+ \\d{4}, \\d\\d:\\d\\d [A-Z].*"),
          String.valueOf(date));
    }
    assertFalse(text.matches("(?s).*\\d{4}-\\d\\d-\\d\\dT.*"), "one format only");
  }

  @Test
  void theSpreadOfTheGenerationsIsDrawn() {
    browser
        .driver()
        .executeScript(
            "const data = JSON.parse(document.getElementById('data').textContent);"
                + "for (const g of data.generations) g[3] = [0.1, 0.2, 0.3, 0.4, 0.5]; cnnEvolution.render(data)");
    assertDrawn("fitness", "light", List.of("faint orange"));
  }

  private static boolean isDark() {
    return (Boolean)
        browser.value(
            "getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).slice(0, 3).every(c => c < 64)");
  }

  /**
   * Axes alone are grey: of each colour of a chart's key there must be pixels, whatever it is mixed
   * with, which changes its strength and not its hue. Faint is a band, strong a line or a point.
   */
  private static void assertDrawn(String chart, String scheme) {
    assertDrawn(chart, scheme, SERIES.get(chart));
  }

  private static void assertDrawn(String chart, String scheme, List<String> series) {
    List<?> counts =
        (List<?>)
            browser
                .driver()
                .executeScript(
                    "const [chart, series] = arguments; const c = document.getElementById('chart-' + chart);"
                        + "const hue = (r, g, b) => { const m = Math.max(r, g, b), d = m - Math.min(r, g, b);"
                        + " return 60 * (m === r ? ((g - b) / d + 6) % 6 : m === g ? (b - r) / d + 2 : (r - g) / d + 4); };"
                        + "const style = getComputedStyle(document.documentElement);"
                        + "const wanted = series.map(name => { const hex = style.getPropertyValue('--' + name.split(' ').pop()).trim();"
                        + " return { faint: name.startsWith('faint'), hue: hue(...[1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16))), n: 0 }; });"
                        + "const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
                        + "for (let i = 0; i < d.length; i += 4) { const r = d[i], g = d[i + 1], b = d[i + 2], a = d[i + 3];"
                        + " const chroma = Math.max(r, g, b) - Math.min(r, g, b); if (a < 20 || chroma < 25) continue;"
                        + " for (const w of wanted) if ((w.faint ? a < 150 : a > 100 && chroma > 50)"
                        + " && Math.abs((hue(r, g, b) - w.hue + 540) % 360 - 180) < 14) w.n++; }"
                        + "return wanted.map(w => w.n)",
                    chart, series);
    for (int i = 0; i < series.size(); i++) {
      // The edges of lines are faint too.
      assertTrue(
          (Long) counts.get(i) > (series.get(i).startsWith("faint") ? 4000 : 40),
          "%s has %s pixels of %s, %s".formatted(chart, counts.get(i), series.get(i), scheme));
    }
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

  /** Of a cell such as {@code 1,024}, {@code 34.5 M} or {@code 3.25 %}; what has failed is last. */
  private static double number(String cell) {
    String digits = cell.replaceAll("[^0-9.]", "");
    int unit = cell.isEmpty() ? -1 : "kMG".indexOf(cell.charAt(cell.length() - 1));
    return digits.isEmpty() ? -1 : Double.parseDouble(digits) * Math.pow(1000, unit + 1);
  }

  /** Texts with their numbers in the order of numbers. */
  private static String natural(String cell) {
    return Pattern.compile("[0-9]+")
        .matcher(cell)
        .replaceAll(digits -> "%20s".formatted(digits.group()));
  }

  @Test
  void sortingChangesTheRows() {
    List<String> before = column(1);
    assertEquals(25, before.size());
    sortBy("parameters");
    List<Double> descending = column(4).stream().map(ReportPageIT::number).toList();
    assertNotEquals(before, column(1));
    assertEquals(descending.stream().sorted((a, b) -> Double.compare(b, a)).toList(), descending);
    sortBy("parameters");
    List<Double> ascending = column(4).stream().map(ReportPageIT::number).toList();
    assertEquals(ascending.stream().sorted().toList(), ascending);
    assertTrue(ascending.get(24) < descending.get(24));
    assertEquals(
        "ascending",
        browser.value("document.querySelector('th[data-column=parameters]').ariaSort"));
    browser.click(id("page-next"));
    assertTrue(number(column(4).get(0)) >= ascending.get(24));
  }

  @Test
  void everyColumnSortsAllPages() {
    Map<?, ?> sorted =
        (Map<?, ?>)
            browser
                .driver()
                .executeScript(
                    ALL_ROWS
                        + "const found = {}; [...document.querySelectorAll('#rows th')].forEach((th, i) => {"
                        + " for (let turn = 0; turn < 2; turn++) { th.querySelector('button').click();"
                        + " found[th.ariaSort + ' ' + th.dataset.column + (th.className ? ' by number' : '')] = all().map(r => r[i]); } });"
                        + " return found");
    assertEquals(28, sorted.size(), "each of 14 columns both ways: " + sorted.keySet());
    int count = StoredRun.of(run).evaluations().size();
    for (Map.Entry<?, ?> column : sorted.entrySet()) {
      String name = String.valueOf(column.getKey());
      List<String> cells = ((List<?>) column.getValue()).stream().map(String::valueOf).toList();
      assertEquals(count, cells.size(), name);
      boolean byNumber = name.endsWith("by number") && !name.contains("start");
      Comparator<String> order =
          byNumber
              ? Comparator.comparingDouble(ReportPageIT::number)
              : Comparator.comparing(ReportPageIT::natural);
      if (name.startsWith("descending")) {
        order = order.reversed();
      }
      if (!name.contains("remarks") && !name.contains("start")) {
        assertEquals(cells.stream().sorted(order).toList(), cells, name);
      }
    }
  }

  @Test
  void eachFilterKeepsWhatItSaysAndNothingElse() {
    List<Evaluation> all =
        StoredRun.of(run).evaluations().stream().map(StoredEvaluation::evaluation).toList();
    Map<String, Predicate<Evaluation>> filters =
        Map.of(
            "filter-outcome=ok", e -> !e.isFailed(),
            "filter-outcome=failed", Evaluation::isFailed,
            "filter-stem-width=32", e -> PlainNetworks.stemWidth(e.job().architecture()) == 32,
            "filter-kernel=5", e -> PlainNetworks.kernel(e.job().architecture()) == 5,
            "filter-activation=GELU",
                e -> PlainNetworks.activation(e.job().architecture()).equals("GELU"));
    filters.forEach(
        (filter, kept) -> {
          List<String> expected =
              all.stream()
                  .filter(kept)
                  .map(e -> e.job().architecture().phenotype())
                  .sorted()
                  .toList();
          assertTrue(!expected.isEmpty() && expected.size() < all.size(), filter);
          assertEquals(expected, filtered(filter).stream().map(r -> r.get(1)).sorted().toList());
        });
    List<List<String>> front = filtered("filter-outcome=front");
    assertTrue(
        !front.isEmpty() && front.stream().allMatch(r -> r.get(13).endsWith("Pareto front")),
        front.toString());
  }

  /** All rows with one filter set, {@code id=value}. */
  private static List<List<String>> filtered(String filter) {
    List<?> rows =
        (List<?>)
            browser
                .driver()
                .executeScript(
                    ALL_ROWS
                        + "document.getElementById('filters').reset(); const [id, value] = arguments[0].split('=');"
                        + "const s = document.getElementById(id); s.value = value; s.dispatchEvent(new Event('input')); return all()",
                    filter);
    return rows.stream()
        .map(row -> ((List<?>) row).stream().map(String::valueOf).toList())
        .toList();
  }

  @Test
  void filteringChangesTheRowsAndFailuresHaveTheirReason() {
    browser
        .driver()
        .executeScript(
            "const s = document.getElementById('filter-outcome'); s.value = 'failed'; s.dispatchEvent(new Event('input'))");
    assertTrue(column(2).stream().allMatch("failed"::equals), column(2).toString());
    assertTrue(
        column(13).stream().allMatch(reason -> reason.endsWith("no luck with " + HOSTILE)),
        column(13).toString());
    id("filter-text").sendKeys("k5-gelu");
    assertTrue(
        column(1).stream().allMatch(name -> name.contains("k5-gelu")) && !column(1).isEmpty(),
        column(1).toString());
    assertTrue(id("rows-said").getText().contains(" of "), id("rows-said").getText());
    id("filter-text").sendKeys("nothing is called so");
    assertEquals(List.of(), column(1));
    browser.click(browser.driver().findElement(By.cssSelector("#filters [type=reset]")));
    await(() -> !column(1).isEmpty());
    assertEquals(25, column(1).size());
  }

  /** What is drawn can be read as a table; it must be what the run has stored. */
  @Test
  void theTablesOfChartsSayWhatTheStoreSays() {
    List<StoredEvaluation> all = StoredRun.of(run).evaluations();
    List<String> kernels = new ArrayList<>();
    for (int kernel : new int[] {2, 3, 5, 7}) {
      double[] sorted =
          all.stream()
              .map(StoredEvaluation::evaluation)
              .filter(e -> !e.isFailed() && PlainNetworks.kernel(e.job().architecture()) == kernel)
              .mapToDouble(Evaluation::fitness)
              .sorted()
              .toArray();
      int middle = sorted.length / 2;
      double median =
          sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
      kernels.add("%d × %d|%d|%.2f %%".formatted(kernel, kernel, sorted.length, 100 * median));
    }
    assertEquals(kernels, table("gene-kernel", 0, 1, 5));
    List<String> workers =
        all.stream().map(e -> e.evaluation().worker()).distinct().sorted().toList();
    List<String> expected = new ArrayList<>();
    for (String worker : workers) {
      List<Evaluation> own =
          all.stream()
              .map(StoredEvaluation::evaluation)
              .filter(e -> e.worker().equals(worker))
              .toList();
      long failed = own.stream().filter(Evaluation::isFailed).count();
      expected.add(worker + "|cpu|" + own.size() + "|" + failed);
    }
    assertEquals(expected, table("timeline", 0, 1, 2, 3));
    assertEquals(10, table("curves", 0).size(), "the ten best");
    assertEquals(2, table("fitness", 0).size());
    assertEquals(2, table("diversity", 0).size());
  }

  /** These columns of a chart's table, with a bar between them. */
  private static List<String> table(String chart, Integer... columns) {
    List<?> rows =
        (List<?>)
            browser
                .driver()
                .executeAsyncScript(
                    "const [chart, columns, done] = arguments; const f = document.querySelector(`[data-chart='${chart}']`);"
                        + "f.querySelector('details').open = true; setTimeout(() => done([...f.querySelectorAll('tbody tr')].map("
                        + "r => columns.map(c => r.cells[c].textContent).join('|'))), 100)",
                    chart,
                    List.of(columns));
    return rows.stream().map(String::valueOf).toList();
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
    await(() -> !id("architecture-title").getText().equals(best));
    assertEquals("Network " + network, id("architecture-title").getText());
    assertNotEquals(best, id("architecture-title").getText());
    browser.click(id("show-best"));
    assertEquals(best, id("architecture-title").getText());
  }

  @Test
  void theBestNetworkIsDrawnWithShapesAndParameters() {
    StoredRun report = StoredRun.of(run);
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

  /**
   * Every control is reached with the tabulator, and is seen to be; and nothing listens to clicks
   * that is no control.
   */
  @Test
  void keyboardReachesEveryControl() {
    Object script =
        browser
            .driver()
            .executeCdpCommand(
                "Page.addScriptToEvaluateOnNewDocument",
                Map.of(
                    "source",
                    "window.clickable = new Set(); const listen = EventTarget.prototype.addEventListener;"
                        + "EventTarget.prototype.addEventListener = function (type, ...more) {"
                        + " if (type === 'click' && this instanceof Element) window.clickable.add(this);"
                        + " return listen.call(this, type, ...more); }"))
            .get("identifier");
    browser.open(run.report());
    browser
        .driver()
        .executeCdpCommand(
            "Page.removeScriptToEvaluateOnNewDocument", Map.of("identifier", script));
    assertTrue((Long) browser.value("window.clickable.size") > 50, "clicks are listened to");
    assertEquals(
        List.of(),
        browser
            .driver()
            .executeScript(
                "return [...window.clickable].filter(e => e.isConnected && !e.matches(arguments[0])).map(e => e.outerHTML.slice(0, 90))",
                CONTROLS));
    Object controls =
        browser
            .driver()
            .executeScript(
                "const all = [...document.querySelectorAll(arguments[0])]"
                    + ".filter(e => !e.disabled && e.checkVisibility()); all.forEach((e, i) => e.dataset.stop = i); return all.length",
                CONTROLS);
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
        assertTrue(((Number) active.get("width")).doubleValue() > 1, "thin: " + active.get("html"));
      }
    }
    assertEquals(count, reached.size(), "of all controls");
  }

  @Test
  void arrowKeysStepThroughAChartAndEnterOpensTheNetwork() {
    WebElement canvas = id("chart-flops");
    canvas.sendKeys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);
    String said = id("announce").getDomProperty("textContent");
    assertTrue(said.matches("w\\d+-k\\d-.*FLOPs per image.*"), said);
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
  void theLayoutHoldsFrom360To2560Pixels() {
    for (int width : new int[] {360, 800, 1440, 1920, 2560}) {
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
    Object overflowing =
        browser.value(
            "[...document.querySelectorAll('.card, .tile, .title, .bar, .hero > div')].filter(e => e.checkVisibility() && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)).map(e => e.outerHTML.slice(0, 90))");
    assertEquals(List.of(), overflowing, "wider than their frame at " + width);
    Object overlapping =
        browser
            .driver()
            .executeScript(
                "const all = [...document.querySelectorAll('.card, .tile, .hero > div, main > div h2')].filter(e => e.checkVisibility());"
                    + "const boxes = all.map(e => e.getBoundingClientRect());"
                    + "return all.filter((e, i) => boxes.some((b, j) => j > i && boxes[i].left < b.right - 1 && b.left < boxes[i].right - 1"
                    + " && boxes[i].top < b.bottom - 1 && b.top < boxes[i].bottom - 1)).map(e => e.outerHTML.slice(0, 90))");
    assertEquals(List.of(), overlapping, "one over another at " + width);
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

  /** Nor does it ask anybody for anything, even if a script is made to try. */
  @Test
  void thePolicyRefusesEveryWayOut() {
    Object refused =
        browser
            .driver()
            .executeAsyncScript(
                "const [url, done] = arguments; const refused = new Set();"
                    + "addEventListener('securitypolicyviolation', e => refused.add(e.effectiveDirective));"
                    + "new Image().src = url;"
                    + "for (const [tag, name] of [['script', 'src'], ['iframe', 'src'], ['link', 'href'], ['object', 'data']]) {"
                    + " const e = document.createElement(tag); e[name] = url; if (tag === 'link') e.rel = 'stylesheet'; document.body.append(e); }"
                    + "const style = document.createElement('style'); style.textContent = 'h1 { opacity: 0.5 }'; document.head.append(style);"
                    + "fetch(url, { mode: 'no-cors' }).catch(() => 0); setTimeout(() => done([...refused].sort()), 1000)",
                "http://nowhere.invalid/");
    assertEquals(
        List.of(
            "connect-src",
            "frame-src",
            "img-src",
            "object-src",
            "script-src-elem",
            "style-src-elem"),
        refused);
    assertEquals("1", browser.value("getComputedStyle(document.querySelector('h1')).opacity"));
    browser.complaints();
  }

  @Test
  void theThemeCanBeChosen() {
    String light = String.valueOf(browser.value("getComputedStyle(document.body).backgroundColor"));
    browser.click(id("theme"));
    assertEquals(light, browser.value("getComputedStyle(document.body).backgroundColor"));
    browser.click(id("theme"));
    assertNotEquals(light, browser.value("getComputedStyle(document.body).backgroundColor"));
    assertEquals("Theme: dark", id("theme").getText());
    assertTrue(isDark());
    assertEquals(
        browser.value(
            "getComputedStyle(document.documentElement).getPropertyValue('--muted').trim()"),
        browser.value("Chart.getChart('chart-fitness').options.scales.y.ticks.color"),
        "the charts too");
    browser.open(run.report());
    assertTrue(isDark(), "it is kept");
  }

  @Test
  void renderingAndLoadingAgainKeepWhatTheReaderHasChosen() {
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
    browser.driver().navigate().refresh();
    assertEquals(before, column(1).toString() + id("architecture-title").getText());
    assertEquals("relu-d", id("filter-text").getDomProperty("value"));
    assertEquals(List.of(), browser.complaints());
  }

  @Test
  void tenThousandEvaluationsOpenInThreeSecondsFromFiveMegabytes() throws Exception {
    StoredRun small = StoredRun.of(run);
    List<StoredEvaluation> many = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      many.add(later(small.evaluations().get(i % small.evaluations().size()), i));
    }
    PageData data =
        PageData.of(new StoredRun(run, small.facts(), many, small.proposals(), small.outcomes()));
    Path page = directory.resolve("large.html");
    Files.writeString(page, RunPage.selfContained(data));
    assertTrue(Files.size(page) < PAGE_BYTES, Files.size(page) + " bytes");
    double before = browser.cpuSeconds();
    browser.open(page);
    // To the first picture after everything has run.
    browser
        .driver()
        .executeAsyncScript(
            "const done = arguments[0]; requestAnimationFrame(() => setTimeout(() => done(0)))");
    double seconds = browser.cpuSeconds() - before;
    System.out.printf("10,000 evaluations: %,d bytes, %.2f s%n", Files.size(page), seconds);
    assertTrue(id("rows-said").getText().startsWith("10,000 evaluations"), "all are there");
    assertTrue(seconds > 0.01 && seconds < OPEN_SECONDS, seconds + " s to open");
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

  /** Accuracies on different images never share an axis: the reader chooses whose to see. */
  @Test
  void oneDataSetIsShownAtATime() throws Exception {
    StoredRun small = StoredRun.of(run);
    List<StoredRun> runs =
        List.of(
            made(small, "a", Map.of("seed", "1"), new double[][] {{1, 0.1}, {5, 0.3}}),
            elsewhere(made(small, "b", Map.of("seed", "1"), new double[][] {{2, 0.9}})),
            elsewhere(made(small, "c", Map.of("seed", "2"), new double[][] {{2, 0.8}})));
    Path page = directory.resolve("data sets.html");
    Files.writeString(page, RunPage.selfContained(PageData.comparing(runs)));
    String shown =
        "[document.getElementById('subtitle').textContent, document.querySelectorAll('#groups tbody tr').length,"
            + " document.querySelector('#groups tbody tr').cells[1].textContent, document.querySelector('#groups tbody tr').cells[2].textContent,"
            + " document.querySelector('.tile .value').textContent, document.querySelectorAll('.tile .value')[1].textContent,"
            + " Math.max(...Chart.getChart('chart-by-evaluations').data.datasets.flatMap(d => d.data.map(p => p.y))).toFixed(2)].join('|')";
    for (int width : new int[] {360, 1280}) {
      browser.emulate(width, "light");
      browser.open(page);
      WebElement chooser = id("data-set");
      List<WebElement> options = chooser.findElements(By.tagName("option"));
      assertEquals(2, options.size());
      assertEquals("other images", options.get(1).getText());
      String first = options.get(0).getText();
      assertEquals(first + "|1|1|30.00 %|1|30.00 %|0.30", browser.value(shown));
      chooser.sendKeys(Keys.ARROW_DOWN);
      assertEquals("other images|1|2|85.00 %|2|90.00 %|0.92", browser.value(shown));
      assertDrawn("by-evaluations", "light", List.of("blue"));
      chooser.sendKeys(Keys.ARROW_UP);
      assertEquals(first + "|1|1|30.00 %|1|30.00 %|0.30", browser.value(shown));
      assertEquals(List.of(), browser.accessibilityViolations());
      assertLayout(width);
    }
    assertEquals(
        List.of("21.9–39.6 %|100", "82.6–94.5 %|100", "71.1–86.7 %|100"),
        browser.value(
            "[...document.querySelectorAll('#compared tbody tr')].map(r => r.cells[7].textContent + '|' + r.cells[8].textContent)"));
    assertEquals(List.of(), browser.complaints());
  }

  /** The same run on other images. */
  private static StoredRun elsewhere(StoredRun stored) {
    RunFacts facts = stored.facts();
    return new StoredRun(
        stored.directory(),
        new RunFacts(
            facts.createdMillis(),
            facts.options(),
            facts.space(),
            facts.algorithm(),
            facts.fitness(),
            "other images",
            new RunFacts.Digests("c", Optional.empty(), Optional.of("d")),
            facts.classes(),
            facts.validationImages(),
            facts.program(),
            facts.libtorch(),
            facts.fitnessVersion(),
            facts.generationsDone(),
            facts.end()),
        stored.evaluations(),
        List.of(),
        List.of());
  }

  /** Two seeds of one setting and one of another, with times and results that can be reckoned. */
  @Test
  void meanAndSpreadAreThoseOfTheRunsByEvaluationsAndByTime() throws Exception {
    StoredRun small = StoredRun.of(run);
    List<StoredRun> runs =
        List.of(
            made(small, "a", Map.of("seed", "1"), new double[][] {{1, 0.1}, {5, 0.3}}),
            made(small, "b", Map.of("seed", "2"), new double[][] {{2, 0.2}, {4, 0.4}, {8, 0.6}}),
            made(small, "c", Map.of("seed", "3", "epochs", "9"), new double[][] {{3, 0.25}}));
    Path page = directory.resolve("made.html");
    Files.writeString(page, RunPage.selfContained(PageData.comparing(runs)));
    browser.open(page);
    assertEquals(
        List.of(
            "--epochs 2|2|45.00 %|21.21 %|30.00 %|60.00 %|45.00 %|2.5 (2 to 3)|6.5 s (5.0 s to 8.0 s)|2 (2 to 2)|4.5 s (4.0 s to 5.0 s)",
            "--epochs 9|1|25.00 %||25.00 %|25.00 %|25.00 %|1|3.0 s|1|3.0 s"),
        browser.value(
            "[...document.querySelectorAll('#groups tbody tr')].map(r => [...r.cells].map(c => c.textContent).join('|'))"));
    String point =
        "(p => [p.y.toFixed(4), p.p.deviation.toFixed(4), p.p.n].join(' '))(Chart.getChart('chart-%s').data.datasets[0].data.find(p => Math.abs(p.x - %s) < 1e-6))";
    assertEquals("0.1500 0.0707 2", browser.value(point.formatted("by-evaluations", 1)));
    assertEquals("0.3500 0.0707 2", browser.value(point.formatted("by-evaluations", 2)));
    assertEquals("0.1500 0.0707 2", browser.value(point.formatted("by-time", 3)));
    assertEquals("0.2500 0.2121 2", browser.value(point.formatted("by-time", 4.5)));
    assertEquals("0.3500 0.0707 2", browser.value(point.formatted("by-time", 5)));
    for (String chart : List.of("by-evaluations", "by-time")) {
      assertDrawn(chart, "light", List.of("blue", "faint blue", "orange"));
    }
    // However narrow a legend is, the start of an option's name stays on one line.
    assertEquals(
        List.of(1L, 1L, 1L, 1L),
        browser.value(
            """
            [...document.querySelectorAll('.key span')]
              .map(span => [span, span.lastChild])
              .filter(([span, text]) => text.data.startsWith('-'))
              .map(([span, text]) => {
                span.style.width = '3rem';
                const start = document.createRange();
                start.setStart(text, 0);
                start.setEnd(text, text.data.indexOf(' '));
                return start.getClientRects().length;
              })"""));
  }

  /** A run with these options whose evaluations end at so many seconds, with such a fitness. */
  private static StoredRun made(
      StoredRun from, String name, Map<String, String> options, double[][] results) {
    Map<String, String> all = new LinkedHashMap<>(from.facts().options());
    all.putAll(options);
    RunFacts facts = from.facts();
    List<StoredEvaluation> evaluations = new ArrayList<>();
    StoredEvaluation model =
        from.evaluations().stream().filter(e -> !e.evaluation().isFailed()).findFirst().get();
    Evaluation one = model.evaluation();
    for (double[] result : results) {
      int number = evaluations.size();
      EvaluationJob job =
          new EvaluationJob(number, one.job().chromosome(), one.job().architecture());
      evaluations.add(
          new StoredEvaluation(
              Evaluation.ofAccuracy(
                  job,
                  result[1],
                  one.curve(),
                  one.trainSeconds(),
                  one.imagesPerSecond(),
                  1,
                  one.worker()),
              "key" + number,
              model.seed(),
              model.epochs(),
              model.device(),
              model.memoryBytes(),
              number == 0 ? 0 : evaluations.get(number - 1).endedMillis(),
              Math.round(1000 * result[0]),
              Optional.empty()));
    }
    RunFacts changed =
        new RunFacts(
            facts.createdMillis(),
            all,
            facts.space(),
            facts.algorithm(),
            facts.fitness(),
            facts.data(),
            facts.digests(),
            facts.classes(),
            facts.validationImages(),
            facts.program(),
            facts.libtorch(),
            facts.fitnessVersion(),
            facts.generationsDone(),
            facts.end());
    return new StoredRun(
        new RunDirectory(directory.resolve(name)), changed, evaluations, List.of(), List.of());
  }
}
