package io.github.cnnevolution.report;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import java.util.List;

/** Plain tables: a header, a rule, rows; text is left-aligned, numbers are right-aligned. */
final class Tables {
  private static final int MAX_COLUMN_WIDTH = 120;

  private Tables() {}

  /** A column of text. */
  static Column text(String header) {
    return new Column()
        .header(header)
        .headerAlign(HorizontalAlign.LEFT)
        .dataAlign(HorizontalAlign.LEFT)
        .maxWidth(MAX_COLUMN_WIDTH);
  }

  /** A column of numbers. */
  static Column number(String header) {
    return new Column()
        .header(header)
        .headerAlign(HorizontalAlign.RIGHT)
        .dataAlign(HorizontalAlign.RIGHT);
  }

  /** Returns the table as lines. */
  static String of(List<Column> columns, List<Object[]> rows) {
    return AsciiTable.builder()
        .border(AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS_NO_OUTSIDE_BORDER)
        .data(columns.toArray(Column[]::new), rows.toArray(Object[][]::new))
        .asString();
  }
}
