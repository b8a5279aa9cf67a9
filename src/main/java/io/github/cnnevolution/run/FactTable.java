package io.github.cnnevolution.run;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The facts about a run: a name and a text each. */
final class FactTable {
  private final StoreConnection connection;

  FactTable(StoreConnection connection) {
    this.connection = connection;
  }

  /** All facts, in the order in which their names were first noted. */
  Map<String, String> all() throws SQLException {
    Map<String, String> facts = new LinkedHashMap<>();
    try (Statement statement = connection.statement();
        ResultSet rows =
            statement.executeQuery("SELECT name, value, checksum FROM run ORDER BY rowid")) {
      while (rows.next()) {
        String name = rows.getString(1);
        String value = rows.getString(2);
        if (StoreSchema.checksum(Arrays.asList(name, value)) != rows.getLong(3)) {
          throw StoreFailure.damaged(
              connection.file(), "the fact " + name + " does not match its checksum");
        }
        facts.put(name, value);
      }
    }
    return facts;
  }

  /** Notes a fact in place of what was noted under this name. Belongs into a transaction. */
  void put(String name, String value) throws SQLException {
    List<String> fact = List.of(name, value);
    connection.update(
        "INSERT INTO run VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value, checksum = excluded.checksum",
        List.of(name, value, StoreSchema.checksum(fact)));
  }

  /** Removes a fact, if it is there. Belongs into a transaction. */
  void remove(String name) throws SQLException {
    connection.update("DELETE FROM run WHERE name = ?", List.of(name));
  }
}
