package io.github.cnnevolution.run;

import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** Checks of a store's file before its rows are read. */
final class StoreFile {
  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

  /** What makes the views, by their names. */
  private static final Map<String, String> VIEWS =
      new TreeMap<>(Map.of(Lineage.VIEW, Lineage.SQL, PartTrainings.VIEW, PartTrainings.SQL));

  private StoreFile() {}

  /**
   * Tells a file that is no store from a damaged one, before SQLite touches it.
   *
   * @throws StoreException if it is missing, or no SQLite file
   */
  static void checkHeader(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] start = in.readNBytes(MAGIC.length);
      if (!Arrays.equals(start, MAGIC)) {
        throw new StoreException(
            file,
            start.length == 0
                ? "is empty, so not the store of a run; restore it from a copy"
                : "is not the store of a run (no SQLite file)");
      }
    } catch (NoSuchFileException e) {
      throw new StoreException(file, "there is no such file, so no run to go on with or to read");
    } catch (IOException e) {
      throw StoreFailure.unusable(file, e);
    }
  }

  /**
   * Returns the schema of a store, 1 or {@link StoreSchema#VERSION}, after its tables have been
   * compared with that.
   *
   * @throws StoreException if it has others
   */
  static int checkSchema(StoreConnection connection) throws SQLException {
    Path file = connection.file();
    if (connection.number("PRAGMA application_id") != StoreSchema.APPLICATION_ID) {
      throw new StoreException(
          file, "is not the store of a run (an SQLite file of another program)");
    }
    long version = connection.number("PRAGMA user_version");
    if (version < 1 || version > StoreSchema.VERSION) {
      throw new StoreException(
          file,
          version > StoreSchema.VERSION
              ? Text.format(
                  "was written by a newer version of this program (schema %d, this one knows %d); use that version",
                  version, StoreSchema.VERSION)
              : "has the unknown schema " + version);
    }
    List<String> expected = version == 1 ? StoreSchema.STATEMENTS_1 : StoreSchema.STATEMENTS;
    if (!statements(connection).containsAll(expected)) {
      throw StoreFailure.damaged(file, "its tables are not those of a run");
    }
    return (int) version;
  }

  private static List<String> statements(StoreConnection connection) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Statement statement = connection.statement();
        ResultSet rows =
            statement.executeQuery("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
    }
    return found;
  }

  /**
   * Compares SQLite's own structures.
   *
   * @throws StoreException if they contradict each other
   */
  static void checkIntegrity(StoreConnection connection) throws SQLException {
    try (Statement statement = connection.statement();
        ResultSet rows = statement.executeQuery("PRAGMA integrity_check(1)")) {
      if (!rows.next() || !"ok".equals(rows.getString(1))) {
        throw StoreFailure.damaged(connection.file(), rows.getString(1));
      }
    }
  }

  /**
   * A process that is killed while it opens or closes the store may leave a rollback journal, with
   * which SQLite restores what was. A reader cannot do that, so it comes first.
   */
  static void rollBackWhatWasKilled(Path file) throws SQLException, IOException {
    if (Files.exists(beside(file, "-journal"))) {
      try (StoreConnection connection = StoreConnection.toRepair(file)) {
        connection.number("SELECT count(*) FROM sqlite_master");
      }
    }
  }

  /** The tables of a new store. */
  static void makeTables(StoreConnection connection) throws SQLException {
    connection.execute("PRAGMA application_id = " + StoreSchema.APPLICATION_ID);
    connection.execute("PRAGMA user_version = " + StoreSchema.VERSION);
    for (String sql : StoreSchema.STATEMENTS) {
      connection.execute(sql);
    }
    for (String sql : VIEWS.values()) {
      connection.execute(sql);
    }
  }

  /** Adds the views to a store that lacks them, or has those of another version. */
  static void addViews(StoreConnection connection) throws SQLException {
    List<String> found = statements(connection);
    for (Map.Entry<String, String> view : VIEWS.entrySet()) {
      if (!found.contains(view.getValue())) {
        connection.write(
            () -> {
              connection.execute("DROP VIEW IF EXISTS " + view.getKey());
              connection.execute(view.getValue());
            });
      }
    }
  }

  /** A file that belongs to a store. */
  static Path beside(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  /** A free name in the same directory, which a run removes should it be left over. */
  static Path temporaryName(Path file) {
    return file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".tmp");
  }
}
