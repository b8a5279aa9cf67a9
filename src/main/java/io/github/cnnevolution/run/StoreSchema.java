package io.github.cnnevolution.run;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;

/** The tables of a run's store, for whoever reads it with plain SQL too; README has their story. */
final class StoreSchema {
  /** SQLite's application_id: the letters CNNE. */
  static final int APPLICATION_ID = 0x434e4e45;

  /** SQLite's user_version; raised with every change of the tables. */
  static final int VERSION = 1;

  /** The columns of {@code evaluation} between its id and its checksum. */
  static final List<String> COLUMNS =
      List.of(
          "job INTEGER NOT NULL",
          "key TEXT NOT NULL",
          "phenotype TEXT NOT NULL",
          "chromosome TEXT NOT NULL",
          "seed INTEGER NOT NULL",
          "fitness REAL NOT NULL",
          "test_accuracy REAL",
          "failure TEXT",
          "error TEXT",
          "parameters INTEGER NOT NULL",
          "flops INTEGER NOT NULL",
          "epochs INTEGER NOT NULL",
          "curve TEXT NOT NULL",
          "train_seconds REAL NOT NULL",
          "images_per_second REAL NOT NULL",
          "micro_batches INTEGER NOT NULL",
          "device TEXT NOT NULL",
          "worker TEXT NOT NULL",
          "memory_bytes INTEGER NOT NULL",
          "started_ms INTEGER NOT NULL",
          "ended_ms INTEGER NOT NULL",
          "source TEXT");

  /** What makes a new store. */
  static final List<String> STATEMENTS =
      List.of(
          "CREATE TABLE evaluation (id INTEGER PRIMARY KEY, "
              + String.join(", ", COLUMNS)
              + ", checksum INTEGER NOT NULL)",
          "CREATE INDEX evaluation_key ON evaluation (key)",
          "CREATE INDEX evaluation_phenotype ON evaluation (phenotype)",
          "CREATE TRIGGER evaluation_stays BEFORE UPDATE ON evaluation BEGIN SELECT RAISE(ABORT, 'evaluations are never changed'); END",
          "CREATE TRIGGER evaluation_is_kept BEFORE DELETE ON evaluation BEGIN SELECT RAISE(ABORT, 'evaluations are never deleted'); END",
          "CREATE TABLE run (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL, checksum INTEGER NOT NULL)",
          "CREATE TABLE in_flight (phenotype TEXT PRIMARY KEY NOT NULL, chromosome TEXT NOT NULL, job INTEGER NOT NULL, worker TEXT NOT NULL, running INTEGER NOT NULL, deaths INTEGER NOT NULL)");

  private StoreSchema() {}

  /** The names of {@link #COLUMNS}. */
  static List<String> names() {
    return COLUMNS.stream().map(column -> column.substring(0, column.indexOf(' '))).toList();
  }

  /** The same as a list for SQL. */
  static String columnNames() {
    return String.join(", ", names());
  }

  /**
   * CRC-32 of values. SQLite has no checksums of its own: a bit that flips inside a number would
   * pass for another number.
   */
  static long checksum(List<?> values) {
    CRC32 crc = new CRC32();
    for (Object value : values) {
      String text =
          value instanceof Double number
              ? Long.toHexString(Double.doubleToLongBits(number))
              : String.valueOf(value);
      crc.update(text.getBytes(StandardCharsets.UTF_8));
      crc.update(0);
    }
    return crc.getValue();
  }
}
