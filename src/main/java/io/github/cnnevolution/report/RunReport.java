package io.github.cnnevolution.report;

import com.github.freva.asciitable.Column;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationStore;
import io.github.cnnevolution.evaluation.StoreException;
import io.github.cnnevolution.evaluation.StoredEvaluation;
import io.github.cnnevolution.files.DirectoryLock;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A run as its directory shows it, while it goes on and afterwards.
 *
 * @param directory of the run
 * @param facts from its store
 * @param evaluations in the order in which they were stored
 */
public record RunReport(
    RunDirectory directory, RunFacts facts, List<StoredEvaluation> evaluations) {
  /** Copies the evaluations. */
  public RunReport {
    evaluations = List.copyOf(evaluations);
  }

  /**
   * Reads a run.
   *
   * @throws StoreException if its store cannot be read
   */
  public static RunReport of(RunDirectory directory) {
    try (EvaluationStore store = EvaluationStore.openToRead(directory.database())) {
      return of(directory, store);
    }
  }

  /**
   * Reads a run whose store is open already.
   *
   * @throws StoreException if it cannot be read
   */
  public static RunReport of(RunDirectory directory, EvaluationStore store) {
    try {
      List<StoredEvaluation> evaluations = new ArrayList<>();
      store.forEach(evaluations::add);
      return new RunReport(directory, RunFacts.of(store.facts()), evaluations);
    } catch (IllegalArgumentException e) {
      throw new StoreException(
          directory.database(), "is not the store of a run: " + e.getMessage());
    }
  }

  /**
   * In one word: finished, running, stopped, or died if its process did. Not for the process that
   * holds the lock: Linux takes it away from a process that closes the file anywhere.
   */
  String state() {
    boolean over =
        facts.end().filter(e -> String.valueOf(e.generations()).equals(asked())).isPresent();
    if (over) {
      return PageData.FINISHED;
    }
    return DirectoryLock.state(directory.lock()).name().toLowerCase(Locale.ROOT);
  }

  String asked() {
    return facts.options().getOrDefault("generations", "?");
  }

  /** The best evaluation, if any has not failed. */
  Optional<Evaluation> best() {
    return evaluations.stream()
        .map(StoredEvaluation::evaluation)
        .filter(evaluation -> !evaluation.isFailed())
        .min(Evaluation.BEST_FIRST);
  }

  long failures() {
    return evaluations.stream().filter(stored -> stored.evaluation().isFailed()).count();
  }

  private Map<String, Object> overview() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("directory", directory.path().toString());
    object.put("state", state());
    object.put("started", Instant.ofEpochMilli(facts.createdMillis()).toString());
    object.put("data", facts.data());
    object.put("generations_done", facts.generationsDone());
    object.put("generations", asked());
    object.put("evaluations", evaluations.size());
    object.put("failures", failures());
    object.put("best_fitness", best().map(Evaluation::fitness).orElse(null));
    object.put("best_network", best().map(b -> b.job().architecture().phenotype()).orElse(null));
    object.put("best_chromosome", best().map(b -> b.job().chromosome().bits()).orElse(null));
    return object;
  }

  /** Everything, for programs. */
  public String json() {
    Map<String, Object> object = overview();
    object.put("options", facts.options());
    object.put("program", facts.program());
    object.put("libtorch", facts.libtorch());
    object.put("rows", evaluations.stream().map(StoredEvaluation::row).toList());
    return Json.pretty(object);
  }

  /** Everything but the curves, for people. */
  public String text() {
    List<Object[]> rows = new ArrayList<>();
    overview().forEach((name, value) -> rows.add(new Object[] {name, value == null ? "" : value}));
    facts.options().forEach((name, value) -> rows.add(new Object[] {"--" + name, value}));
    String head = Tables.of(List.of(Tables.text("run"), Tables.text("")), rows);
    return head + System.lineSeparator() + System.lineSeparator() + table();
  }

  private String table() {
    List<Column> columns =
        List.of(
            Tables.number("job"),
            Tables.text("network"),
            Tables.number("fitness"),
            Tables.number("train s"),
            Tables.number("images/s"),
            Tables.text("worker"),
            Tables.text("started"),
            Tables.text("remarks"));
    List<Object[]> rows = new ArrayList<>();
    for (StoredEvaluation stored : evaluations) {
      Evaluation evaluation = stored.evaluation();
      String remarks =
          evaluation.error().orElse("") + stored.source().map(from -> "from " + from).orElse("");
      rows.add(
          new Object[] {
            evaluation.job().id(),
            evaluation.job().architecture().phenotype(),
            decimals("%.4f", evaluation.fitness()),
            decimals("%.2f", evaluation.trainSeconds()),
            decimals("%.1f", evaluation.imagesPerSecond()),
            evaluation.worker(),
            Instant.ofEpochMilli(stored.startedMillis()).truncatedTo(ChronoUnit.SECONDS),
            remarks
          });
    }
    return Tables.of(columns, rows);
  }

  private static String decimals(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  /** Many runs as a table; one that cannot be read has its reason in its row. */
  public static String list(Path parent, List<RunDirectory> directories) {
    List<Column> columns =
        List.of(
            Tables.text("run"),
            Tables.text("state"),
            Tables.text("started"),
            Tables.text("generations"),
            Tables.number("evaluations"),
            Tables.number("failures"),
            Tables.number("best"),
            Tables.text("network"));
    List<Object[]> rows = new ArrayList<>();
    for (RunDirectory directory : directories) {
      Path name = parent.relativize(directory.path());
      String shown = name.toString().isEmpty() ? parent.toString() : name.toString();
      try {
        RunReport run = of(directory);
        rows.add(
            new Object[] {
              shown,
              run.state(),
              Instant.ofEpochMilli(run.facts.createdMillis()).truncatedTo(ChronoUnit.SECONDS),
              run.facts.generationsDone() + "/" + run.asked(),
              run.evaluations.size(),
              run.failures(),
              run.best().map(b -> decimals("%.4f", b.fitness())).orElse(""),
              run.best().map(b -> b.job().architecture().phenotype()).orElse("")
            });
      } catch (StoreException e) {
        rows.add(new Object[] {shown, "unreadable", "", "", "", "", "", e.getMessage()});
      }
    }
    return Tables.of(columns, rows);
  }

  /** A run of a list, for programs; one that cannot be read has its reason. */
  public static String jsonLine(RunDirectory directory) {
    try {
      return Json.line(of(directory).overview());
    } catch (StoreException e) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("directory", directory.path().toString());
      object.put("state", "unreadable");
      object.put("error", e.getMessage());
      return Json.line(object);
    }
  }
}
