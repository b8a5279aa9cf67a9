package io.github.cnnevolution.report;

import com.github.freva.asciitable.Column;
import io.github.cnnevolution.run.RunFigures;
import io.github.cnnevolution.run.RunSummary;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.List;

/**
 * The summary of a run as a table.
 *
 * @param summary the summary to show
 */
public record SummaryTable(RunSummary summary) {
  /** The name of the row of the fitness, if that is an accuracy. */
  static final String ACCURACY = "validation accuracy";

  /**
   * Returns the table as plain text.
   *
   * @see SummaryCard the form for a terminal
   */
  public String text() {
    List<Column> columns = List.of(Tables.text("result"), Tables.text(summary.data().name()));
    return Tables.of(columns, rows());
  }

  /** Returns name and value of each row. */
  List<Object[]> rows() {
    Architecture architecture = summary.best().job().architecture();
    List<Object[]> rows = new ArrayList<>();
    add(rows, "best chromosome", summary.best().job().chromosome());
    add(rows, "network", architecture.phenotype());
    int images = summary.data().validation();
    if (summary.measuresAccuracy()) {
      add(rows, ACCURACY, Percent.of(summary.best().fitness()));
    } else {
      String name = String.valueOf(summary.config().get("fitness"));
      add(rows, "fitness " + name, Text.format("%.4f", summary.best().fitness()));
    }
    summary
        .interval(summary.best())
        .ifPresent(
            interval -> {
              add(rows, "95 % interval", AccuracyNotes.percent(interval, images));
              AccuracyNotes.few("validation", images)
                  .ifPresent(warning -> add(rows, "warning", warning));
              add(rows, "note", AccuracyNotes.BEST);
            });
    add(
        rows,
        "test accuracy",
        summary.testAccuracy().isPresent()
            ? Percent.of(summary.testAccuracy().getAsDouble())
            : summary.data().test() == 0 ? "none: no test images" : "not measured");
    summary
        .testInterval()
        .ifPresent(
            interval ->
                add(
                    rows,
                    "test 95 % interval",
                    AccuracyNotes.percent(interval, summary.data().test())));
    add(rows, "chance", Percent.of(1.0 / architecture.classes()));
    add(rows, "parameters", Text.format("%,d", architecture.parameters()));
    add(rows, "flops per image", Text.format("%,d", architecture.flops()));
    RunFigures figures = summary.figures();
    if (summary.config().get("lookahead") == null) {
      // An algorithm without generations counts evaluations.
      add(rows, "generations", figures.generations());
    }
    add(
        rows,
        "trainings",
        Text.format(
            "%d, %d saved, %d failed",
            figures.trained(), figures.saved(), figures.failures() - summary.found().tooSlow()));
    if (figures.stopped() > 0) {
      add(rows, "stopped early", Text.count(figures.stopped(), "network"));
    }
    if (summary.found().tooSlow() > 0) {
      add(
          rows,
          "not trained",
          Text.format(
              "%s above --max_latency %s",
              Text.count(summary.found().tooSlow(), "network"),
              summary.config().get("max_latency")));
    }
    if (figures.discarded() > 0) {
      add(
          rows,
          "discarded",
          Text.format(
              "%s in no generation: a retried failure changed the search",
              Text.count(figures.discarded(), "network")));
    }
    figures
        .reused()
        .forEach((store, count) -> add(rows, "reused", Text.format("%d from %s", count, store)));
    add(rows, "time", Text.format("%.1f s", figures.seconds()));
    summary.gpus().forEach(usage -> add(rows, "gpu" + usage.gpu(), GpuReport.summary(usage)));
    summary.lostDevices().forEach(lost -> add(rows, "lost device", lost));
    return rows;
  }

  private static void add(List<Object[]> rows, String name, Object value) {
    rows.add(new Object[] {name, value});
  }
}
