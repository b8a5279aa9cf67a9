package io.github.cnnevolution.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.cnnevolution.evaluation.Candidates;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.evaluation.FailureKind;
import io.github.cnnevolution.run.EvaluationStore.CrashSuspect;
import io.github.cnnevolution.search.Outcome;
import io.github.cnnevolution.search.Proposal;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainNetworks;
import io.github.cnnevolution.training.EpochMetrics;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The store in real files. */
class EvaluationStoreTest {
  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = directory.resolve("run.db");
  }

  private static StoredEvaluation stored(int index, double fitness) {
    String phenotype = Candidates.job(index, index).architecture().phenotype();
    String key = EvaluationKeyTest.KEY.of(phenotype, "cpu X", 1).digest();
    return Candidates.stored(index, fitness, key);
  }

  private static StoredEvaluation failed(int index, FailureKind kind) {
    StoredEvaluation plain = stored(index, 0.5);
    return new StoredEvaluation(
        Evaluation.failed(plain.evaluation().job(), kind, "some reason", "cpu-0"),
        plain.key(),
        1,
        2,
        "cpu",
        0,
        1,
        2,
        Optional.empty());
  }

  private static int indexOf(FailureKind kind) {
    return List.of(FailureKind.values()).indexOf(kind);
  }

  private static List<StoredEvaluation> all(EvaluationStore store) {
    List<StoredEvaluation> all = new ArrayList<>();
    store.forEach(all::add);
    return all;
  }

  private static StoredEvaluationCache cache(
      EvaluationStore store, List<EvaluationStore> others, boolean retriesSlow, AtomicLong clock) {
    return new StoredEvaluationCache(
        store, others, EvaluationKeyTest.KEY, Set.of("cpu X"), retriesSlow, clock::get);
  }

  private static StoredEvaluationCache cache(EvaluationStore store, EvaluationStore... others) {
    return cache(store, List.of(others), false, new AtomicLong());
  }

  @Test
  void whatIsStoredComesBackBitForBit() {
    List<StoredEvaluation> in = new ArrayList<>();
    try (EvaluationStore store = EvaluationStore.create(file, Map.of("a", "ä 'quoted'"))) {
      in.add(stored(0, 0.1 + 0.2));
      in.add(failed(1, FailureKind.DIVERGED));
      in.add(stored(2, Math.nextDown(1.0)));
      in.forEach(store::append);
      store.putFact("b", "1");
      store.putFact("b", "2");
    }
    try (EvaluationStore store = EvaluationStore.open(file)) {
      assertEquals(in, all(store));
      assertEquals(Map.of("a", "ä 'quoted'", "b", "2"), store.facts());
      assertEquals(3, store.size());
      String phenotype = in.get(2).evaluation().job().architecture().phenotype();
      assertEquals(in.get(2), store.latest(phenotype).orElseThrow());
      assertEquals(in.get(0), store.byKey(in.get(0).key()).orElseThrow());
    }
  }

  /** A store of an older version gets the view as soon as somebody writes it, and not before. */
  @Test
  void theViewIsAddedByTheFirstThatWrites() throws Exception {
    EvaluationStore.create(file, Map.of()).close();
    assertEquals(List.of(Lineage.SQL, PartTrainings.SQL), views());
    for (String old : List.of("", "CREATE VIEW lineage AS SELECT 1 AS evaluation")) {
      execute("DROP VIEW lineage");
      execute("DROP VIEW result");
      if (!old.isEmpty()) {
        execute(old);
      }
      EvaluationStore.openToRead(file).close();
      assertEquals(old.isEmpty() ? List.of() : List.of(old), views());
      EvaluationStore.open(file).close();
      assertEquals(List.of(Lineage.SQL, PartTrainings.SQL), views());
    }
  }

  private void execute(String sql) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private List<String> views() throws Exception {
    List<String> views = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT sql FROM sqlite_master WHERE type = 'view'")) {
      while (rows.next()) {
        views.add(rows.getString(1));
      }
    }
    return views;
  }

  /**
   * A trained network keeps its number; a new one gets that of its place. From the first place that
   * another network has, all follow those before, in the order of asking.
   */
  @Test
  void numbersOfJobsAreThoseOfTheNetworks() {
    try (EvaluationStore store = EvaluationStore.create(file, Map.of())) {
      store.append(stored(3, 0.5));
      store.append(stored(4, 0.5));
      StoredEvaluationCache cache = cache(store);
      String known = stored(4, 0.5).evaluation().job().architecture().phenotype();
      assertEquals(4, cache.job(known, 0), "asked for first now, after a retried failure");
      assertEquals(1, cache.job("new", 1));
      assertEquals(5, cache.job("newer", 3));
      assertEquals(6, cache.job("newest", 2));
    }
  }

  /** What has failed is tried again in its old place, and ranked by its new one. */
  @Test
  void numbersOfRetriedJobsFollowTheOrderOfAsking() {
    try (EvaluationStore store = EvaluationStore.create(file, Map.of())) {
      for (int i = 0; i < 4; i++) {
        store.append(failed(i, FailureKind.MEMORY));
      }
      StoredEvaluationCache cache = cache(store);
      List<String> names =
          all(store).stream().map(r -> r.evaluation().job().architecture().phenotype()).toList();
      assertEquals(0, cache.job(names.get(0), 0));
      assertEquals(4, cache.job(names.get(3), 1), "the search has changed");
      assertEquals(5, cache.job(names.get(2), 2));
      assertEquals(6, cache.job(names.get(1), 3));
    }
  }

  /** Equal names stand for other networks where there are other classes. */
  @Test
  void networksHaveTheClassesOfTheirStore() {
    Chromosome chromosome = Candidates.job(0, 0).chromosome();
    EvaluationJob job = new EvaluationJob(7, chromosome, PlainNetworks.decode(chromosome, 3));
    StoredEvaluation three =
        new StoredEvaluation(stored(0, 0.5).as(job), "key", 1, 2, "cpu", 0, 1, 2, Optional.empty());
    Map<String, String> facts = Map.of(EvaluationStore.CLASSES, "3");
    try (EvaluationStore store = EvaluationStore.create(file, facts)) {
      store.started(job, "cpu-0");
      assertEquals(job, store.takeOver(true).get(0).job());
      store.append(three);
    }
    try (EvaluationStore store = EvaluationStore.open(file)) {
      assertEquals(List.of(three), all(store));
      store.putFact(EvaluationStore.CLASSES, "many");
    }
    StoreException damaged =
        assertThrows(StoreException.class, () -> EvaluationStore.open(file).close());
    assertTrue(damaged.getMessage().contains("classes is no number"), damaged.getMessage());
  }

  @Test
  void closedItIsOneFile() throws Exception {
    try (EvaluationStore store = EvaluationStore.create(file, Map.of())) {
      store.append(stored(0, 0.5));
    }
    try (var files = Files.list(directory)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void anExistingFileIsNotOverwritten() throws Exception {
    Files.writeString(file, "precious");
    assertThrows(UncheckedIOException.class, () -> EvaluationStore.create(file, Map.of()));
    assertEquals("precious", Files.readString(file));
  }

  @Test
  void evaluationsCannotBeChangedOrDeleted() throws Exception {
    try (EvaluationStore store = EvaluationStore.create(file, Map.of())) {
      store.append(stored(0, 0.5));
    }
    sql("CREATE TEMP TABLE t (x)");
    for (String change : List.of("UPDATE evaluation SET fitness = 1", "DELETE FROM evaluation")) {
      SQLException e = assertThrows(SQLException.class, () -> sql(change));
      assertTrue(e.getMessage().contains("evaluations are never"), e.getMessage());
    }
  }

  private void sql(String statement) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement sql = connection.createStatement()) {
      sql.execute(statement);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"with space", "ungewöhnlich-日本", "a?b=c&mode=ro", "100%25 #1", "it's"})
  void anyNameOfADirectoryWorks(String name) throws Exception {
    Path odd = Files.createDirectories(directory.resolve(name)).resolve("run.db");
    try (EvaluationStore store = EvaluationStore.create(odd, Map.of())) {
      store.append(stored(0, 0.5));
    }
    assertTrue(Files.size(odd) > 0);
    try (EvaluationStore store = EvaluationStore.open(odd)) {
      assertEquals(1, store.size());
    }
  }

  @Test
  void manyThreadsLoseNothing() throws Exception {
    try (EvaluationStore store = EvaluationStore.create(file, Map.of())) {
      ExecutorService pool = Executors.newFixedThreadPool(8);
      for (int i = 0; i < 200; i++) {
        int index = i;
        pool.execute(
            () -> {
              store.started(Candidates.job(index, index), "cpu-0");
              store.append(stored(index, index / 1000.0));
            });
      }
      pool.shutdown();
      assertTrue(pool.awaitTermination(5, TimeUnit.MINUTES));
    }
    try (EvaluationStore store = EvaluationStore.open(file)) {
      List<Double> found = all(store).stream().map(s -> s.evaluation().fitness()).sorted().toList();
      assertEquals(IntStream.range(0, 200).mapToObj(i -> i / 1000.0).toList(), found);
      assertEquals(List.of(), store.takeOver(true), "nothing is in flight");
    }
  }

  /** A second connection reads while the first one writes, as `runs show` does. */
  @Test
  void canBeReadWhileItIsWritten() {
    try (EvaluationStore store = EvaluationStore.create(file, Map.of())) {
      store.append(stored(0, 0.5));
      try (EvaluationStore reader = EvaluationStore.openToRead(file)) {
        assertEquals(1, reader.size());
        store.append(stored(1, 0.5));
        assertEquals(2, reader.size());
      }
    }
  }

  @Test
  void isNoStore() throws Exception {
    refused("there is no such file");
    assertFalse(Files.exists(file));
    Files.writeString(file, "");
    refused("is empty");
    Files.writeString(file, "not a database, but text that is long enough for a header of one\n");
    refused("no SQLite file");
    Files.delete(file);
    sql("CREATE TABLE evaluation (x)");
    refused("an SQLite file of another program");
  }

  @Test
  void aNewerSchemaIsLeftAlone() throws Exception {
    EvaluationStore.create(file, Map.of()).close();
    sql("PRAGMA user_version = 3");
    refused("newer version of this program (schema 3, this one knows 2)");
  }

  private void refused(String expected) throws Exception {
    byte[] before = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    for (boolean reading : new boolean[] {true, false}) {
      StoreException e =
          assertThrows(
              StoreException.class,
              () ->
                  (reading ? EvaluationStore.openToRead(file) : EvaluationStore.open(file))
                      .close());
      assertTrue(e.getMessage().contains(expected), e.getMessage());
      assertEquals(1, e.getMessage().lines().count());
      assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
    }
    assertArrayEquals(before, Files.exists(file) ? Files.readAllBytes(file) : new byte[0]);
  }

  @Test
  void truncatedAnywhereIsRefused() throws Exception {
    fill(300);
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(1);
    for (int i = 0; i < 40; i++) {
      byte[] part = Arrays.copyOf(whole, random.nextInt(whole.length));
      Files.write(file, part);
      StoreException e =
          assertThrows(StoreException.class, () -> EvaluationStore.open(file).close());
      assertEquals(1, e.getMessage().lines().count(), e.getMessage());
      assertArrayEquals(part, Files.readAllBytes(file));
    }
  }

  /**
   * Whatever bit flips: the store is refused and stays as it is, or everything in it is read as it
   * was written. SQLite alone would hand out changed numbers.
   */
  @Test
  void aFlippedBitIsRefusedOrHarmless() throws Exception {
    fill(60);
    List<StoredEvaluation> expected;
    Map<String, String> facts;
    try (EvaluationStore store = EvaluationStore.openToRead(file)) {
      expected = all(store);
      facts = store.facts();
      assertEquals(proposals(0, 60), store.proposals());
      assertEquals(outcomes(0, 60), store.outcomes());
    }
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(1);
    int refused = 0;
    for (int i = 0; i < 400; i++) {
      byte[] flipped = whole.clone();
      flipped[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, flipped);
      try (EvaluationStore store = EvaluationStore.open(file)) {
        assertEquals(expected, all(store));
        assertEquals(facts, store.facts());
        assertEquals(proposals(0, 60), store.proposals());
        assertEquals(outcomes(0, 60), store.outcomes());
        for (StoredEvaluation one : expected) {
          // By the indexes, which have no checksums.
          assertTrue(store.latest(one.evaluation().job().architecture().phenotype()).isPresent());
          assertTrue(store.byKey(one.key()).isPresent());
        }
      } catch (StoreException e) {
        refused++;
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        assertArrayEquals(flipped, Files.readAllBytes(file));
      }
      try (var files = Files.list(directory)) {
        for (Path other : files.filter(path -> !path.equals(file)).toList()) {
          Files.delete(other);
        }
      }
    }
    assertTrue(refused > 100, "many flips hit something: " + refused);
  }

  private void fill(int rows) {
    try (EvaluationStore store = EvaluationStore.create(file, Map.of("options", "{}"))) {
      for (int i = 0; i < rows; i++) {
        store.append(stored(i, i / 1000.0));
      }
      store.appendProposals(proposals(0, rows));
      store.appendOutcomes(outcomes(0, rows));
    }
  }

  /** Proposals of a made-up search whose every generation has five. */
  private static List<StoredProposal> proposals(int from, int to) {
    return IntStream.range(from, to).mapToObj(EvaluationStoreTest::proposal).toList();
  }

  private static StoredProposal proposal(int index) {
    EvaluationJob job = Candidates.job(index, index % 480);
    List<Long> parents = index < 5 ? List.of() : List.of(index - 5L, index - 1L);
    String operator = index < 5 ? "random" : "crossover";
    return new StoredProposal(
        new Proposal(
            index,
            index / 5,
            job.chromosome(),
            operator,
            parents,
            index % 2 == 0 ? 0.2 : 1,
            index % 3 == 0 ? OptionalDouble.empty() : OptionalDouble.of(-index / 4.0)),
        job.architecture().phenotype());
  }

  /** Told backwards, with several objectives, of trainings that were stopped. */
  private static List<Outcome> outcomes(int from, int to) {
    return IntStream.range(from, to)
        .map(i -> to - 1 - (i - from))
        .mapToObj(EvaluationStoreTest::outcome)
        .toList();
  }

  private static Outcome outcome(int index) {
    Map<String, Double> objectives = new LinkedHashMap<>();
    objectives.put("latency \"ms\"", index * 1e-300);
    objectives.put("accuracy", 0.1 + 0.2 * index);
    return index % 7 == 3
        ? Outcome.of(index, -1)
        : new Outcome(index, index / 3.0 - 0.5, objectives, 1 / (index + 1.0));
  }

  @Test
  void proposalsAndOutcomesComeBackBitForBit() {
    try (EvaluationStore store = EvaluationStore.create(file, Map.of())) {
      assertEquals(List.of(), store.proposals());
      assertEquals(List.of(), store.outcomes());
      store.appendProposals(proposals(0, 2));
      store.appendOutcomes(outcomes(0, 2));
      store.appendProposals(proposals(2, 12));
      store.appendOutcomes(outcomes(2, 9));
      store.appendOutcomes(List.of());
    }
    List<Outcome> told = new ArrayList<>(outcomes(0, 2));
    told.addAll(outcomes(2, 9));
    try (EvaluationStore store = EvaluationStore.open(file)) {
      assertEquals(proposals(0, 12), store.proposals());
      assertEquals(told, store.outcomes());
      assertEquals(
          List.of("latency \"ms\"", "accuracy"),
          List.copyOf(store.outcomes().get(0).objectives().keySet()),
          "in their order");
      List<StoredProposal> later = new ArrayList<>();
      assertEquals(12, store.forEachProposalFrom(10, later::add));
      assertEquals(proposals(10, 12), later);
      List<Outcome> after = new ArrayList<>();
      assertEquals(9, store.forEachOutcomeFrom(8, after::add));
      assertEquals(told.subList(8, 9), after);
      assertEquals(12, store.forEachProposalFrom(12, later::add));
    }
  }

  /** A failure that was tried again changes what follows; nothing else removes rows. */
  @Test
  void whatFollowsFromAnotherOutcomeIsReplaced() {
    try (EvaluationStore store = EvaluationStore.create(file, Map.of())) {
      store.appendProposals(proposals(0, 10));
      List<Outcome> told = IntStream.range(0, 10).mapToObj(i -> outcome(i)).toList();
      store.appendOutcomes(told);
      RunDirectory run = new RunDirectory(directory);
      RunFacts facts =
          new RunFacts(
              0,
              Map.of(),
              "plain",
              "genetic",
              "accuracy",
              "data",
              new RunFacts.Digests("a", Optional.empty(), Optional.empty()),
              100,
              OptionalInt.of(1000),
              "0",
              "0",
              1,
              0,
              Optional.empty());
      facts.facts().forEach(store::putFact);
      StoredRunReader reader = new StoredRunReader(run, store);
      assertEquals(10, reader.read().proposals().size());
      assertEquals(
          "proposal 9 has an outcome",
          assertThrows(IllegalArgumentException.class, () -> store.truncateProposals(5))
              .getMessage());
      store.truncateOutcomes(4);
      store.truncateProposals(5);
      assertEquals(proposals(0, 5), reader.read().proposals());
      assertEquals(told.subList(0, 4), reader.read().outcomes());
      StoredProposal other =
          new StoredProposal(
              new Proposal(5, 1, proposal(9).proposal().chromosome(), "copy", List.of(4L)), "x");
      store.appendProposals(List.of(other));
      store.appendOutcomes(List.of(outcome(5)));
      assertEquals(other, reader.read().proposals().get(5));
      assertEquals(6, reader.read().proposals().size());
      assertEquals(outcome(5), reader.read().outcomes().get(4));
    }
    try (EvaluationStore store = EvaluationStore.open(file)) {
      assertEquals(6, store.proposals().size());
      assertEquals(5, store.outcomes().size());
    }
  }

  @Test
  void proposalsAndOutcomesMustFitWhatIsStored() {
    try (EvaluationStore store = EvaluationStore.create(file, Map.of())) {
      store.appendProposals(proposals(0, 3));
      for (int from : new int[] {1, 4}) {
        List<StoredProposal> wrong = proposals(from, 6);
        assertEquals(
            "proposal %d does not follow the 3 that are stored".formatted(from),
            assertThrows(IllegalArgumentException.class, () -> store.appendProposals(wrong))
                .getMessage());
      }
      List<StoredProposal> gap = List.of(proposal(3), proposal(5));
      assertThrows(IllegalArgumentException.class, () -> store.appendProposals(gap));
      assertEquals(3, store.proposals().size(), "all or none");
      List<Outcome> unknown = List.of(outcome(0), outcome(3));
      assertEquals(
          "proposal 3 is not among the 3 that are stored",
          assertThrows(IllegalArgumentException.class, () -> store.appendOutcomes(unknown))
              .getMessage());
      List<Outcome> twice = List.of(outcome(0), outcome(1), outcome(0));
      assertThrows(UncheckedIOException.class, () -> store.appendOutcomes(twice));
      assertEquals(List.of(), store.outcomes(), "all or none");
      store.appendOutcomes(outcomes(0, 3));
      store.append(stored(0, 0.5));
    }
  }

  @Test
  void proposalsAndOutcomesCannotBeChanged() throws Exception {
    fill(3);
    for (String table : List.of("proposal", "outcome")) {
      SQLException e =
          assertThrows(SQLException.class, () -> sql("UPDATE " + table + " SET id = id + 10"));
      assertTrue(e.getMessage().contains(table + "s are never changed"), e.getMessage());
    }
  }

  /** What no trigger prevents is found when the store is opened. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DELETE FROM proposal WHERE id = 7 | proposal 7 is missing",
        "DELETE FROM outcome WHERE id = 7 | outcome 7 is missing",
        "DELETE FROM proposal WHERE id >= 15 | proposal 19 has an outcome, but is missing",
        "UPDATE proposal SET generation = 2 WHERE id = 7 | proposal 7 does not match its checksum",
        "UPDATE proposal SET parents = '[0]' WHERE id = 7 | proposal 7 does not match its checksum",
        "UPDATE proposal SET operator = 'copy' WHERE id = 7 | proposal 7 does not match its checksum",
        "UPDATE proposal SET chromosome = '11111111111111111111' WHERE id = 7 | proposal 7 does not match its checksum",
        "UPDATE proposal SET phenotype = 'x' WHERE id = 7 | proposal 7 does not match its checksum",
        "UPDATE outcome SET fitness = 0.25 WHERE id = 7 | outcome 7 does not match its checksum",
        "UPDATE outcome SET objectives = '{}' WHERE id = 7 | outcome 7 does not match its checksum",
        "UPDATE outcome SET trained_fraction = 0.75 WHERE id = 7 | outcome 7 does not match its checksum",
        "UPDATE outcome SET id = 99 WHERE id = 19 | outcome 19 is missing",
        "UPDATE evaluation SET objectives = '{}' WHERE id = 7 | evaluation 7 does not match its checksum",
        "UPDATE evaluation SET trained_fraction = 0.5 WHERE id = 7 | evaluation 7 does not match its checksum",
        "UPDATE evaluation SET space = 'other' WHERE id = 7 | evaluation 7 does not match its checksum"
      })
  void changesBySqlAreFound(String change, String expected) throws Exception {
    fill(20);
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      List<String> triggers = List.of("proposal_stays", "outcome_stays", "evaluation_stays");
      List<String> made =
          StoreSchema.STATEMENTS.stream()
              .filter(sql -> triggers.stream().anyMatch(t -> sql.contains("TRIGGER " + t)))
              .toList();
      for (String trigger : triggers) {
        statement.execute("DROP TRIGGER " + trigger);
      }
      assertTrue(statement.executeUpdate(change) > 0);
      for (String sql : made) {
        statement.execute(sql);
      }
    }
    byte[] changed = Files.readAllBytes(file);
    StoreException e = assertThrows(StoreException.class, () -> EvaluationStore.open(file).close());
    assertTrue(e.getMessage().contains("is damaged (" + expected + ")"), e.getMessage());
    assertArrayEquals(changed, Files.readAllBytes(file));
  }

  /** Of a fitness of one's own, in part of a training. */
  @Test
  void objectivesOfAnEvaluationComeBackBitForBit() {
    Map<String, Double> objectives = new LinkedHashMap<>();
    objectives.put("accuracy", 0.1 + 0.2);
    objectives.put("ä 'quoted\" \\ price", -Double.MIN_VALUE);
    objectives.put("unknown", Double.NaN);
    EvaluationJob job = Candidates.job(4, 4);
    Evaluation evaluation =
        new Evaluation(
            job,
            1234.5,
            objectives,
            0.2,
            OptionalDouble.of(0.5),
            Optional.empty(),
            Optional.empty(),
            List.of(new EpochMetrics(Double.NaN, 0.5)),
            1,
            1,
            1,
            "cpu-0");
    StoredEvaluation stored =
        new StoredEvaluation(evaluation, "key", 1, 5, "cpu", 0, 1, 2, Optional.empty());
    try (EvaluationStore store = EvaluationStore.create(file, Map.of())) {
      store.append(stored);
    }
    try (EvaluationStore store = EvaluationStore.open(file)) {
      assertEquals(List.of(stored), all(store));
      assertEquals("plain", stored.row().get("space"));
      assertEquals(0.2, stored.row().get("trained_fraction"));
    }
  }

  @Test
  void aFileThatVanishesIsNoticed() throws Exception {
    try (EvaluationStore store = EvaluationStore.create(file, Map.of())) {
      store.append(stored(0, 0.5));
      Files.delete(file);
      UncheckedIOException e =
          assertThrows(UncheckedIOException.class, () -> store.append(stored(1, 0.5)));
      assertTrue(e.getMessage().startsWith("cannot write " + file), e.getMessage());
      Files.writeString(file, "another file");
      assertThrows(UncheckedIOException.class, () -> store.append(stored(1, 0.5)));
    }
    assertEquals("another file", Files.readString(file));
  }

  /** Whoever writes hears of it every time, and what is there stays; with space it goes on. */
  @Test
  void aFullDiskIsNamedEachTimeAndSpaceLetsItGoOn() throws Exception {
    Path disk = Files.createDirectory(directory.resolve("disk"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString()) == 0,
        "mounting a small disk is not allowed here");
    try (EvaluationStore store = EvaluationStore.create(disk.resolve("run.db"), Map.of())) {
      store.append(stored(0, 0.5));
      Path filler = disk.resolve("filler");
      run("dd", "if=/dev/zero", "of=" + filler, "bs=4k");
      for (int i = 1; i < 6; i++) {
        EvaluationJob job = Candidates.job(i, i);
        StoredEvaluation evaluation = stored(i, 0.5);
        List<Executable> writes =
            List.of(() -> store.started(job, "cpu-0"), () -> store.append(evaluation));
        for (Executable write : writes) {
          UncheckedIOException e = assertThrows(UncheckedIOException.class, write);
          assertEquals(
              "cannot write " + disk.resolve("run.db") + ": the disk is full", e.getMessage());
        }
      }
      assertEquals(List.of(stored(0, 0.5)), all(store));
      Files.delete(filler);
      store.append(stored(1, 0.5));
      assertEquals(List.of(stored(0, 0.5), stored(1, 0.5)), all(store));
    } finally {
      run("umount", "-l", disk.toString());
    }
  }

  private static int run(String... command) throws Exception {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
  }

  @Test
  void inFlightAtOneDeathIsSuspectAndAtTwoHasFailed() {
    try (EvaluationStore store = EvaluationStore.create(file, Map.of())) {
      store.started(Candidates.job(5, 5), "cpu-0");
      store.started(Candidates.job(3, 3), "cpu-1");
      store.append(stored(3, 0.5));
    }
    EvaluationJob job = Candidates.job(5, 5);
    try (EvaluationStore store = EvaluationStore.open(file)) {
      assertEquals(List.of(new CrashSuspect(job, 1)), store.takeOver(true));
      assertEquals(
          List.of(new CrashSuspect(job, 1)), store.takeOver(true), "it was not running again");
      assertEquals(List.of(job), cache(store).recover(false));
      store.started(job, "cpu-0");
      assertEquals(List.of(), cache(store).recover(true));
      Evaluation failed = cache(store).find(job, 1).orElseThrow();
      assertEquals("ended the process twice", failed.error().orElseThrow());
      assertEquals(-1, failed.fitness());
      assertEquals(List.of(), store.takeOver(true));
    }
  }

  /** Only the process that had taken over counts, whoever opened the store since. */
  @Test
  void aSignalIsEvidenceUntilAnotherProcessTakesOver() {
    long pid = ProcessHandle.current().pid();
    EvaluationJob job = Candidates.job(5, 5);
    try (EvaluationStore store = EvaluationStore.create(file, Map.of())) {
      assertEquals(Optional.empty(), store.crash());
      assertEquals(List.of(), store.takeOver(false));
      store.started(job, "cpu-0");
      assertEquals(Optional.empty(), store.crash(), "killed by hand");
    }
    EvaluationStore.noteSignal(file, pid + 1, "SIGSEGV");
    try (EvaluationStore store = EvaluationStore.open(file)) {
      assertEquals(Optional.empty(), store.crash(), "another process");
    }
    EvaluationStore.noteSignal(file, pid, "SIGABRT");
    try (EvaluationStore store = EvaluationStore.open(file)) {
      assertEquals(Optional.of("SIGABRT"), store.crash());
      store.release();
    }
    try (EvaluationStore store = EvaluationStore.open(file)) {
      assertEquals(Optional.of("SIGABRT"), store.crash(), "it had not taken over");
      assertEquals(List.of(new CrashSuspect(job, 1)), store.takeOver(store.crash().isPresent()));
      assertEquals(Optional.empty(), store.crash());
      store.started(job, "cpu-0");
      store.release();
    }
    try (EvaluationStore store = EvaluationStore.open(file)) {
      assertEquals(Optional.empty(), store.crash(), "it ended cleanly");
      assertEquals(List.of(new CrashSuspect(job, 1)), store.takeOver(true), "as before");
    }
  }

  @Test
  void whoEndsCleanlyIsNotBlamed() {
    try (EvaluationStore store = EvaluationStore.create(file, Map.of())) {
      store.started(Candidates.job(5, 5), "cpu-0");
      assertEquals(List.of(), store.takeOver(false));
      assertEquals(List.of(), store.takeOver(true));
    }
  }

  @Test
  void failuresOfCircumstanceAreTriedAgain() {
    try (EvaluationStore store = EvaluationStore.create(file, Map.of())) {
      for (FailureKind kind : FailureKind.values()) {
        store.append(failed(indexOf(kind), kind));
      }
      for (FailureKind kind : FailureKind.values()) {
        EvaluationJob job = Candidates.job(indexOf(kind), indexOf(kind));
        boolean again = kind == FailureKind.MEMORY || kind == FailureKind.DEVICE;
        assertEquals(again, cache(store).find(job, 1).isEmpty(), kind.name());
        boolean slow = kind == FailureKind.TIME;
        assertEquals(
            again || slow,
            cache(store, List.of(), true, new AtomicLong()).find(job, 1).isEmpty(),
            kind.name());
      }
    }
  }

  @Test
  void otherRunsAnswerOnlyUnderTheSameKeyAndAreCopied() {
    Path other = directory.resolve("other.db");
    try (EvaluationStore store = EvaluationStore.create(other, Map.of())) {
      store.append(stored(0, 0.25));
      for (FailureKind kind : FailureKind.values()) {
        store.append(failed(1 + indexOf(kind), kind));
      }
    }
    try (EvaluationStore store = EvaluationStore.create(file, Map.of());
        EvaluationStore reused = EvaluationStore.openToRead(other)) {
      StoredEvaluationCache cache = cache(store, reused);
      EvaluationJob job = Candidates.job(70, 0);
      assertEquals(Optional.empty(), cache.find(job, 2), "other micro-batches");
      StoredEvaluationCache otherDevice =
          new StoredEvaluationCache(
              store, List.of(reused), EvaluationKeyTest.KEY, Set.of("gpu X"), false, () -> 0);
      assertEquals(Optional.empty(), otherDevice.find(job, 1));
      Evaluation found = cache.find(job, 1).orElseThrow();
      assertEquals(0.25, found.fitness());
      assertEquals(job, found.job());
      for (FailureKind kind : FailureKind.values()) {
        EvaluationJob failed = Candidates.job(80 + indexOf(kind), 1 + indexOf(kind));
        assertEquals(kind == FailureKind.DIVERGED, cache.find(failed, 1).isPresent(), kind.name());
      }
      assertEquals(2, cache.answered());
      StoredEvaluationCache later = cache(store);
      assertEquals(0.25, later.find(job, 1).orElseThrow().fitness(), "without the other store");
      List<String> sources = all(store).stream().flatMap(row -> row.source().stream()).toList();
      assertEquals(List.of(other.toString(), other.toString()), sources);
    }
  }

  @Test
  void aClockThatIsSetBackGivesNoNegativeTimesAndNoOtherOrder() {
    AtomicLong clock = new AtomicLong(2_000_000_000_000L);
    try (EvaluationStore store = EvaluationStore.create(file, Map.of())) {
      StoredEvaluationCache cache = cache(store, List.of(), false, clock);
      for (int i = 0; i < 3; i++) {
        EvaluationJob job = Candidates.job(i, i);
        cache.started(job, "cpu-0");
        clock.addAndGet(-86_400_000L);
        cache.ended(Candidates.success(job, "cpu-0", 1), Candidates.cpu(0), 0);
      }
      List<StoredEvaluation> all = all(store);
      for (int i = 0; i < 3; i++) {
        StoredEvaluation row = all.get(i);
        assertEquals(i, row.evaluation().job().id());
        assertTrue(row.endedMillis() >= row.startedMillis() && row.startedMillis() > 0);
        assertTrue(row.endedMillis() - row.startedMillis() < 60_000);
      }
    }
  }
}
