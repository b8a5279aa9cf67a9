package io.github.cnnevolution.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.evaluation.Candidates;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.evaluation.EvaluationListener;
import io.github.cnnevolution.evaluation.EvaluationService;
import io.github.cnnevolution.evaluation.FailureKind;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.report.CsvReport;
import io.github.cnnevolution.report.PageData;
import io.github.cnnevolution.report.RunTables;
import io.github.cnnevolution.report.SearchConsole;
import io.github.cnnevolution.report.SummaryTable;
import io.github.cnnevolution.run.EvaluationKey;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.KeptModels;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunFacts;
import io.github.cnnevolution.run.RunSummary;
import io.github.cnnevolution.run.SearchLog;
import io.github.cnnevolution.run.StoredEvaluationCache;
import io.github.cnnevolution.run.StoredRun;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.ActiveClock;
import io.github.cnnevolution.training.TrainingRecipe;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Searches that are stopped, crash, are resumed, fail, try again what failed, and reuse another
 * run: whatever happens, the terminal, the JSON files, SQL and the page give the same figures.
 */
class RandomHistoriesTest {
  private static final ActiveClock CLOCK = ActiveClock.start();
  private static final int IMAGES = 100;

  private static final Pattern LINE =
      Pattern.compile(
          "(?:generation (\\d+)/\\d+|steady)  best (\\S+) \\S+(?:  95 % \\S+)?  mean \\S+"
              + "  failures (\\d+)  trained (\\d+)  saved (\\d+)(?:  stored (\\d+))?"
              + "(?:  stopped (\\d+))?  \\S+ s(?:  \\S+ left)?");

  /**
   * What a process of a run leaves on the screen.
   *
   * @param trained what it trained to the end, other than what the process before had in flight
   */
  private record Screen(List<Matcher> lines, String table, boolean finished, long trained) {}

  /** A run whose candidates are not trained, but draw their results. */
  private static final class History {
    private final Random random;
    private final RunDirectory directory;
    private final Optional<Path> other;
    private final SearchSettings settings;
    private final List<EvaluationJob> recovered = new ArrayList<>();
    private final AtomicLong clock = new AtomicLong(1_000_000);

    History(Path path, long seed, Optional<Path> other) {
      this.random = new Random(seed);
      this.directory = new RunDirectory(path);
      this.other = other;
      SearchSettings.Builder builder =
          SearchSettings.builder()
              .populationSize(4)
              .elitism(random.nextInt(2))
              .seed(random.nextInt(1000))
              .directory(path);
      this.settings =
          (random.nextBoolean()
                  ? builder.generations(4)
                  : builder.builtIn(
                      AlgorithmSettings.of("steady")
                          .withEvaluations(16)
                          .withLookahead(3)
                          .withEarlyStopping()))
              .build();
    }

    private RunFacts facts() {
      return new RunFacts(
          0,
          StoredSettings.of(settings, TrainingRecipe.sgd(Precision.FP32), CudaGraphsMode.AUTO),
          PlainSpace.NAME,
          settings.algorithmName(),
          Evaluation.ACCURACY,
          "data",
          new RunFacts.Digests("a", Optional.empty(), Optional.of("b")),
          100,
          OptionalInt.of(IMAGES),
          "0",
          "0",
          1,
          0,
          Optional.empty());
    }

    /** Runs one process, which is stopped after so many evaluations if it has not ended. */
    Screen run(boolean first, int stopAfter) throws Exception {
      clock.addAndGet(random.nextInt(200_000));
      long drawn = random.nextLong();
      boolean crashed = random.nextBoolean();
      boolean retriesSlow = random.nextBoolean();
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
      Console console = new Console(InputStream.nullInputStream(), out, out);
      try (EvaluationStore store =
              first
                  ? EvaluationStore.create(directory.database(), facts().facts())
                  : EvaluationStore.open(directory.database());
          EvaluationStore reused = EvaluationStore.openToRead(other.orElse(directory.database()));
          SearchConsole view = new SearchConsole(console, Path::toString)) {
        long before = store.size();
        KeptModels models = SearchFiles.models(directory, 1 + random.nextInt(3), store);
        StoredEvaluationCache cache =
            new StoredEvaluationCache(
                store,
                other.isPresent() ? List.of(reused) : List.of(),
                key(),
                Set.of(EvaluationKey.device(Devices.cpu())),
                retriesSlow,
                () -> clock.addAndGet(1000));
        SearchListener listener = SearchListener.all(List.of(view.state(), view));
        listener.onSearchStart(start(store));
        boolean finished = search(store, cache, models, listener, stopAfter, drawn, crashed);
        StoredRun run = StoredRun.of(directory, store);
        String table = "";
        if (!models.evaluations().isEmpty()) {
          RunSummary summary = summary(models, run, finished);
          summary.write(directory.bestChromosome());
          table = new SummaryTable(summary).text();
        }
        long trained =
            run.evaluations().stream()
                .skip(before)
                .filter(stored -> stored.source().isEmpty() && !stored.evaluation().isFailed())
                .filter(stored -> !stored.evaluation().isPart())
                .filter(stored -> !recovered.contains(stored.evaluation().job()))
                .count();
        return new Screen(lines(bytes), table, finished, trained);
      }
    }

