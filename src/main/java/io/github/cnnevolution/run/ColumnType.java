package io.github.cnnevolution.run;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * The type that a column is declared with. To read a value by it takes one call of SQLite where
 * {@link ResultSet#getObject(int)} takes two, of which a store has millions.
 */
enum ColumnType {
  /** A text or null. Bytes come out of SQLite faster than a string, which takes a native buffer. */
  TEXT {
    @Override
    String read(ResultSet rows, int column) throws SQLException {
      byte[] bytes = rows.getBytes(column);
      return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }
  },

  /** A whole number. */
  INTEGER {
    @Override
    Long read(ResultSet rows, int column) throws SQLException {
      return rows.getLong(column);
    }
  },

  /** A number. */
  REAL {
    @Override
    Double read(ResultSet rows, int column) throws SQLException {
      return rows.getDouble(column);
    }
  },

  /** A number or null. */
  OPTIONAL_REAL {
    @Override
    Double read(ResultSet rows, int column) throws SQLException {
      double value = rows.getDouble(column);
      return rows.wasNull() ? null : value;
    }
  };

  /** The type of a column that is declared like this, such as {@code fitness REAL NOT NULL}. */
  static ColumnType of(String declaration) {
    boolean optional = !declaration.endsWith("NOT NULL");
    if (declaration.contains(" REAL")) {
      return optional ? OPTIONAL_REAL : REAL;
    }
    return declaration.contains(" INTEGER") ? INTEGER : TEXT;
  }

  /** The value of a column, counted from 1, in the current row. */
  abstract Object read(ResultSet rows, int column) throws SQLException;
}
