package io.github.cnnevolution.run;

import io.github.cnnevolution.files.AtomicFile;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.SearchSpaces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Makes a store of schema 2 of one of schema 1, which version 0.1.0 wrote. Its evaluations, facts
 * and candidates in flight are taken over; the proposals and outcomes, which it does not have,
 * follow from them by {@link GeneticReplay}.
 */
final class SchemaMigration {
  /** Where a file of SQLite says its user_version, four bytes, the highest first. */
  private static final int VERSION_OFFSET = 60;

  private SchemaMigration() {}

  /** Everything that a store of schema 1 holds. */
  private record Content(
      Map<String, String> facts,
      List<StoredEvaluation> evaluations,
      List<List<Object>> inFlight,
      GeneticReplay.History history) {}

  /** Whether a file says that it has schema 1. Opens no database, which could change it. */
  static boolean isNeeded(Path file) throws IOException {
    ByteBuffer version = ByteBuffer.allocate(Integer.BYTES);
    try (FileChannel channel = FileChannel.open(file)) {
      channel.read(version, VERSION_OFFSET);
    }
    return !version.hasRemaining() && version.flip().getInt() == 1;
  }

  /**
   * Replaces a store of schema 1 by one of schema 2, and keeps a copy of the old one beside it. A
   * process that is killed meanwhile leaves the one or the other.
   *
   * @throws StoreException if it is damaged; it is as it was
   */
  static void migrate(Path file) throws SQLException, IOException {
    try (StoreConnection source = StoreConnection.toRead(file)) {
      // Damaged it would be refused, and what is refused is not touched.
      read(source, true);
    }
    Content content;
    try (StoreConnection source = StoreConnection.toRepair(file)) {
      // The log is folded into the file: it belongs to the old file, and must not meet the new one.
      source.execute("PRAGMA journal_mode = DELETE");
      content = read(source, false);
    }
    if (Files.exists(StoreFile.beside(file, "-wal"))) {
      throw new IOException("its write-ahead log is still there");
    }
    Path absolute = file.toAbsolutePath();
    Path temporary = StoreFile.temporaryName(absolute);
    try {
      keepCopy(absolute);
      try (StoreConnection target = StoreConnection.temporary(temporary, file)) {
        write(content, target);
      }
      AtomicFile.move(temporary, absolute);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** A copy that is there already, from a process that was killed since, is not made again. */
  private static void keepCopy(Path file) throws IOException {
    Path copy = StoreFile.beside(file, ".schema-1");
    for (int i = 2; Files.exists(copy); i++) {
      if (Files.mismatch(file, copy) < 0) {
        return;
      }
      copy = StoreFile.beside(file, ".schema-1-" + i);
    }
    try {
      AtomicFile.write(copy, out -> Files.copy(file, out));
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /**
   * Reads a store of schema 1 into a database in memory of schema 2.
   *
   * @throws StoreException if it is damaged
   */
  static StoreConnection inMemory(Path file) throws SQLException, IOException {
    Content content;
    try (StoreSnapshot copy = StoreSnapshot.of(file);
        StoreConnection source = StoreConnection.toRead(copy.file(), file)) {
      content = read(source, false);
    }
    StoreConnection target = StoreConnection.inMemory(file);
    try {
      write(content, target);
      target.execute("PRAGMA query_only = ON");
      return target;
    } catch (SQLException | RuntimeException e) {
      target.close();
      throw e;
    }
  }

  private static Content read(StoreConnection source, boolean withStructures) throws SQLException {
    // One transaction sees one state, also while another process writes.
    source.execute("BEGIN");
    if (StoreFile.checkSchema(source) != 1) {
      throw new StoreException(source.file(), "was rewritten by another process; try again");
    }
    if (withStructures) {
      StoreFile.checkIntegrity(source);
    }
    Map<String, String> facts = new FactTable(source).all();
    Function<Chromosome, Architecture> space =
        EvaluationStore.decoder(source.file(), facts, SearchSpaces.builtIn());
    List<StoredEvaluation> evaluations = new ArrayList<>();
    new EvaluationTable(source, space, StoreSchema.COLUMNS_1).forEachAfter(0, evaluations::add);
    List<List<Object>> inFlight = new InFlightTable(source, space).rows();
    source.execute("COMMIT");
    return new Content(facts, evaluations, inFlight, GeneticReplay.of(facts, evaluations, space));
  }

  private static void write(Content content, StoreConnection target) {
    FactTable facts = new FactTable(target);
    EvaluationTable evaluations = new EvaluationTable(target, SchemaMigration::notRead);
    InFlightTable inFlight = new InFlightTable(target, SchemaMigration::notRead);
    target.write(
        () -> {
          StoreFile.makeTables(target);
          for (Map.Entry<String, String> fact : content.facts.entrySet()) {
            facts.put(fact.getKey(), fact.getValue());
          }
          for (StoredEvaluation evaluation : content.evaluations) {
            evaluations.insert(evaluation);
          }
          for (List<Object> row : content.inFlight) {
            inFlight.insert(row);
          }
          new ProposalTable(target).insert(content.history.proposals());
          new OutcomeTable(target).insert(content.history.outcomes());
        });
  }

  /** Stands for a space where rows are only written. */
  private static Architecture notRead(Chromosome chromosome) {
    throw new IllegalStateException("nothing is read while rows are written");
  }
}