    private SearchStart start(EvaluationStore store) {
      return new SearchStart(
          settings,
          directory,
          store,
          "data",
          100,
          900,
          IMAGES,
          List.of(Devices.cpu()),
          Precision.FP32,
          2,
          0,
          List::of,
          List::of);
    }

    private boolean search(
        EvaluationStore store,
        StoredEvaluationCache cache,
        KeptModels models,
        SearchListener listener,
        int stopAfter,
        long drawn,
        boolean crashed) {
      Thread searching = Thread.currentThread();
      AtomicInteger done = new AtomicInteger();
      EvaluationListener stopping =
          new EvaluationListener() {
            @Override
            public void onEnd(Evaluation evaluation) {
              listener.onEnd(evaluation);
              if (done.incrementAndGet() == stopAfter) {
                searching.interrupt();
              }
            }
          };
      try (EvaluationService service =
          new EvaluationService(
              List.of(
                  Candidates.workers(
                      Devices.cpu(),
                      2,
                      (job, worker, parts) -> {
                        Evaluation evaluation = result(job, worker, drawn);
                        // As weights are kept: before the evaluation is stored.
                        models.register(evaluation);
                        return evaluation;
                      })),
              new PlainSpace(),
              100,
              stopping,
              cache)) {
        SearchLoop loop =
            new SearchLoop(
                settings.newAlgorithm(100),
                service,
                cache,
                models,
                new SearchLog(store),
                listener,
                n -> {},
                CLOCK,
                Optional.empty());
        recovered.clear();
        recovered.addAll(cache.recover(crashed));
        service.doOneByOne(recovered);
        loop.run();
        return true;
      } catch (InterruptedException e) {
        return false;
      } finally {
        Thread.interrupted();
      }
    }

    /** Failures depend on the process, successes on the network alone. */
    private static Evaluation result(EvaluationJob job, String worker, long drawn) {
      String phenotype = job.architecture().phenotype();
      Random dice = new Random(drawn + phenotype.hashCode() + (job.isPart() ? 1 : 0));
      if (dice.nextInt(3) == 0) {
        FailureKind[] kinds = {
          FailureKind.TIME, FailureKind.MEMORY, FailureKind.OTHER, FailureKind.DIVERGED
        };
        FailureKind kind = kinds[dice.nextInt(kinds.length)];
        return Evaluation.failed(job, kind, "drawn", worker);
      }
      // A part of a training may look better than any that was done as a whole.
      double fitness =
          job.isPart()
              ? Math.floorMod(phenotype.hashCode() * 31, IMAGES) / (double) IMAGES
              : Math.floorMod(phenotype.hashCode(), IMAGES / 2) / (double) IMAGES;
      return Evaluation.ofAccuracy(job, fitness, List.of(), 1.5, 100, 1, worker);
    }

    private EvaluationKey key() {
      return new EvaluationKey(
          PlainSpace.NAME,
          "",
          TrainingRecipe.sgd(Precision.FP32),
          Evaluation.ACCURACY,
          1,
          "0",
          "abc",
          900,
          "",
          1,
          false,
          false,
          false,
          1);
    }

    private RunSummary summary(KeptModels models, StoredRun run, boolean finished) {
      List<Double> ones = List.of(1.0, 1.0, 1.0);
      return new RunSummary(
          models.evaluations().get(0),
          OptionalDouble.empty(),
          settings.genetic().seed(),
          Map.of("fitness", Evaluation.ACCURACY),
          new RunSummary.Data(
              "data", "abc", 900, IMAGES, 0, new Normalization(ones, ones), Optional.empty()),
          run.figures(),
          !finished,
          List.of(),
          List.of());
    }

    private static List<Matcher> lines(ByteArrayOutputStream bytes) {
      return bytes
          .toString(StandardCharsets.UTF_8)
          .lines()
          .map(LINE::matcher)
          .filter(Matcher::matches)
          .toList();
    }
  }

