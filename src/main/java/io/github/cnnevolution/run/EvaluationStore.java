package io.github.cnnevolution.run;

import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.files.AtomicFile;
import io.github.cnnevolution.search.Outcome;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.space.SearchSpaces;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * All results of a run in an SQLite file: its evaluations, which are never changed or removed, the
 * proposals and outcomes of its search, and facts about it.
 *
 * <p>While it is open for writing, SQLite keeps a write-ahead log beside it and forces it to the
 * disk with every evaluation: what {@link #append} has returned from survives the end of the
 * process and of the machine. Proposals and outcomes follow from the evaluations and are not forced
 * one by one. Once closed it is one plain file. Every row has a checksum, which is compared
 * whenever it is read.
 *
 * <p>A store of version 0.1.0, which has no proposals and outcomes, is rewritten when it is opened
 * for writing, and a copy is kept; opened for reading, it is shown as if it had been.
 *
 * <p>Safe to use from many threads; one process at a time may have it open for writing, which the
 * caller sees to.
 */
public final class EvaluationStore implements AutoCloseable {
  /** The fact that names the search space; without it, it is the plain one. */
  public static final String SPACE = "space";

  /** The fact that says how many classes the networks of the run tell apart. */
  public static final String CLASSES = "classes";

  /** The fact that says which process trains candidates, or did when it ended. */
  private static final String PROCESS = "process";

  private final StoreConnection connection;
  private final SearchSpaces spaces;
  private final FactTable facts;
  private final EvaluationTable evaluations;
  private final InFlightTable inFlight;
  private final ProposalTable proposals;
  private final OutcomeTable outcomes;

  /** Empty until it is asked for. */
  private volatile Optional<Function<Chromosome, Architecture>> decoder = Optional.empty();

  private final AtomicInteger rewrites = new AtomicInteger();
  private final AtomicBoolean tookOver = new AtomicBoolean();

  private EvaluationStore(StoreConnection connection, SearchSpaces spaces) {
    this.spaces = spaces;
    this.connection = connection;
    this.facts = new FactTable(connection);
    this.evaluations = new EvaluationTable(connection, this::decode);
    this.inFlight = new InFlightTable(connection, this::decode);
    this.proposals = new ProposalTable(connection);
    this.outcomes = new OutcomeTable(connection);
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
    return create(file, facts, SpaceFile.builtIn());
  }

  /**
   * Makes a new store for networks of a space of one's own, whole or not at all, and opens it.
   *
   * @param facts about the run, by name
   * @param spaces among which is that of the run
   * @throws UncheckedIOException if it cannot be written
   */
  public static EvaluationStore create(Path file, Map<String, String> facts, SearchSpaces spaces) {
    Path absolute = file.toAbsolutePath();
    Path temporary = StoreFile.temporaryName(absolute);
    try {
      if (Files.exists(absolute)) {
        throw new IOException("exists already");
      }
      try {
        try (StoreConnection made = StoreConnection.temporary(temporary, file)) {
          FactTable table = new FactTable(made);
          made.write(
              () -> {
                StoreFile.makeTables(made);
                for (Map.Entry<String, String> fact : facts.entrySet()) {
                  table.put(fact.getKey(), fact.getValue());
                }
              });
        }
        AtomicFile.move(temporary, absolute);
      } finally {
        Files.deleteIfExists(temporary);
      }
      return new EvaluationStore(StoreConnection.toWrite(file), spaces);
    } catch (SQLException | IOException e) {
      throw StoreFailure.cannotWrite(file, e);
    }
  }

  /**
   * Opens a store for writing and checks every row. One of schema 1 becomes one of schema 2, and
   * stays beside it as {@code run.db.schema-1}.
   *
   * @throws StoreException if it is missing, damaged, of a newer version, no store at all, or open
   *     in a program that prevents the rewriting; it is as it was
   * @throws UncheckedIOException if the disk is full
   */
  public static EvaluationStore open(Path file) {
    return open(file, SpaceFile.builtIn());
  }

  /**
   * Opens a store for writing; see {@link #open(Path)}.
   *
   * @param spaces among which is that of the run
   */
  public static EvaluationStore open(Path file, SearchSpaces spaces) {
    StoreFile.checkHeader(file);
    try {
      StoreFile.rollBackWhatWasKilled(file);
      if (SchemaMigration.isNeeded(file)) {
        SchemaMigration.migrate(file);
      }
      try (EvaluationStore reader = openToRead(file, spaces)) {
        reader.checkAll();
      }
      StoreConnection opened = StoreConnection.toWrite(file);
      try {
        StoreFile.addViews(opened);
      } catch (SQLException | RuntimeException e) {
        opened.close();
        throw e;
      }
      return new EvaluationStore(opened, spaces);
    } catch (SQLException | IOException e) {
      throw StoreFailure.isFull(e)
          ? StoreFailure.cannotWrite(file, e)
          : StoreFailure.unusable(file, e);
    }
  }

  /**
   * Opens a store for reading, also while another process writes it. One of schema 1 is read into
   * memory, as it is at this moment; nothing on the disk changes.
   *
   * @throws StoreException if it is missing, damaged, of a newer version, or no store at all
   */
  public static EvaluationStore openToRead(Path file) {
    return openToRead(file, SpaceFile.builtIn());
  }

  /**
   * Opens a store for reading; see {@link #openToRead(Path)}.
   *
   * @param spaces among which is that of the run
   */
  public static EvaluationStore openToRead(Path file, SearchSpaces spaces) {
    StoreFile.checkHeader(file);
    try {
      if (SchemaMigration.isNeeded(file)) {
        return new EvaluationStore(SchemaMigration.inMemory(file), spaces);
      }
      StoreConnection opened = StoreConnection.toRead(file);
      try {
        StoreFile.checkSchema(opened);
        return new EvaluationStore(opened, spaces);
      } catch (SQLException | StoreException e) {
        opened.close();
        throw e;
      }
    } catch (SQLException | IOException e) {
      throw StoreFailure.unusable(file, e);
    }
  }

  /** Compares SQLite's structures and every row with its checksum: a second for 100,000 rows. */
  private void checkAll() throws SQLException {
    StoreFile.checkIntegrity(connection);
    facts();
    evaluations.check();
    long proposed = forEachProposalFrom(0, proposal -> {});
    forEachOutcomeFrom(
        0,
        outcome -> {
          if (outcome.proposal() >= proposed) {
            throw StoreFailure.damaged(
                file(),
                Text.format("proposal %d has an outcome, but is missing", outcome.proposal()));
          }
        });
  }

  /** Where the store is. */
  public Path file() {
    return connection.file();
  }

  /** The search space of the run, if it is among those that the store was opened with. */
  public Optional<SearchSpace> space() {
    try {
      return Optional.of(space(facts(), spaces));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The space that facts name or describe. */
  private static SearchSpace space(Map<String, String> facts, SearchSpaces spaces) {
    return SpaceFile.space(
        facts.getOrDefault(SpaceFile.DEFINITION, ""),
        facts.getOrDefault(SPACE, PlainSpace.NAME),
        spaces);
  }

  /** All facts about the run, by name. */
  public Map<String, String> facts() {
    return connection.read(facts::all);
  }

  /**
   * Returns the number of classes of a run. Older stores do not record it; they have {@value
   * Architecture#CLASSES}.
   *
   * @param facts of its store
   * @throws IllegalArgumentException if it is not a number
   */
  public static int classes(Map<String, String> facts) {
    return facts.containsKey(CLASSES) ? Integer.parseInt(facts.get(CLASSES)) : Architecture.CLASSES;
  }

  /**
   * Returns the network that a chromosome stands for in this run.
   *
   * @throws StoreException if the store does not name its space or classes
   */
  public Architecture decode(Chromosome chromosome) {
    if (decoder.isEmpty()) {
      decoder = Optional.of(decoder(file(), facts(), spaces));
    }
    return decoder.get().apply(chromosome);
  }

  /** What decodes the chromosomes of a store with these facts. */
  static Function<Chromosome, Architecture> decoder(
      Path file, Map<String, String> facts, SearchSpaces spaces) {
    int classes;
    try {
      classes = classes(facts);
    } catch (IllegalArgumentException e) {
      throw StoreFailure.damaged(file, "the fact " + CLASSES + " is no number");
    }
    try {
      SearchSpace space = space(facts, spaces);
      return chromosome -> space.decode(chromosome, classes);
    } catch (IllegalArgumentException e) {
      throw new StoreException(
          file, e.getMessage() + "; open it with the program that has its space");
    }
  }

  /**
   * Notes a fact about the run, in place of what was noted under this name.
   *
   * @throws UncheckedIOException if it cannot be stored
   */
  public void putFact(String name, String value) {
    putFacts(Map.of(name, value));
  }

  /**
   * Notes several facts about the run, all of them or none.
   *
   * @throws UncheckedIOException if they cannot be stored
   */
  public void putFacts(Map<String, String> values) {
    connection.write(
        () -> {
          for (Map.Entry<String, String> fact : values.entrySet()) {
            facts.put(fact.getKey(), fact.getValue());
          }
        });
    if (values.containsKey(SpaceFile.DEFINITION)) {
      // Chromosomes have more genes from now on.
      decoder = Optional.empty();
    }
  }

  /**
   * Adds an evaluation; its candidate is no longer in flight. When this returns, it is on the disk.
   *
   * @throws UncheckedIOException if it cannot be stored
   */
  public void append(StoredEvaluation evaluation) {
    connection.write(
        () -> {
          evaluations.insert(evaluation);
          inFlight.end(evaluation.evaluation().job().architecture().phenotype());
        });
  }

  /**
   * What became of a network.
   *
   * @param phenotype the network
   * @param succeeded whether its training did not fail
   * @param fraction the part of the training that was asked for
   */
  record Evaluated(String phenotype, boolean succeeded, double fraction) {}

  /** Shows the number of each evaluation's job, in the order in which they were stored. */
  void forEachJob(BiConsumer<Evaluated, Long> reader) {
    connection.read(
        () -> {
          evaluations.forEachJob(reader);
          return null;
        });
  }

  /** The latest evaluation of a whole training of a network in this run. */
  public Optional<StoredEvaluation> latest(String phenotype) {
    return latest(phenotype, 1);
  }

  /**
   * The latest evaluation of a network in this run for which this part of its training was asked.
   */
  public Optional<StoredEvaluation> latest(String phenotype, double fraction) {
    return connection.read(() -> evaluations.latest(phenotype, fraction));
  }

  /** The networks whose whole training has a result, or has failed. */
  public Set<String> wholeTrainings() {
    Set<String> phenotypes = new HashSet<>();
    forEachJob(
        (evaluated, job) -> {
          if (evaluated.fraction() == 1) {
            phenotypes.add(evaluated.phenotype());
          }
        });
    return phenotypes;
  }

  /** The first evaluation that did not fail, or failed for good, under a key. */
  public Optional<StoredEvaluation> byKey(String key) {
    return connection.read(() -> evaluations.byKey(key));
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
    return connection.read(() -> evaluations.forEachAfter(id, reader));
  }

  /** How many evaluations are stored. */
  public long size() {
    return connection.read(() -> connection.number("SELECT count(*) FROM evaluation"));
  }

  /**
   * Notes that a candidate is being trained. Survives the end of the process, not of the machine,
   * which is not the candidate's doing: so this does not wait for the disk.
   *
   * @throws UncheckedIOException if it cannot be stored
   */
  public void started(EvaluationJob job, String worker) {
    connection.writeWithoutWaiting(() -> inFlight.start(job, worker));
  }

  /**
   * Returns what shows that the last process that trained candidates crashed, in a few words. Empty
   * if nothing does: it ended cleanly, was killed by hand, or the machine went down.
   */
  public Optional<String> crash() {
    return Optional.ofNullable(facts().get(PROCESS))
        .flatMap(ProcessRecord::parse)
        .flatMap(ProcessRecord::crash);
  }

  /**
   * Notes that nothing is in flight any more, and that this process trains candidates from now on.
   * Each candidate that was in flight has seen one death more if the process before crashed.
   *
   * @return those that have seen any, in the order of their jobs
   * @throws UncheckedIOException if that cannot be stored
   */
  public List<CrashSuspect> takeOver(boolean crashed) {
    List<CrashSuspect> suspects = new ArrayList<>();
    String process = ProcessRecord.current().json();
    connection.write(
        () -> {
          suspects.addAll(inFlight.clear(crashed));
          facts.put(PROCESS, process);
        });
    tookOver.set(true);
    return suspects;
  }

  /**
   * Notes that this process trains no more candidates. If it had not taken over, the store keeps
   * what it says of the process before.
   *
   * @throws UncheckedIOException if that cannot be stored
   */
  public void release() {
    if (tookOver.get()) {
      connection.write(
          () -> {
            inFlight.clear(false);
            facts.remove(PROCESS);
          });
    }
  }

  /**
   * Notes which signal ended the process that trained candidates, which only its parent can see.
   *
   * @param pid of the process; nothing is noted if it was another one that trained
   * @throws StoreException if the store cannot be used
   */
  static void noteSignal(Path file, long pid, String signal) {
    StoreFile.checkHeader(file);
    try (StoreConnection store = StoreConnection.toWrite(file)) {
      FactTable table = new FactTable(store);
      Optional<ProcessRecord> process =
          Optional.ofNullable(table.all().get(PROCESS)).flatMap(ProcessRecord::parse);
      if (process.filter(record -> record.pid() == pid).isPresent()) {
        store.write(() -> table.put(PROCESS, process.get().endedBy(signal).json()));
      }
    } catch (SQLException | IOException e) {
      throw StoreFailure.unusable(file, e);
    }
  }

  /** Whether the process of this number has taken over, and has not ended cleanly. */
  boolean isTrainedBy(long pid) {
    return Optional.ofNullable(facts().get(PROCESS))
        .flatMap(ProcessRecord::parse)
        .filter(record -> record.pid() == pid)
        .isPresent();
  }

  /**
   * Adds proposals, all or none. Does not wait for the disk.
   *
   * @throws IllegalArgumentException if their indices do not follow those that are stored
   * @throws UncheckedIOException if they cannot be stored
   */
  public void appendProposals(List<StoredProposal> more) {
    connection.writeWithoutWaiting(() -> proposals.insert(more));
  }

  /**
   * Adds outcomes in the order in which they were told, all or none. Does not wait for the disk.
   *
   * @throws IllegalArgumentException if a proposal is not stored
   * @throws UncheckedIOException if they cannot be stored, or a proposal has an outcome already
   */
  public void appendOutcomes(List<Outcome> more) {
    connection.writeWithoutWaiting(
        () -> {
          long proposed = proposals.size();
          for (Outcome outcome : more) {
            if (outcome.proposal() >= proposed) {
              throw new IllegalArgumentException(
                  Text.format(
                      "proposal %d is not among the %d that are stored",
                      outcome.proposal(), proposed));
            }
          }
          outcomes.insert(more);
        });
  }

  /** All proposals, by index. */
  public List<StoredProposal> proposals() {
    List<StoredProposal> all = new ArrayList<>();
    forEachProposalFrom(0, all::add);
    return all;
  }

  /** All outcomes in the order in which they were told. */
  public List<Outcome> outcomes() {
    List<Outcome> all = new ArrayList<>();
    forEachOutcomeFrom(0, all::add);
    return all;
  }

  /**
   * Shows the proposals from an index on.
   *
   * @return the index after the last
   */
  public long forEachProposalFrom(long index, Consumer<StoredProposal> reader) {
    return connection.read(() -> proposals.forEachFrom(index, reader));
  }

  /**
   * Shows the outcomes from a place in the order of telling on.
   *
   * @param position counts from 0
   * @return the position after the last
   */
  public long forEachOutcomeFrom(long position, Consumer<Outcome> reader) {
    return connection.read(() -> outcomes.forEachFrom(position, reader));
  }

  /**
   * Removes the proposals with this index and above: a search that goes on now makes others, since
   * a failure that was tried again had another outcome. Remove the outcomes first.
   *
   * @throws IllegalArgumentException if one of them has an outcome
   * @throws UncheckedIOException if that cannot be stored
   */
  public void truncateProposals(long fromIndex) {
    connection.write(
        () -> {
          if (outcomes.lastProposal() >= fromIndex) {
            throw new IllegalArgumentException(
                Text.format("proposal %d has an outcome", outcomes.lastProposal()));
          }
          proposals.truncate(fromIndex);
        });
    rewrites.incrementAndGet();
  }

  /**
   * Removes the outcomes from this place in the order of telling on, for the same reason.
   *
   * @throws UncheckedIOException if that cannot be stored
   */
  public void truncateOutcomes(int fromPosition) {
    connection.write(() -> outcomes.truncate(fromPosition));
    rewrites.incrementAndGet();
  }

  /**
   * Returns how often proposals or outcomes have been removed since the store was opened. After a
   * removal, cached rows must be read again.
   */
  int rewrites() {
    return rewrites.get();
  }

  /** Closes the file; what is in the write-ahead log moves into it. */
  @Override
  public void close() {
    connection.close();
  }
}
