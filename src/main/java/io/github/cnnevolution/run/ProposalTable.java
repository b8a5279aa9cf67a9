package io.github.cnnevolution.run;

import io.github.cnnevolution.search.Proposal;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.text.Text;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/** What the algorithm of a run proposed; the id of a row is the index of the proposal. */
final class ProposalTable {
  private final StoreConnection connection;

  ProposalTable(StoreConnection connection) {
    this.connection = connection;
  }

  /** How many there are: the index of the next. */
  long size() throws SQLException {
    return connection.number("SELECT max(id) + 1 FROM proposal");
  }

  /** Adds proposals. Belongs into a transaction. */
  void insert(List<StoredProposal> proposals) throws SQLException {
    long next = size();
    for (StoredProposal stored : proposals) {
      Proposal proposal = stored.proposal();
      if (proposal.index() != next) {
        throw new IllegalArgumentException(
            Text.format(
                "proposal %d does not follow the %d that are stored", proposal.index(), next));
      }
      next++;
      OptionalDouble prediction = proposal.prediction();
      List<Object> row =
          Arrays.asList(
              proposal.index(),
              (long) proposal.generation(),
              proposal.chromosome().bits(),
              stored.phenotype(),
              proposal.operator(),
              StoreJson.indices(proposal.parents()),
              proposal.fraction(),
              prediction.isPresent() ? prediction.getAsDouble() : null);
      connection.update(
          "INSERT INTO proposal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", StoreSchema.withChecksum(row));
    }
  }

  /** Removes the proposals with this index and above. Belongs into a transaction. */
  void truncate(long fromIndex) throws SQLException {
    connection.update("DELETE FROM proposal WHERE id >= ?", List.of(fromIndex));
  }

  /**
   * Shows the proposals from an index on, in their order.
   *
   * @return the index after the last
   */
  long forEachFrom(long index, Consumer<StoredProposal> reader) throws SQLException {
    long next = index;
    try (Statement statement = connection.statement();
        ResultSet rows =
            statement.executeQuery(
                Text.format(
                    "SELECT id, generation, chromosome, phenotype, operator, parents, fraction, prediction, checksum FROM proposal WHERE id >= %d ORDER BY id",
                    index))) {
      while (rows.next()) {
        reader.accept(read(rows, next));
        next++;
      }
    }
    return next;
  }

  private StoredProposal read(ResultSet rows, long expected) throws SQLException {
    long id = rows.getLong(1);
    if (id != expected) {
      throw StoreFailure.damaged(connection.file(), "proposal " + expected + " is missing");
    }
    long generation = rows.getLong(2);
    String chromosome = rows.getString(3);
    String phenotype = rows.getString(4);
    String operator = rows.getString(5);
    String parents = rows.getString(6);
    double fraction = rows.getDouble(7);
    Double prediction = (Double) rows.getObject(8);
    List<Object> row =
        Arrays.asList(
            id, generation, chromosome, phenotype, operator, parents, fraction, prediction);
    if (StoreSchema.checksum(row) != rows.getLong(9)) {
      throw StoreFailure.damaged(
          connection.file(), "proposal " + id + " does not match its checksum");
    }
    try {
      return new StoredProposal(
          new Proposal(
              id,
              Math.toIntExact(generation),
              new Chromosome(chromosome),
              operator,
              StoreJson.indices(parents),
              fraction,
              prediction == null ? OptionalDouble.empty() : OptionalDouble.of(prediction)),
          phenotype);
    } catch (RuntimeException e) {
      throw StoreFailure.damaged(connection.file(), "proposal " + id + " is no proposal");
    }
  }
}