  @Property(tries = 40, seed = "4")
  void terminalJsonSqlAndPageAgree(@ForAll long seed) throws Exception {
    Path directory = Files.createTempDirectory("histories");
    try {
      Random random = new Random(seed);
      Optional<Path> other = Optional.empty();
      if (random.nextBoolean()) {
        Path path = Files.createDirectories(directory.resolve("other"));
        new History(path, random.nextLong(), Optional.empty()).run(true, Integer.MAX_VALUE);
        other = Optional.of(path.resolve("run.db"));
      }
      Path path = Files.createDirectories(directory.resolve("run"));
      History history = new History(path, random.nextLong(), other);
      int processes = 1 + random.nextInt(4);
      for (int i = 0; i < processes; i++) {
        int stopAfter = i + 1 < processes ? 1 + random.nextInt(8) : Integer.MAX_VALUE;
        check(history.directory, history.run(i == 0, stopAfter));
      }
    } finally {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static void check(RunDirectory directory, Screen screen) throws Exception {
    StoredRun run = StoredRun.of(directory);
    ObjectMapper mapper = new ObjectMapper();
    JsonNode shown = mapper.readTree(new RunTables(run).json());
    JsonNode page = mapper.readTree(PageData.of(run).json());
    JsonNode figures = page.get("figures");
    try (Connection sql = DriverManager.getConnection("jdbc:sqlite:" + directory.database())) {
      long evaluations = number(sql, "SELECT count(*) FROM result");
      long trained =
          number(
              sql,
              "SELECT count(*) FROM result WHERE failure IS NULL AND source IS NULL"
                  + " AND trained_fraction = 1");
      long failures = number(sql, "SELECT count(*) FROM result WHERE failure IS NOT NULL");
      long stopped = number(sql, "SELECT count(*) FROM result WHERE stopped");
      long reused = number(sql, "SELECT count(*) FROM result WHERE source IS NOT NULL");
      long networks = number(sql, "SELECT count(DISTINCT phenotype) FROM result");
      long saved =
          number(
              sql,
              "SELECT count(*) - count(DISTINCT phenotype) FROM proposal JOIN outcome ON"
                  + " outcome.proposal = proposal.id WHERE operator <> 'continue'");
      long generations =
          number(
              sql,
              "SELECT count(*) FROM (SELECT generation FROM proposal LEFT JOIN outcome ON"
                  + " outcome.proposal = proposal.id GROUP BY generation"
                  + " HAVING count(outcome.id) = count(*))");
      long discarded =
          number(sql, "SELECT count(DISTINCT phenotype) FROM lineage WHERE generation IS NULL");
      Map<String, Long> expected =
          Map.of(
              "evaluations", evaluations,
              "networks", networks,
              "trained", trained,
              "failures", failures,
              "stopped", stopped,
              "reused", reused,
              "saved", saved,
              "discarded", discarded);
      expected.forEach((name, value) -> assertEquals(value, shown.get(name).asLong(), name));
      expected.forEach((name, value) -> assertEquals(value, figures.get(name).asLong(), name));
      assertEquals(
          run.options().hasNoGenerations() ? "null" : String.valueOf(generations),
          shown.get("generations_done").asText());
      assertEquals(generations, figures.get("generations").asLong());
      assertEquals(generations, page.get("generations").size());
      assertEquals(evaluations, page.get("evaluations").size());
      double seconds = figures.get("seconds").asDouble();
      assertEquals(seconds, shown.get("seconds").asDouble());
      checkNumbers(sql);
      assertEquals(
          number(sql, "SELECT count(*) FROM evaluation"), evaluations + page.get("parts").size());
      checkStopped(screen, page, stopped, discarded);
      checkLineage(sql, run, page);
      checkLines(screen, page);
      double best = best(sql);
      if (best < 0) {
        assertTrue(page.get("best").isNull() && shown.get("best_fitness").isNull());
        return;
      }
      JsonNode file = mapper.readTree(directory.bestChromosome().toFile());
      assertEquals(best, file.get("fitness").asDouble());
      assertEquals(best, shown.get("best_fitness").asDouble());
      assertEquals(best, page.get("best").get("fitness").asDouble());
      int place = page.get("best").get("evaluation").asInt();
      assertEquals(best, page.get("evaluations").get(place).get(3).asDouble());
      assertEquals(shown.get("best_chromosome"), page.get("evaluations").get(place).get(2));
      assertEquals(file.get("chromosome"), shown.get("best_chromosome"));
      assertEquals(file.get("fitness_low"), shown.get("best_fitness_low"));
      assertEquals(generations, file.get("generations").asLong());
      assertEquals(evaluations, file.get("evaluations").asLong());
      assertEquals(trained, file.get("trainings").asLong());
      assertEquals(saved, file.get("trainings_saved").asLong());
      assertEquals(failures, file.get("failures").asLong());
      assertEquals(seconds, file.get("seconds").asDouble());
      contains(
          screen.table, "trainings", trained + ", " + saved + " saved, " + failures + " failed");
      contains(screen.table, "generations", String.valueOf(generations));
      contains(screen.table, "time", Text.format("%.1f s", seconds));
      contains(screen.table, "validation accuracy", Text.format("%.2f %%", 100 * best));
      if (discarded == 0 && screen.finished) {
        double ofLines =
            screen.lines.stream().mapToDouble(l -> Double.parseDouble(l.group(2))).max().orElse(-1);
        assertEquals(best, ofLines, 1e-9);
      }
    }
  }

  private static void contains(String table, String name, String value) {
    Pattern row = Pattern.compile("(?m)^\\W*" + name + "\\W+" + Pattern.quote(value) + "\\s*$");
    assertTrue(row.matcher(table).find(), name + " " + value + " in\n" + table);
  }

  /** Those that were stopped are shown as such, and none of them is the best or among the best. */
  private static void checkStopped(Screen screen, JsonNode page, long stopped, long discarded) {
    Set<Integer> parts = new HashSet<>();
    int said = 0;
    for (JsonNode part : page.get("stopped")) {
      parts.add(part.get(0).asInt());
      said += part.get(1).asText().equals("stopped at 1 of 5 epochs") ? 1 : 0;
    }
    assertEquals(stopped, said);
    page.get("top").forEach(row -> assertFalse(parts.contains(row.get(0).asInt())));
    if (screen.finished && discarded == 0 && !screen.table.isEmpty()) {
      assertEquals(stopped, parts.size(), "something is not decided at the end");
      assertEquals(stopped, sum(screen, 7));
      assertEquals(stopped > 0, screen.table.contains("stopped early"));
    }
  }

  /** Two networks of a run never have the same number. */
  private static void checkNumbers(Connection sql) throws Exception {
    assertEquals(
        0,
        number(
            sql,
            "SELECT count(*) FROM (SELECT job FROM evaluation GROUP BY job"
                + " HAVING count(DISTINCT phenotype) > 1)"));
  }

  /** The view, the CSV file and the page say the same of each evaluation. */
  private static void checkLineage(Connection sql, StoredRun run, JsonNode page) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CsvReport.write(run.directory().database(), bytes);
    List<String> csv = bytes.toString(StandardCharsets.UTF_8).lines().skip(1).toList();
    List<String> view = new ArrayList<>();
    try (Statement statement = sql.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT evaluation, coalesce(generation, ''), coalesce(operator, ''),"
                    + " coalesce(parents, '') FROM lineage ORDER BY evaluation")) {
      while (rows.next()) {
        view.add(
            String.join(
                ",", rows.getString(1), rows.getString(2), rows.getString(3), rows.getString(4)));
      }
    }
    assertEquals(csv.size(), view.size());
    for (int i = 0; i < csv.size(); i++) {
      String line = csv.get(i);
      assertTrue(
          line.matches(".*,\\Q" + view.get(i) + "\\E,[^,]*,[^,]*,[^,]*"), view.get(i) + line);
      JsonNode row = page.get("evaluations").get(i);
      List<String> parents = new ArrayList<>();
      row.get(17).forEach(text -> parents.add(page.get("texts").get(text.asInt()).asText()));
      String id = view.get(i).substring(0, view.get(i).indexOf(','));
      String origin = id + "," + (row.get(16).isNull() ? "" : row.get(16).asText()) + ",";
      assertTrue(view.get(i).startsWith(origin), view.get(i));
      assertTrue(view.get(i).endsWith("," + String.join(" ", parents)), view.get(i));
    }
  }

