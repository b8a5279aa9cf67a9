package io.github.cnnevolution.report;

import com.github.freva.asciitable.Column;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.run.RunSummary;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.List;

/** The front of a run as a table: the most accurate network first. */
final class FrontTable {
  private FrontTable() {}

  /** Returns the table. */
  static String of(RunSummary summary) {
    boolean measured =
        summary.front().stream()
            .anyMatch(member -> member.objectives().containsKey(Evaluation.LATENCY));
    List<Column> columns =
        new ArrayList<>(
            List.of(
                Tables.text("front"),
                Tables.number(summary.measuresAccuracy() ? "accuracy" : "fitness"),
                Tables.text("95 % interval"),
                Tables.number("parameters"),
                Tables.number("flops")));
    if (measured) {
      columns.add(Tables.number("latency, 1 image"));
      columns.add(Tables.number("64 images"));
    }
    List<Object[]> rows = new ArrayList<>();
    for (Evaluation member : summary.front()) {
      Architecture network = member.job().architecture();
      List<Object> row =
          new ArrayList<>(
              List.of(
                  network.phenotype() + (member.equals(summary.best()) ? " *" : ""),
                  Text.format("%.4f", member.fitness()),
                  summary.interval(member).map(AccuracyNotes::fractions).orElse(""),
                  Text.format("%,d", network.parameters()),
                  Text.format("%,d", network.flops())));
      if (measured) {
        row.add(milliseconds(member, Evaluation.LATENCY));
        row.add(milliseconds(member, Evaluation.LATENCY_64));
      }
      rows.add(row.toArray());
    }
    return Tables.of(columns, rows);
  }

  private static String milliseconds(Evaluation member, String name) {
    Double seconds = member.objectives().get(name);
    return seconds == null ? "" : Text.format("%.3f ms", 1e3 * seconds);
  }
}
