package io.github.cnnevolution.report;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import com.github.freva.asciitable.OverflowBehaviour;
import com.github.freva.asciitable.Styler;
import io.github.cnnevolution.run.RunSummary;
import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The summary of a run for a terminal: a framed table with a sparkline of the fitness. */
public final class SummaryCard {
  /** Frame with a rule below the header and no rules between rows. */
  private static final String FRAME =
      "\u256d\u2500\u252c\u256e\u2502\u2502\u2502\u251c\u2500\u253c\u2524\u2502\u2502\u2502    "
          + "\u251c\u2500\u253c\u2524\u2502\u2502\u2502\u2570\u2500\u2534\u256f";

  private static final String ASCII_FRAME = "+-++|||+-++|||    +-++|||+-++";
  private static final int RULES_BETWEEN_ROWS = 14;
  private static final int RULE_CHARACTERS = 4;

  /** Width of frame, separator, and a space on each side of a text. */
  private static final int AROUND = 7;

  private static final String BARS = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588";
  private static final int LONGEST_COURSE = 40;
  private static final Set<String> HEADLINES = Set.of("network", SummaryTable.ACCURACY);

  private SummaryCard() {}

  /**
   * Returns the table.
   *
   * @param bestByGeneration the best fitness of each generation
   */
  public static String of(RunSummary summary, List<Double> bestByGeneration, Style style) {
    if (!style.isTerminal()) {
      return new SummaryTable(summary).text();
    }
    List<Object[]> rows = new ArrayList<>(new SummaryTable(summary).rows());
    if (bestByGeneration.size() > 1) {
      rows.add(3, new Object[] {"best by generation", course(bestByGeneration, style)});
    }
    int names = rows.stream().mapToInt(row -> row[0].toString().length()).max().orElse(0);
    int room = Math.max(10, style.columns().getAsInt() - 1 - names - AROUND);
    List<Column> columns =
        List.of(
            column("result"),
            column(summary.data().name()).maxWidth(room, OverflowBehaviour.NEWLINE));
    return AsciiTable.builder()
        .border(frame(style))
        .data(columns.toArray(Column[]::new), rows.toArray(Object[][]::new))
        .styler(styler(rows, style))
        .asString();
  }

  private static Column column(String header) {
    return new Column()
        .header(header)
        .headerAlign(HorizontalAlign.LEFT)
        .dataAlign(HorizontalAlign.LEFT);
  }

  private static Character[] frame(Style style) {
    String characters = style.unicode() ? FRAME : ASCII_FRAME;
    Character[] frame = characters.chars().mapToObj(c -> (char) c).toArray(Character[]::new);
    for (int i = 0; i < RULE_CHARACTERS; i++) {
      frame[RULES_BETWEEN_ROWS + i] = null;
    }
    return frame;
  }

  private static Styler styler(List<Object[]> rows, Style style) {
    return new Styler() {
      @Override
      public List<String> styleCell(Column column, int row, int col, List<String> lines) {
        String name = rows.get(row)[0].toString();
        return lines.stream().map(line -> styled(name, col, line, style)).toList();
      }

      @Override
      public List<String> styleHeader(Column column, int col, List<String> lines) {
        return lines.stream().map(style::bold).toList();
      }
    };
  }

  private static String styled(String name, int column, String line, Style style) {
    if (column == 0) {
      return style.dim(line);
    }
    if (name.equals("test accuracy") || name.equals("best by generation")) {
      return style.good(line);
    }
    return HEADLINES.contains(name) ? style.bold(line) : line;
  }

  /**
   * Returns a sparkline of at most 40 generations, including the last, and the first and last
   * value.
   */
  private static String course(List<Double> best, Style style) {
    StringBuilder bars = new StringBuilder();
    if (style.unicode()) {
      double top = best.stream().mapToDouble(f -> f).max().orElse(0);
      int count = Math.min(best.size(), LONGEST_COURSE);
      for (int i = 0; i < count; i++) {
        double fitness = best.get((int) ((long) (i + 1) * best.size() / count) - 1);
        double height = top > 0 ? Math.max(0, fitness) / top : 0;
        bars.append(BARS.charAt((int) Math.round(height * (BARS.length() - 1))));
      }
      bars.append("  ");
    }
    return bars
        + Text.format("%.2f to %.2f %%", 100 * best.get(0), 100 * best.get(best.size() - 1));
  }
}
