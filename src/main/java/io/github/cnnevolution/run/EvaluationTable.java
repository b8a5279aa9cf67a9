package io.github.cnnevolution.run;

import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.text.Text;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/** The evaluations of a run, to which rows are only added. */
final class EvaluationTable {
  private static final String INSERT =
      Text.format(
          "INSERT INTO evaluation (%s, checksum) VALUES (%s)",
          String.join(", ", StoreSchema.names(StoreSchema.COLUMNS)),
          "?, ".repeat(StoreSchema.COLUMNS.size()).concat("?"));

  private final StoreConnection connection;
  private final Function<Chromosome, Architecture> space;
  private final List<ColumnType> types;
  private final String select;

  /**
   * The table of a store.
   *
   * @param space decodes its chromosomes
   */
  EvaluationTable(StoreConnection connection, Function<Chromosome, Architecture> space) {
    this(connection, space, StoreSchema.COLUMNS);
  }

  /** The table of a store with these columns, to be read alone. */
  EvaluationTable(
      StoreConnection connection, Function<Chromosome, Architecture> space, List<String> columns) {
    this.connection = connection;
    this.space = space;
    this.types = columns.stream().map(ColumnType::of).toList();
    this.select =
        Text.format(
            "SELECT id, %s, checksum FROM evaluation ",
            String.join(", ", StoreSchema.names(columns)));
  }

  /** Adds a row. Belongs into a transaction. */
  void insert(StoredEvaluation evaluation) throws SQLException {
    List<Object> values = evaluation.columns();
    values.add(StoreSchema.checksum(values));
    connection.update(INSERT, values);
  }

  /** The latest evaluation of a network after this part of its training. */
  Optional<StoredEvaluation> latest(String phenotype, double fraction) throws SQLException {
    return first(
        select + "WHERE phenotype = ? AND fraction = ? ORDER BY id DESC LIMIT 1",
        List.of(phenotype, fraction));
  }

  /** Shows the number of each evaluation's job, in their order. */
  void forEachJob(BiConsumer<EvaluationStore.Evaluated, Long> reader) throws SQLException {
    try (Statement statement = connection.statement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT phenotype, failure IS NULL, fraction, job FROM evaluation ORDER BY id")) {
      while (rows.next()) {
        reader.accept(
            new EvaluationStore.Evaluated(rows.getString(1), rows.getBoolean(2), rows.getDouble(3)),
            rows.getLong(4));
      }
    }
  }

  /** The first evaluation that did not fail, or failed for good, under a key. */
  Optional<StoredEvaluation> byKey(String key) throws SQLException {
    return first(
        select + "WHERE key = ? AND (failure IS NULL OR failure = 'DIVERGED') ORDER BY id LIMIT 1",
        List.of(key));
  }

  private Optional<StoredEvaluation> first(String sql, List<Object> values) throws SQLException {
    try (ResultSet rows = connection.prepared(sql, values).executeQuery()) {
      return rows.next() ? Optional.of(read(rows)) : Optional.empty();
    }
  }

  /**
   * Shows the evaluations that were stored after another one, in their order.
   *
   * @param id of that one; 0 for all
   * @return the id of the last; the given one if there is none
   */
  long forEachAfter(long id, Consumer<StoredEvaluation> reader) throws SQLException {
    long last = id;
    try (Statement statement = connection.statement();
        ResultSet rows =
            statement.executeQuery(select + Text.format("WHERE id > %d ORDER BY id", id))) {
      while (rows.next()) {
        reader.accept(read(rows));
        last = rows.getLong(1);
      }
    }
    return last;
  }

  /**
   * Compares every row with its checksum. Makes an evaluation of the first alone, which takes
   * longer than the check: it shows whether the space and the classes are those of the store.
   */
  void check() throws SQLException {
    try (Statement statement = connection.statement();
        ResultSet rows = statement.executeQuery(select + "ORDER BY id")) {
      if (rows.next()) {
        read(rows);
      }
      while (rows.next()) {
        checked(rows);
      }
    }
  }

  /** Returns the values of a row that matches its checksum. */
  private List<Object> checked(ResultSet rows) throws SQLException {
    List<Object> values = new ArrayList<>(types.size());
    for (int i = 0; i < types.size(); i++) {
      values.add(types.get(i).read(rows, i + 2));
    }
    if (StoreSchema.checksum(values) != rows.getLong(types.size() + 2)) {
      throw StoreFailure.damaged(
          connection.file(), "evaluation " + rows.getLong(1) + " does not match its checksum");
    }
    return values;
  }

  private StoredEvaluation read(ResultSet rows) throws SQLException {
    List<Object> values = checked(rows);
    try {
      return StoredEvaluation.of(values, space);
    } catch (StoreException e) {
      throw e;
    } catch (RuntimeException e) {
      throw StoreFailure.damaged(
          connection.file(), "evaluation " + rows.getLong(1) + " is no evaluation");
    }
  }
}
