package io.github.cnnevolution.run;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * The tables of a run's store. The documentation of the run directory describes them for readers
 * with plain SQL.
 *
 * <p>Schema 1 was that of version 0.1.0. Schema 2 added the proposals and outcomes of the search,
 * and to each evaluation its space, its objectives, the part of the training that was done and that
 * which was asked for.
 */
final class StoreSchema {
  /** SQLite's application_id: the letters CNNE. */
  static final int APPLICATION_ID = 0x434e4e45;

  /** SQLite's user_version; raised with every change of the tables. */
  static final int VERSION = 2;

  /** The columns of {@code evaluation} in schema 1 between its id and its checksum. */
  static final List<String> COLUMNS_1 =
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

  /** The columns of {@code evaluation} between its id and its checksum. */
  static final List<String> COLUMNS =
      Stream.concat(
              COLUMNS_1.stream(),
              Stream.of(
                  "space TEXT NOT NULL",
                  "objectives TEXT NOT NULL",
                  "trained_fraction REAL NOT NULL",
                  "fraction REAL NOT NULL"))
          .toList();

  /** What both schemas have, around the columns of {@code evaluation}. */
  private static final List<String> COMMON =
      List.of(
          "CREATE INDEX evaluation_key ON evaluation (key)",
          "CREATE INDEX evaluation_phenotype ON evaluation (phenotype)",
          "CREATE TRIGGER evaluation_stays BEFORE UPDATE ON evaluation BEGIN SELECT RAISE(ABORT, 'evaluations are never changed'); END",
          "CREATE TRIGGER evaluation_is_kept BEFORE DELETE ON evaluation BEGIN SELECT RAISE(ABORT, 'evaluations are never deleted'); END",
          "CREATE TABLE run (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL, checksum INTEGER NOT NULL)");

  private static final String IN_FLIGHT_1 =
      "CREATE TABLE in_flight (phenotype TEXT PRIMARY KEY NOT NULL, chromosome TEXT NOT NULL, job INTEGER NOT NULL, worker TEXT NOT NULL, running INTEGER NOT NULL, deaths INTEGER NOT NULL)";

  private static final String IN_FLIGHT =
      IN_FLIGHT_1.substring(0, IN_FLIGHT_1.length() - 1) + ", fraction REAL NOT NULL)";

  /** What made a store of version 0.1.0. */
  static final List<String> STATEMENTS_1 =
      Stream.concat(Stream.of(evaluation(COLUMNS_1), IN_FLIGHT_1), COMMON.stream()).toList();

  /**
   * What makes a new store. The id of a proposal is its index in the search, that of an outcome its
   * place in the order of telling; both count from 0 without gaps.
   */
  static final List<String> STATEMENTS =
      Stream.of(
              Stream.of(evaluation(COLUMNS), IN_FLIGHT),
              COMMON.stream(),
              Stream.of(
                  "CREATE TABLE proposal (id INTEGER PRIMARY KEY, generation INTEGER NOT NULL, chromosome TEXT NOT NULL, phenotype TEXT NOT NULL, operator TEXT NOT NULL, parents TEXT NOT NULL, fraction REAL NOT NULL, prediction REAL, checksum INTEGER NOT NULL)",
                  "CREATE TABLE outcome (id INTEGER PRIMARY KEY, proposal INTEGER NOT NULL UNIQUE, fitness REAL NOT NULL, objectives TEXT NOT NULL, trained_fraction REAL NOT NULL, checksum INTEGER NOT NULL)",
                  "CREATE TRIGGER proposal_stays BEFORE UPDATE ON proposal BEGIN SELECT RAISE(ABORT, 'proposals are never changed'); END",
                  "CREATE TRIGGER outcome_stays BEFORE UPDATE ON outcome BEGIN SELECT RAISE(ABORT, 'outcomes are never changed'); END"))
          .flatMap(statements -> statements)
          .toList();

  private StoreSchema() {}

  private static String evaluation(List<String> columns) {
    return "CREATE TABLE evaluation (id INTEGER PRIMARY KEY, "
        + String.join(", ", columns)
        + ", checksum INTEGER NOT NULL)";
  }

  /** The names of columns. */
  static List<String> names(List<String> columns) {
    return columns.stream().map(column -> column.substring(0, column.indexOf(' '))).toList();
  }

  /** The values of a row with their checksum behind them. */
  static List<Object> withChecksum(List<Object> values) {
    List<Object> row = new ArrayList<>(values);
    row.add(checksum(values));
    return Collections.unmodifiableList(row);
  }

  /**
   * CRC-32 of values. SQLite has no checksums of its own: a bit that flips inside a number would
   * pass for another number.
   */
  static long checksum(List<?> values) {
    StringBuilder text = new StringBuilder(1 << 10);
    for (Object value : values) {
      if (value instanceof Double number) {
        text.append(Long.toHexString(Double.doubleToLongBits(number)));
      } else {
        text.append(value);
      }
      text.append('\0');
    }
    CRC32 crc = new CRC32();
    crc.update(text.toString().getBytes(StandardCharsets.UTF_8));
    return crc.getValue();
  }
}
