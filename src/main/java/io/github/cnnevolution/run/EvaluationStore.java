package io.github.cnnevolution.run;

import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.SearchSpace;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;

/**
 * All evaluations of a run and the facts about it, in an SQLite file to which rows are only added.
 *
 * <p>While it is open for writing, SQLite keeps a write-ahead log beside it and forces it to the
 * disk with every evaluation: what {@link #append} has returned from survives the end of the
 * process and of the machine. Once closed it is one plain file. Every row has a checksum, which is
 * compared whenever it is read. Safe to use from many threads; one process at a time may have it
 * open for writing, which the caller sees to.
 */
public final class EvaluationStore implements AutoCloseable {
  private static final String INSERT =
      "INSERT INTO evaluation (%s, checksum) VALUES (%s)"
          .formatted(
              StoreSchema.columnNames(), "?, ".repeat(StoreSchema.COLUMNS.size()).concat("?"));
  private static final String SELECT =
      "SELECT id, %s, checksum FROM evaluation ".formatted(StoreSchema.columnNames());
  private static final String LATEST = SELECT + "WHERE phenotype = ? ORDER BY id DESC LIMIT 1";
  private static final String BY_KEY =
      SELECT + "WHERE key = ? AND (failure IS NULL OR failure = 'DIVERGED') ORDER BY id LIMIT 1";
  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

  /** The fact that says how many classes the networks of the run tell apart. */
  public static final String CLASSES = "classes";

  private final Path file;
  private final Object identity;
  private final Connection connection;
  private final boolean writable;
  private final Map<String, PreparedStatement> statements = new LinkedHashMap<>();

  /** 0 until it is asked for. */
  private int classes;

  private final SearchSpace space = new PlainSpace();

  private EvaluationStore(Path file, boolean writable) throws SQLException, IOException {
    this.file = file;
    this.writable = writable;
    this.connection = connect(file, !writable);
    this.identity = identity(file);
  }

  /**
   * A candidate that was being trained when the process died.
   *
   * @param job what was to be done
   * @param deaths how often that has happened, at least 1
   */
  public record CrashSuspect(EvaluationJob job, int deaths) {}

  /**
   * Makes a new store, whole or not at all, and opens it.
   *
   * @param facts about the run, by name
   * @throws UncheckedIOException if it cannot be written
   */
  public static EvaluationStore create(Path file, Map<String, String> facts) {
    Path absolute = file.toAbsolutePath();
    Path temporary =
        absolute.resolveSibling("." + absolute.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      if (Files.exists(absolute)) {
        throw new IOException("exists already");
      }
      try {
        try (Connection connection = connect(temporary, false);
            Statement statement = connection.createStatement()) {
          statement.execute("PRAGMA application_id = " + StoreSchema.APPLICATION_ID);
          statement.execute("PRAGMA user_version = " + StoreSchema.VERSION);
          connection.setAutoCommit(false);
          for (String sql : StoreSchema.STATEMENTS) {
            statement.execute(sql);
          }
          for (Map.Entry<String, String> fact : facts.entrySet()) {
            putFact(connection, fact.getKey(), fact.getValue());
          }
          connection.commit();
        }
        Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(temporary);
        Files.deleteIfExists(absolute.resolveSibling(temporary.getFileName() + "-journal"));
      }
      return openForWriting(file);
    } catch (SQLException | IOException e) {
      throw cannotWrite(file, e);
    }
  }

  /**
   * Opens a store to go on with it, after every row has been checked.
   *
   * @throws StoreException if it is missing, damaged, of a newer version, or no store at all; it is
   *     as it was
   * @throws UncheckedIOException if the disk is full
   */
  public static EvaluationStore open(Path file) {
    checkHeader(file);
    try {
      rollBackWhatWasKilled(file);
      try (EvaluationStore reader = openToRead(file)) {
        reader.checkAll();
      }
      return openForWriting(file);
    } catch (SQLException | IOException e) {
      throw isFull(e) ? cannotWrite(file, e) : unusable(file, e);
    }
  }

  /**
   * Opens a store to look at it alone, also while another process writes it.
   *
   * @throws StoreException if it is missing, damaged, of a newer version, or no store at all
   */
  public static EvaluationStore openToRead(Path file) {
    checkHeader(file);
    try {
      EvaluationStore store = new EvaluationStore(file, false);
      try {
        store.checkSchema();
        return store;
      } catch (SQLException | StoreException e) {
        store.close();
        throw e;
      }
    } catch (SQLException | IOException e) {
      throw unusable(file, e);
    }
  }

