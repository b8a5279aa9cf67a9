package io.github.cnnevolution.run;

import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.run.EvaluationStore.CrashSuspect;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The candidates that are being trained, and those that were when a process died. The methods that
 * change it belong into a transaction.
 */
final class InFlightTable {
  private final StoreConnection connection;
  private final Function<Chromosome, Architecture> space;

  InFlightTable(StoreConnection connection, Function<Chromosome, Architecture> space) {
    this.connection = connection;
    this.space = space;
  }

  /** Notes that a candidate is being trained. */
  void start(EvaluationJob job, String worker) throws SQLException {
    connection.update(
        "INSERT INTO in_flight VALUES (?, ?, ?, ?, 1, 0, ?) ON CONFLICT (phenotype) DO UPDATE SET running = 1, worker = excluded.worker, fraction = excluded.fraction",
        List.of(
            job.architecture().phenotype(),
            job.chromosome().bits(),
            job.id(),
            worker,
            job.fraction()));
  }

  /** Notes that a candidate is no longer trained. */
  void end(String phenotype) throws SQLException {
    connection.update("DELETE FROM in_flight WHERE phenotype = ?", List.of(phenotype));
  }

  /** Nothing is in flight any more; returns the candidates that have seen a death. */
  List<CrashSuspect> clear(boolean crashed) throws SQLException {
    if (crashed) {
      connection.execute("UPDATE in_flight SET deaths = deaths + 1 WHERE running = 1");
    }
    connection.execute("UPDATE in_flight SET running = 0");
    connection.execute("DELETE FROM in_flight WHERE deaths = 0");
    List<CrashSuspect> suspects = new ArrayList<>();
    try (Statement statement = connection.statement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT chromosome, job, deaths, fraction FROM in_flight ORDER BY job")) {
      while (rows.next()) {
        Chromosome chromosome = new Chromosome(rows.getString(1));
        EvaluationJob job =
            new EvaluationJob(
                rows.getLong(2), chromosome, space.apply(chromosome), rows.getDouble(4));
        suspects.add(new CrashSuspect(job, rows.getInt(3)));
      }
    }
    return suspects;
  }

  /** All rows as they are in schema 1. */
  List<List<Object>> rows() throws SQLException {
    List<List<Object>> all = new ArrayList<>();
    try (Statement statement = connection.statement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT phenotype, chromosome, job, worker, running, deaths FROM in_flight ORDER BY job")) {
      while (rows.next()) {
        List<Object> row = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
          row.add(rows.getObject(i));
        }
        all.add(row);
      }
    }
    return all;
  }

  /** Adds a row of schema 1, which knew whole trainings alone. */
  void insert(List<Object> row) throws SQLException {
    connection.update("INSERT INTO in_flight VALUES (?, ?, ?, ?, ?, ?, 1)", row);
  }
}
