package io.github.cnnevolution.report;

import com.github.freva.asciitable.Column;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.run.Json;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.StoreException;
import io.github.cnnevolution.run.StoredEvaluation;
import io.github.cnnevolution.run.StoredRun;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Stored runs as tables and as JSON.
 *
 * @param run the run to show
 */
public record RunTables(StoredRun run) {
  private Map<String, Object> overview() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("directory", run.directory().path().toString());
    object.put("state", run.state().toString());
    object.put("started", Instant.ofEpochMilli(run.facts().createdMillis()).toString());
    object.put("data", run.facts().data());
    object.put("generations_done", run.facts().generationsDone());
    object.put("generations", run.asked());
    object.put("evaluations", run.evaluations().size());
    object.put("failures", run.failures());
    object.put("best_fitness", run.best().map(Evaluation::fitness).orElse(null));
    object.put(
        "best_network", run.best().map(b -> b.job().architecture().phenotype()).orElse(null));
    object.put("best_chromosome", run.best().map(b -> b.job().chromosome().bits()).orElse(null));
    return object;
  }

  /** Returns the whole run as JSON. */
  public String json() {
    Map<String, Object> object = overview();
    object.put("options", run.facts().options());
    object.put("program", run.facts().program());
    object.put("libtorch", run.facts().libtorch());
    object.put("rows", run.evaluations().stream().map(StoredEvaluation::row).toList());
    return Json.pretty(object);
  }

  /** Returns the run without curves as text. */
  public String text() {
    List<Object[]> rows = new ArrayList<>();
    overview().forEach((name, value) -> rows.add(new Object[] {name, value == null ? "" : value}));
    run.facts().options().forEach((name, value) -> rows.add(new Object[] {"--" + name, value}));
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
    for (StoredEvaluation stored : run.evaluations()) {
      Evaluation evaluation = stored.evaluation();
      String remarks =
          evaluation.error().orElse("") + stored.source().map(from -> "from " + from).orElse("");
      rows.add(
          new Object[] {
            evaluation.job().id(),
            evaluation.job().architecture().phenotype(),
            Text.format("%.4f", evaluation.fitness()),
            Text.format("%.2f", evaluation.trainSeconds()),
            Text.format("%.1f", evaluation.imagesPerSecond()),
            evaluation.worker(),
            Instant.ofEpochMilli(stored.startedMillis()).truncatedTo(ChronoUnit.SECONDS),
            remarks
          });
    }
    return Tables.of(columns, rows);
  }

  /** Whether a directory holds a final training, and no search. */
  public static boolean isTraining(RunDirectory directory) {
    return Files.exists(directory.training()) && !Files.exists(directory.database());
  }

  /** Returns runs as a table; the row of an unreadable run shows the reason. */
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
        if (isTraining(directory)) {
          rows.add(TrainingTables.of(directory).row(shown));
          continue;
        }
        StoredRun run = StoredRun.of(directory);
        rows.add(
            new Object[] {
              shown,
              run.state(),
              Instant.ofEpochMilli(run.facts().createdMillis()).truncatedTo(ChronoUnit.SECONDS),
              run.facts().generationsDone() + "/" + run.asked(),
              run.evaluations().size(),
              run.failures(),
              run.best().map(b -> Text.format("%.4f", b.fitness())).orElse(""),
              run.best().map(b -> b.job().architecture().phenotype()).orElse("")
            });
      } catch (StoreException | IOException e) {
        rows.add(new Object[] {shown, "unreadable", "", "", "", "", "", e.getMessage()});
      }
    }
    return Tables.of(columns, rows);
  }

  /** Returns one run of a list as JSON; an unreadable run has an error. */
  public static String jsonLine(RunDirectory directory) {
    try {
      if (isTraining(directory)) {
        return TrainingTables.of(directory).jsonLine();
      }
      return Json.line(new RunTables(StoredRun.of(directory)).overview());
    } catch (StoreException | IOException e) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("directory", directory.path().toString());
      object.put("state", "unreadable");
      object.put("error", e.getMessage());
      return Json.line(object);
    }
  }
}