  /**
   * A process that is killed while it opens or closes the store may leave a rollback journal, with
   * which SQLite restores what was. Whoever only reads may not do that, so it comes first.
   */
  private static void rollBackWhatWasKilled(Path file) throws SQLException {
    if (Files.exists(file.resolveSibling(file.getFileName() + "-journal"))) {
      try (Connection connection = connect(file, false);
          Statement statement = connection.createStatement()) {
        statement.execute("SELECT count(*) FROM sqlite_master");
      }
    }
  }

  private static EvaluationStore openForWriting(Path file) throws SQLException, IOException {
    EvaluationStore store = new EvaluationStore(file, true);
    try (Statement statement = store.connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA synchronous = FULL");
    } catch (SQLException e) {
      store.close();
      throw e;
    }
    return store;
  }

  private static Connection connect(Path file, boolean readOnly) throws SQLException {
    SqliteLibrary.load();
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(readOnly);
    config.setBusyTimeout(10_000);
    // A URI, or SQLite would read parts of an unusual name as parameters.
    String uri = file.toAbsolutePath().toUri().toString().replaceFirst("^file:///?", "file:///");
    return DriverManager.getConnection("jdbc:sqlite:" + uri, config.toProperties());
  }

  /** So that a file that is no store is told from a damaged one, before SQLite touches it. */
  private static void checkHeader(Path file) {
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
      throw new StoreException(file, "cannot be read: " + describe(e), e);
    }
  }

  private void checkSchema() throws SQLException {
    long application = number("PRAGMA application_id");
    if (application != StoreSchema.APPLICATION_ID) {
      throw new StoreException(
          file, "is not the store of a run (an SQLite file of another program)");
    }
    long version = number("PRAGMA user_version");
    if (version != StoreSchema.VERSION) {
      throw new StoreException(
          file,
          version > StoreSchema.VERSION
              ? "was written by a newer version of this program (schema %d, this one knows %d); use that version"
                  .formatted(version, StoreSchema.VERSION)
              : "has the unknown schema " + version);
    }
    List<String> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
    }
    if (!found.containsAll(StoreSchema.STATEMENTS)) {
      throw damaged(file, "its tables are not those of a run");
    }
  }

  /** Compares SQLite's structures and every row with its checksum: a second for 100,000 rows. */
  private void checkAll() {
    synchronized (connection) {
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("PRAGMA integrity_check(1)")) {
        if (!rows.next() || !"ok".equals(rows.getString(1))) {
          throw damaged(file, rows.getString(1));
        }
      } catch (SQLException e) {
        throw unusable(file, e);
      }
      facts();
      forEach(evaluation -> {});
    }
  }

  private long number(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  /** Where the store is. */
  public Path file() {
    return file;
  }

  /** All facts about the run, by name. */
  public Map<String, String> facts() {
    synchronized (connection) {
      try {
        Map<String, String> facts = new LinkedHashMap<>();
        ResultSet rows = query("SELECT name, value, checksum FROM run ORDER BY rowid");
        while (rows.next()) {
          String name = rows.getString(1);
          String value = rows.getString(2);
          if (StoreSchema.checksum(Arrays.asList(name, value)) != rows.getLong(3)) {
            throw damaged(file, "the fact " + name + " does not match its checksum");
          }
          facts.put(name, value);
        }
        rows.close();
        return facts;
      } catch (SQLException e) {
        throw unusable(file, e);
      }
    }
  }

  /**
   * How many classes the networks of a run tell apart. Stores from before this was noted are of
   * {@value Architecture#CLASSES}.
   *
   * @param facts of its store
   * @throws IllegalArgumentException if what they say is no number
   */
  public static int classes(Map<String, String> facts) {
    return facts.containsKey(CLASSES) ? Integer.parseInt(facts.get(CLASSES)) : Architecture.CLASSES;
  }

  private int classes() {
    if (classes == 0) {
      try {
        classes = classes(facts());
      } catch (IllegalArgumentException e) {
        throw damaged(file, "the fact " + CLASSES + " is no number");
      }
    }
    return classes;
  }

  /**
   * Notes a fact about the run, in place of what was noted under this name.
   *
   * @throws UncheckedIOException if it cannot be stored
   */
  public void putFact(String name, String value) {
    write(() -> putFact(connection, name, value));
  }

  private static void putFact(Connection connection, String name, String value)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO run VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value, checksum = excluded.checksum")) {
      insert.setString(1, name);
      insert.setString(2, value);
      insert.setLong(3, StoreSchema.checksum(Arrays.asList(name, value)));
      insert.executeUpdate();
    }
  }

  /**
   * Adds an evaluation; its candidate is no longer in flight. When this returns, it is on the disk.
   *
   * @throws UncheckedIOException if it cannot be stored
   */
  public void append(StoredEvaluation evaluation) {
    List<Object> columns = evaluation.columns();
    write(
        () -> {
          PreparedStatement insert = prepared(INSERT);
          for (int i = 0; i < columns.size(); i++) {
            set(insert, i + 1, columns.get(i));
          }
          insert.setLong(columns.size() + 1, StoreSchema.checksum(columns));
          insert.executeUpdate();
          PreparedStatement delete = prepared("DELETE FROM in_flight WHERE phenotype = ?");
          delete.setString(1, evaluation.evaluation().job().architecture().phenotype());
          delete.executeUpdate();
        });
  }

  private static void set(PreparedStatement statement, int index, Object value)
      throws SQLException {
    if (value == null) {
      statement.setNull(index, Types.NULL);
    } else if (value instanceof Long number) {
      statement.setLong(index, number);
    } else if (value instanceof Double number) {
      statement.setDouble(index, number);
    } else {
      statement.setString(index, (String) value);
    }
  }

  /** The latest evaluation of a network in this run. */
  public Optional<StoredEvaluation> latest(String phenotype) {
    return first(LATEST, phenotype);
  }

  /** The first evaluation that did not fail, or failed for good, under a key. */
  public Optional<StoredEvaluation> byKey(String key) {
    return first(BY_KEY, key);
  }

  private Optional<StoredEvaluation> first(String sql, String value) {
    synchronized (connection) {
      try {
        PreparedStatement select = prepared(sql);
        select.setString(1, value);
        try (ResultSet rows = select.executeQuery()) {
          return rows.next() ? Optional.of(read(rows)) : Optional.empty();
        }
      } catch (SQLException e) {
        throw unusable(file, e);
      }
    }
  }

  /** Shows all evaluations in the order in which they were stored. */
  public void forEach(Consumer<StoredEvaluation> reader) {
    forEachAfter(0, reader);
  }

  /**
   * Shows the evaluations that were stored after another one.
   *
   * @param id of that one; 0 for all
   * @return the id of the last; the given one if there is none
   */
  public long forEachAfter(long id, Consumer<StoredEvaluation> reader) {
    synchronized (connection) {
      long last = id;
      try (Statement statement = connection.createStatement();
          ResultSet rows =
              statement.executeQuery(SELECT + "WHERE id > %d ORDER BY id".formatted(id))) {
        while (rows.next()) {
          reader.accept(read(rows));
          last = rows.getLong(1);
        }
        return last;
      } catch (SQLException e) {
        throw unusable(file, e);
      }
    }
  }

  /** How many evaluations are stored. */
  public long size() {
    synchronized (connection) {
      try {
        return number("SELECT count(*) FROM evaluation");
      } catch (SQLException e) {
        throw unusable(file, e);
      }
    }
  }

  private StoredEvaluation read(ResultSet rows) throws SQLException {
    int count = StoreSchema.COLUMNS.size();
    List<Object> columns = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Object value = rows.getObject(i + 2);
      columns.add(value instanceof Integer number ? Long.valueOf(number) : value);
    }
    int labels = classes();
    try {
      if (StoreSchema.checksum(columns) == rows.getLong(count + 2)) {
        return StoredEvaluation.of(columns, space, labels);
      }
    } catch (RuntimeException e) {
      throw damaged(file, "evaluation " + rows.getLong(1) + " is no evaluation");
    }
    throw damaged(file, "evaluation " + rows.getLong(1) + " does not match its checksum");
  }

  /**
   * Notes that a candidate is being trained. Survives the end of the process, not of the machine,
   * which is not the candidate's doing: so this need not wait for the disk.
   *
   * @throws UncheckedIOException if it cannot be stored
   */
  public void started(EvaluationJob job, String worker) {
    synchronized (connection) {
      pragma("PRAGMA synchronous = NORMAL");
      try {
        write(
            () -> {
              PreparedStatement insert =
                  prepared(
                      "INSERT INTO in_flight VALUES (?, ?, ?, ?, 1, 0) ON CONFLICT (phenotype) DO UPDATE SET running = 1, worker = excluded.worker");
              insert.setString(1, job.architecture().phenotype());
              insert.setString(2, job.chromosome().bits());
              insert.setLong(3, job.id());
              insert.setString(4, worker);
              insert.executeUpdate();
            });
      } finally {
        pragma("PRAGMA synchronous = FULL");
      }
    }
  }

  /**
   * Nothing is in flight any more; each candidate that was has seen one death more if the process
   * died.
   *
   * @return those that have seen any, in the order of their jobs
   * @throws UncheckedIOException if that cannot be stored
   */
  public List<CrashSuspect> clearInFlight(boolean crashed) {
    List<CrashSuspect> suspects = new ArrayList<>();
    int labels = classes();
    write(
        () -> {
          try (Statement statement = connection.createStatement()) {
            if (crashed) {
              statement.executeUpdate("UPDATE in_flight SET deaths = deaths + 1 WHERE running = 1");
            }
            statement.executeUpdate("UPDATE in_flight SET running = 0");
            statement.executeUpdate("DELETE FROM in_flight WHERE deaths = 0");
            try (ResultSet rows =
                statement.executeQuery(
                    "SELECT chromosome, job, deaths FROM in_flight ORDER BY job")) {
              while (rows.next()) {
                Chromosome chromosome = new Chromosome(rows.getString(1));
                suspects.add(
                    new CrashSuspect(
                        new EvaluationJob(
                            rows.getLong(2), chromosome, space.decode(chromosome, labels)),
                        rows.getInt(3)));
              }
            }
          }
        });
    return suspects;
  }

  /** Changes of the store that belong together. */
  @FunctionalInterface
  private interface Changes {
    void make() throws SQLException;
  }

  private void write(Changes changes) {
    synchronized (connection) {
      try {
        if (!Objects.equals(identity(file), identity)) {
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
        throw cannotWrite(file, e);
      }
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

  private void pragma(String sql) {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw cannotWrite(file, e);
    }
  }

  private PreparedStatement prepared(String sql) throws SQLException {
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
    }
    return statement;
  }

  private ResultSet query(String sql) throws SQLException {
    return prepared(sql).executeQuery();
  }

  /** What stays the same as long as the path leads to the same file. */
  private static Object identity(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  private static StoreException damaged(Path file, String how) {
    // SQLite's findings are several lines, the last of which says what.
    String line = how.lines().reduce((first, last) -> last).orElse("").strip();
    return new StoreException(
        file, "is damaged (%s); restore it from a copy, nothing has been changed".formatted(line));
  }

  private static StoreException unusable(Path file, Exception e) {
    if (e instanceof SQLException sql) {
      if (sql.getErrorCode() == SQLiteErrorCode.SQLITE_READONLY_ROLLBACK.code) {
        return new StoreException(
            file,
            "its process was killed while it opened or closed it; evolve --resume on its run puts it in order");
      }
      int code = sql.getErrorCode() & 0xff;
      if (code == SQLiteErrorCode.SQLITE_CORRUPT.code
          || code == SQLiteErrorCode.SQLITE_NOTADB.code) {
        return damaged(file, describe(e));
      }
    }
    return new StoreException(file, "cannot be used: " + describe(e), e);
  }

  private static UncheckedIOException cannotWrite(Path file, Exception e) {
    return new UncheckedIOException(
        "cannot write %s: %s".formatted(file, describe(e)),
        e instanceof IOException io ? io : new IOException(e));
  }

  private static boolean isFull(Exception e) {
    return e instanceof SQLException sql
        && (sql.getErrorCode() & 0xff) == SQLiteErrorCode.SQLITE_FULL.code;
  }

  private static String describe(Exception e) {
    if (isFull(e)) {
      return "the disk is full";
    }
    String kind = e.getClass().getSimpleName();
    String message = e.getMessage() == null ? "" : e.getMessage().lines().findFirst().orElse("");
    return e instanceof SQLException ? message : kind + ": " + message;
  }

  /** Closes the file; what is in the write-ahead log moves into it. */
  @Override
  public void close() {
    synchronized (connection) {
      try (connection) {
        for (PreparedStatement statement : statements.values()) {
          statement.close();
        }
        statements.clear();
        if (writable) {
          try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = DELETE");
          }
        }
      } catch (SQLException e) {
        // Somebody reads it, or the disk is full: the log stays beside it and holds the rest.
        return;
      }
    }
  }
}
