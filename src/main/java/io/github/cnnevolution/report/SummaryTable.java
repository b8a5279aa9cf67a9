package io.github.cnnevolution.report;

import com.github.freva.asciitable.Column;
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
    add(rows, "validation accuracy", Percent.of(summary.best().fitness()));
    add(
        rows,
        "test accuracy",
        summary.testAccuracy().isPresent()
            ? Percent.of(summary.testAccuracy().getAsDouble())
            : summary.data().test() == 0 ? "none: no test images" : "not measured");
    add(rows, "chance", Percent.of(1.0 / architecture.classes()));
    add(rows, "parameters", Text.format("%,d", architecture.parameters()));
    add(rows, "flops per image", Text.format("%,d", architecture.flops()));
    add(rows, "generations", summary.generations());
    add(
        rows,
        "trainings",
        Text.format("%d, %d saved", summary.trainings(), summary.trainingsSaved()));
    summary
        .reused()
        .forEach((store, count) -> add(rows, "reused", Text.format("%d from %s", count, store)));
    add(rows, "time", Text.format("%.1f s", summary.seconds()));
    summary.gpus().forEach(usage -> add(rows, "gpu" + usage.gpu(), GpuReport.summary(usage)));
    summary.lostDevices().forEach(lost -> add(rows, "lost device", lost));
    return rows;
  }

  private static void add(List<Object[]> rows, String name, Object value) {
    rows.add(new Object[] {name, value});
  }
}
