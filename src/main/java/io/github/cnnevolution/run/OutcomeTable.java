package io.github.cnnevolution.run;

import io.github.cnnevolution.search.Outcome;
import io.github.cnnevolution.text.Text;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** What the algorithm of a run was told; the id of a row is its place in the order of telling. */
final class OutcomeTable {
  private final StoreConnection connection;

  OutcomeTable(StoreConnection connection) {
    this.connection = connection;
  }

  /** How many there are: the place of the next. */
  long size() throws SQLException {
    return connection.number("SELECT max(id) + 1 FROM outcome");
  }

  /** The highest index of a proposal that has an outcome; -1 without any. */
  long lastProposal() throws SQLException {
    return connection.number("SELECT coalesce(max(proposal), -1) FROM outcome");
  }

  /** Adds outcomes. Belongs into a transaction. */
  void insert(List<Outcome> outcomes) throws SQLException {
    long position = size();
    for (Outcome outcome : outcomes) {
      List<Object> row =
          List.of(
              position,
              outcome.proposal(),
              outcome.fitness(),
              StoreJson.objectives(outcome.objectives()),
              outcome.trainedFraction());
      connection.update(
          "INSERT INTO outcome VALUES (?, ?, ?, ?, ?, ?)", StoreSchema.withChecksum(row));
      position++;
    }
  }

  /** Removes the outcomes from this place on. Belongs into a transaction. */
  void truncate(long fromPosition) throws SQLException {
    connection.update("DELETE FROM outcome WHERE id >= ?", List.of(fromPosition));
  }

  /**
   * Shows the outcomes from a place in the order of telling on.
   *
   * @return the place after the last
   */
  long forEachFrom(long position, Consumer<Outcome> reader) throws SQLException {
    long next = position;
    try (Statement statement = connection.statement();
        ResultSet rows =
            statement.executeQuery(
                Text.format(
                    "SELECT id, proposal, fitness, objectives, trained_fraction, checksum FROM outcome WHERE id >= %d ORDER BY id",
                    position))) {
      while (rows.next()) {
        reader.accept(read(rows, next));
        next++;
      }
    }
    return next;
  }

  private Outcome read(ResultSet rows, long expected) throws SQLException {
    long id = rows.getLong(1);
    if (id != expected) {
      throw StoreFailure.damaged(connection.file(), "outcome " + expected + " is missing");
    }
    long proposal = rows.getLong(2);
    double fitness = rows.getDouble(3);
    String objectives = rows.getString(4);
    double fraction = rows.getDouble(5);
    List<Object> row = Arrays.asList(id, proposal, fitness, objectives, fraction);
    if (StoreSchema.checksum(row) != rows.getLong(6)) {
      throw StoreFailure.damaged(
          connection.file(), "outcome " + id + " does not match its checksum");
    }
    try {
      return new Outcome(proposal, fitness, StoreJson.objectives(objectives), fraction);
    } catch (RuntimeException e) {
      throw StoreFailure.damaged(connection.file(), "outcome " + id + " is no outcome");
    }
  }
}
