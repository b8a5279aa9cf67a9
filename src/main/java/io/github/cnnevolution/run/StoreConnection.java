package io.github.cnnevolution.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.sqlite.SQLiteConfig;

/**
 * An SQLite database with its prepared statements: makes transactions, and explains what fails.
 * Safe to use from many threads, one of which works at a time.
 */
final class StoreConnection implements AutoCloseable {
  private static final int BUSY_MILLIS = 10_000;

  /** What is open, and the name that messages have for it. */
  private final Path opened;

  private final Path file;
  private final Object identity;
  private final Connection connection;

  /** What closing executes first; empty for nothing. */
  private final String closing;

  private final Map<String, PreparedStatement> statements = new LinkedHashMap<>();

  private StoreConnection(Path opened, Path file, Connection connection, String closing)
      throws IOException {
    this.opened = opened;
    this.file = file;
    this.identity = identity(opened);
    this.connection = connection;
    this.closing = closing;
  }

  /** Something that is read. */
  @FunctionalInterface
  interface Query<T> {
    /** Reads it. */
    T read() throws SQLException;
  }

  /** Changes that belong together. */
  @FunctionalInterface
  interface Changes {
    /** Makes them. */
    void make() throws SQLException;
  }

  /**
   * Opens a store to add to it. SQLite keeps a write-ahead log beside it and forces that to the
   * disk with every transaction; closed, it is one plain file.
   */
  static StoreConnection toWrite(Path file) throws SQLException, IOException {
    StoreConnection opened =
        new StoreConnection(file, file, connect(url(file), false), "PRAGMA journal_mode = DELETE");
    opened.executeOrClose("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL");
    return opened;
  }

  /** Opens a store for reading. */
  static StoreConnection toRead(Path file) throws SQLException, IOException {
    return toRead(file, file);
  }

  /**
   * Opens a store for reading.
   *
   * @param shownAs the file that messages name
   */
  static StoreConnection toRead(Path file, Path shownAs) throws SQLException, IOException {
    return new StoreConnection(file, shownAs, connect(url(file), true), "");
  }

  /** Opens a store to put it in order: SQLite restores what a killed process has left. */
  static StoreConnection toRepair(Path file) throws SQLException, IOException {
    return new StoreConnection(file, file, connect(url(file), false), "");
  }

  /**
   * Makes a database at a temporary name. Nothing of it is on the disk for sure before its caller
   * forces the closed file.
   *
   * @param shownAs the file that messages name
   */
  static StoreConnection temporary(Path file, Path shownAs) throws SQLException, IOException {
    Files.createFile(file);
    StoreConnection made = new StoreConnection(file, shownAs, connect(url(file), false), "");
    made.executeOrClose("PRAGMA journal_mode = MEMORY", "PRAGMA synchronous = OFF");
    return made;
  }

  /**
   * Makes a database in memory.
   *
   * @param shownAs the file that messages name
   */
  static StoreConnection inMemory(Path shownAs) throws SQLException, IOException {
    return new StoreConnection(shownAs, shownAs, connect("jdbc:sqlite::memory:", false), "");
  }

  private static String url(Path file) {
    // A URI, or SQLite would read parts of an unusual name as parameters.
    return "jdbc:sqlite:"
        + file.toAbsolutePath().toUri().toString().replaceFirst("^file:///?", "file:///");
  }

  private static Connection connect(String url, boolean readOnly) throws SQLException {
    SqliteLibrary.load();
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(readOnly);
    config.setBusyTimeout(BUSY_MILLIS);
    return DriverManager.getConnection(url, config.toProperties());
  }

  private void executeOrClose(String... commands) throws SQLException {
    try {
      for (String command : commands) {
        execute(command);
      }
    } catch (SQLException e) {
      quietly(connection::close);
      throw e;
    }
  }

  /** What stays the same as long as the path leads to the same file. */
  private static Object identity(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  /** Where the store is. */
  Path file() {
    return file;
  }

  /**
   * Reads.
   *
   * @throws StoreException if it cannot be read
   */
  <T> T read(Query<T> query) {
    synchronized (connection) {
      try {
        return query.read();
      } catch (SQLException e) {
        throw StoreFailure.unusable(file, e);
      }
    }
  }

  /**
   * Makes changes in one transaction, all or none. When this returns, they are on the disk.
   *
   * @throws UncheckedIOException if they cannot be stored
   */
  void write(Changes changes) {
    synchronized (connection) {
      try {
        if (!Objects.equals(identity(opened), identity)) {
          throw new IOException("it is no longer the file that was opened");
        }
        connection.setAutoCommit(false);
        try {
          changes.make();
          connection.commit();
        } catch (SQLException | RuntimeException e) {
          rollBack();
          throw e;
        }
        connection.setAutoCommit(true);
      } catch (SQLException | IOException e) {
        throw StoreFailure.cannotWrite(file, e);
      }
    }
  }

  /**
   * Makes changes that survive the end of the process at once, and that of the machine as soon as
   * something after them is forced to the disk: so this need not wait for it.
   *
   * @throws UncheckedIOException if they cannot be stored
   */
  void writeWithoutWaiting(Changes changes) {
    synchronized (connection) {
      pragma("PRAGMA synchronous = NORMAL");
      try {
        write(changes);
      } finally {
        pragma("PRAGMA synchronous = FULL");
      }
    }
  }

  private void pragma(String sql) {
    try {
      execute(sql);
    } catch (SQLException e) {
      throw StoreFailure.cannotWrite(file, e);
    }
  }

  /**
   * Leaves the transaction. SQLite may have done so itself, as it does when the disk is full: what
   * it says of a second time would hide the cause. The driver closes a statement that has failed,
   * so that each is prepared anew.
   */
  private void rollBack() {
    statements.values().forEach(statement -> quietly(statement::close));
    statements.clear();
    quietly(connection::rollback);
    quietly(() -> connection.setAutoCommit(true));
  }

  private static void quietly(Changes changes) {
    try {
      changes.make();
    } catch (SQLException e) {
      return;
    }
  }

  /** Executes SQL that is not needed again. */
  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** A statement of its own, for a result that is read while others work. Close it. */
  Statement statement() throws SQLException {
    return connection.createStatement();
  }

  /** A statement that is kept, with these values in place of its question marks. */
  PreparedStatement prepared(String sql, List<?> values) throws SQLException {
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
    }
    for (int i = 0; i < values.size(); i++) {
      // Of the types of values in a row each has its own way: a whole number, a number, a text.
      statement.setObject(i + 1, values.get(i));
    }
    return statement;
  }

  /** Executes a change with these values in place of its question marks. */
  void update(String sql, List<?> values) throws SQLException {
    prepared(sql, values).executeUpdate();
  }

  /** The number that a query finds; 0 without any. */
  long number(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  /** Closes it; what is in the write-ahead log moves into the file. */
  @Override
  public void close() {
    synchronized (connection) {
      try (connection) {
        for (PreparedStatement statement : statements.values()) {
          statement.close();
        }
        statements.clear();
        if (!closing.isEmpty()) {
          execute(closing);
        }
      } catch (SQLException e) {
        // Another process reads it, or the disk is full: the log keeps the rest.
        return;
      }
    }
  }
}