  /** The lines of the generations agree with the chart, and with what the process added. */
  private static void checkLines(Screen screen, JsonNode page) {
    long members = 0;
    for (Matcher line : screen.lines) {
      JsonNode generation =
          page.get("generations")
              .get(line.group(1) == null ? 0 : Integer.parseInt(line.group(1)) - 1);
      assertEquals(generation.get(1).asDouble(), Double.parseDouble(line.group(2)), 1e-9);
      assertEquals(generation.get(4).asInt(), Integer.parseInt(line.group(3)));
      members += generation.get(5).asInt();
    }
    if (screen.finished) {
      assertEquals(page.get("generations").size(), screen.lines.size());
      assertEquals(screen.trained, sum(screen, 4));
      assertTrue(sum(screen, 4) + sum(screen, 5) + sum(screen, 6) <= members);
    }
  }

  private static long sum(Screen screen, int group) {
    return screen.lines.stream()
        .map(line -> line.group(group))
        .filter(text -> text != null)
        .mapToLong(Long::parseLong)
        .sum();
  }

  private static double best(Connection sql) throws Exception {
    try (Statement statement = sql.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT coalesce(max(fitness), -1) FROM evaluation WHERE failure IS NULL"
                    + " AND trained_fraction = 1")) {
      return rows.getDouble(1);
    }
  }

  private static long number(Connection sql, String query) throws Exception {
    try (Statement statement = sql.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      return rows.getLong(1);
    }
  }
}
