package io.github.cnnevolution.report;

import com.github.freva.asciitable.Column;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.WilsonInterval;
import io.github.cnnevolution.run.Json;
import io.github.cnnevolution.run.Lineage;
import io.github.cnnevolution.run.PartTrainings;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunFigures;
import io.github.cnnevolution.run.RunOptions;
import io.github.cnnevolution.run.RunSummary;
import io.github.cnnevolution.run.StoreException;
import io.github.cnnevolution.run.StoredEvaluation;
import io.github.cnnevolution.run.StoredRun;
import io.github.cnnevolution.run.TestConfusion;
import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.ConfusionMatrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
    object.put("space", run.facts().space());
    RunFigures figures = run.figures();
    RunOptions options = run.options();
    OptionalInt budget = options.evaluations();
    // What does not exist, or has no limit, is null.
    object.put("generations_done", options.hasNoGenerations() ? null : figures.generations());
    object.put(
        "generations",
        options.hasNoGenerations() || (budget.isPresent() && run.asked().equals("?"))
            ? null
            : RunOptions.typed(run.asked()));
    object.put("evaluations_asked", budget.isPresent() ? budget.getAsInt() : null);
    object.putAll(figures.fields());
    OptionalInt images = run.facts().validationImages();
    OptionalDouble chance = run.facts().chance();
    object.put("validation_images", images.isPresent() ? images.getAsInt() : null);
    object.put("chance", chance.isPresent() ? chance.getAsDouble() : null);
    Optional<WilsonInterval> interval = interval(run);
    object.put("best_fitness", run.best().map(Evaluation::fitness).orElse(null));
    RunSummary.putInterval(object, "best_fitness", interval);
    object.put(
        "best_network", run.best().map(b -> b.job().architecture().phenotype()).orElse(null));
    if (Predictions.areMade(run)) {
      Predictions predictions = Predictions.of(run);
      object.put("predictions", predictions.points().size());
      object.put("prediction_rank_correlation", predictions.rankCorrelation().orElse(null));
    }
    object.put("best_chromosome", run.best().map(b -> b.job().chromosome().bits()).orElse(null));
    Optional<ConfusionMatrix> test = run.bestConfusion().map(TestConfusion::matrix);
    object.put(RunSummary.TEST_ACCURACY, test.map(ConfusionMatrix::accuracy).orElse(null));
    RunSummary.putInterval(
        object,
        RunSummary.TEST_ACCURACY,
        test.map(matrix -> WilsonInterval.of(matrix.accuracy(), (int) matrix.images())));
    object.put("test_images", test.map(ConfusionMatrix::images).orElse(null));
    run.front()
        .ifPresent(
            front ->
                object.put(
                    "front",
                    front.members().stream()
                        .map(member -> member.job().architecture().phenotype())
                        .toList()));
    return object;
  }

  private static Optional<WilsonInterval> interval(StoredRun run) {
    return run.best().flatMap(best -> run.facts().interval(best.fitness()));
  }

  /** Returns the whole run as JSON. */
  public String json() {
    Map<String, Object> object = overview();
    object.put("options", new RunOptions(run.facts().options()).typed());
    object.put("program", run.facts().program());
    object.put("libtorch", run.facts().libtorch());
    EvaluationRows rows = new EvaluationRows(run.facts(), run.proposals());
    List<Map<String, Object>> all = new ArrayList<>();
    PartTrainings parts = run.parts();
    long id = 0;
    for (StoredEvaluation stored : run.evaluations()) {
      id++;
      if (parts.counts(stored)) {
        all.add(rows.row(id, stored));
      }
    }
    object.put("rows", all);
    object.put("ancestors_of_best", AncestorLine.ofBest(run).objects());
    return Json.pretty(object);
  }

  /** Returns the run without curves as text. */
  public String text() {
    List<Object[]> rows = new ArrayList<>();
    overview().forEach((name, value) -> rows.add(new Object[] {name, value == null ? "" : value}));
    run.facts().options().forEach((name, value) -> rows.add(new Object[] {"--" + name, value}));
    String head = Tables.of(List.of(Tables.text("run"), Tables.text("")), rows);
    List<String> parts = new ArrayList<>(List.of(head, "", table()));
    AncestorLine line = AncestorLine.ofBest(run);
    if (!line.steps().isEmpty()) {
      parts.add("");
      parts.add(line.text());
    }
    if (interval(run).isPresent()) {
      parts.add("");
      AccuracyNotes.few("validation", run.facts().validationImages().orElseThrow())
          .ifPresent(warning -> parts.add("warning: " + warning));
      parts.add("note: " + AccuracyNotes.BEST);
    }
    return String.join(System.lineSeparator(), parts);
  }

  private String table() {
    List<Column> columns =
        List.of(
            Tables.number("#"),
            Tables.number("generation"),
            Tables.text("network"),
            Tables.number("fitness"),
            Tables.text("95 % interval"),
            Tables.number("train s"),
            Tables.number("images/s"),
            Tables.text("worker"),
            Tables.text("started"),
            Tables.text("operator"),
            Tables.text("parents"),
            Tables.text("remarks"));
    List<Object[]> rows = new ArrayList<>();
    EvaluationRows further = new EvaluationRows(run.facts(), run.proposals());
    PartTrainings parts = run.parts();
    int id = 0;
    for (StoredEvaluation stored : run.evaluations()) {
      id++;
      if (!parts.counts(stored)) {
        continue;
      }
      Evaluation evaluation = stored.evaluation();
      boolean failed = evaluation.isFailed();
      Optional<Lineage.Origin> origin = further.origin(stored);
      String remarks =
          Stream.of(
                  evaluation.error(),
                  parts.remark(stored),
                  stored.source().map(from -> "from " + from))
              .flatMap(Optional::stream)
              .collect(Collectors.joining(", "));
      rows.add(
          new Object[] {
            id,
            origin.map(o -> String.valueOf(o.generation())).orElse(""),
            evaluation.job().architecture().phenotype(),
            Text.format("%.4f", evaluation.fitness()),
            further.interval(stored).map(AccuracyNotes::fractions).orElse(""),
            failed ? "" : Text.format("%.2f", evaluation.trainSeconds()),
            failed ? "" : Text.format("%.1f", evaluation.imagesPerSecond()),
            evaluation.worker(),
            Instant.ofEpochMilli(stored.startedMillis()).truncatedTo(ChronoUnit.SECONDS),
            origin.map(Lineage.Origin::operator).orElse(""),
            origin.map(o -> EvaluationRows.joined(o.parents())).orElse(""),
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
            Tables.text("95 % interval"),
            Tables.number("images"),
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
        RunFigures figures = run.figures();
        OptionalInt images = run.facts().validationImages();
        rows.add(
            new Object[] {
              shown,
              run.state(),
              Instant.ofEpochMilli(run.facts().createdMillis()).truncatedTo(ChronoUnit.SECONDS),
              generations(run, figures),
              evaluations(run, figures),
              figures.failures(),
              run.best().map(b -> Text.format("%.4f", b.fitness())).orElse(""),
              interval(run).map(AccuracyNotes::fractions).orElse(""),
              images.isPresent() ? String.valueOf(images.getAsInt()) : "",
              run.best().map(b -> b.job().architecture().phenotype()).orElse("")
            });
      } catch (StoreException | IOException e) {
        rows.add(new Object[] {shown, "unreadable", "", "", "", "", "", "", "", e.getMessage()});
      }
    }
    return Tables.of(columns, rows);
  }

  private static String generations(StoredRun run, RunFigures figures) {
    if (run.options().hasNoGenerations()) {
      return "";
    }
    boolean unlimited = run.asked().equals("?") && run.options().evaluations().isPresent();
    return figures.generations() + (unlimited ? "" : "/" + run.asked());
  }

  /** With a budget, the networks that are done of it. */
  private static String evaluations(StoredRun run, RunFigures figures) {
    OptionalInt budget = run.options().evaluations();
    return budget.isPresent()
        ? run.networksDone() + "/" + budget.getAsInt()
        : String.valueOf(figures.evaluations());
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
