package io.github.cnnevolution.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.search.GeneticAlgorithm;
import io.github.cnnevolution.search.GeneticParameters;
import io.github.cnnevolution.search.Outcome;
import io.github.cnnevolution.search.Proposal;
import io.github.cnnevolution.space.Chromosome;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stores that version 0.1.0 wrote. */
class SchemaMigrationTest {
  @TempDir private Path directory;

  @BeforeEach
  void unzip() throws Exception {
    RecordedRuns.unzip(directory);
  }

  /** Everything that a store says. */
  private record Content(
      Map<String, String> facts,
      List<StoredEvaluation> evaluations,
      List<StoredProposal> proposals,
      List<Outcome> outcomes) {
    static Content of(EvaluationStore store) {
      List<StoredEvaluation> evaluations = new ArrayList<>();
      store.forEach(evaluations::add);
      return new Content(store.facts(), evaluations, store.proposals(), store.outcomes());
    }

    static Content read(Path file) {
      try (EvaluationStore store = EvaluationStore.openToRead(file)) {
        return of(store);
      }
    }
  }

  private static Map<String, ByteBuffer> files(Path run) throws Exception {
    Map<String, ByteBuffer> files = new TreeMap<>();
    try (Stream<Path> listed = Files.list(run)) {
      for (Path file : listed.filter(Files::isRegularFile).toList()) {
        files.put(file.getFileName().toString(), ByteBuffer.wrap(Files.readAllBytes(file)));
      }
    }
    return files;
  }

  private JsonNode said(String name) throws Exception {
    return new ObjectMapper().readTree(directory.resolve(name + ".show.json").toFile());
  }

  /** The cut run has a proposal of its last generation that was not evaluated. */
  @ParameterizedTest
  @CsvSource({"finished, 5, 12, 12", "cut, 10, 25, 21"})
  void allThatWasStoredIsThereAndTheSearchIsReconstructed(
      String run, int evaluations, int proposals, int outcomes) throws Exception {
    Content content = Content.read(directory.resolve(run).resolve("run.db"));
    JsonNode said = said(run);
    assertEquals(evaluations, content.evaluations.size());
    for (int i = 0; i < evaluations; i++) {
      JsonNode row = said.path("rows").path(i);
      Map<String, Object> now = content.evaluations.get(i).row();
      row.properties()
          .forEach(
              field ->
                  assertEquals(field.getValue().asText(), String.valueOf(now.get(field.getKey()))));
      assertEquals("plain", now.get("space"));
      assertEquals("{\"accuracy\":%s}".formatted(row.path("fitness")), now.get("objectives"));
      assertEquals(1.0, now.get("trained_fraction"));
    }
    assertEquals(said.path("program").asText(), content.facts.get("program"));
    assertEquals(
        said.path("options"), new ObjectMapper().readTree(content.facts.get(RunFacts.OPTIONS)));
    assertEquals(proposals, content.proposals.size());
    assertEquals(outcomes, content.outcomes.size());
    assertTrue(content.outcomes.stream().allMatch(o -> o.objectives().containsKey("accuracy")));
  }

  /** Chromosomes that the user gave come first, as they were given. */
  @Test
  void theSeedPopulationBeginsTheReconstructedSearch() {
    Content cut = Content.read(directory.resolve("cut/run.db"));
    List<String> first =
        cut.proposals.stream().limit(3).map(p -> p.proposal().chromosome().bits()).toList();
    assertEquals(List.of("00001000000010000000", "00011000000010000000"), first.subList(0, 2));
    assertEquals(
        List.of("given", "given", "random"),
        cut.proposals.stream().limit(3).map(p -> p.proposal().operator()).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"finished", "cut"})
  void lookingChangesNothing(String name) throws Exception {
    Path run = directory.resolve(name);
    Map<String, ByteBuffer> before = files(run);
    Content.read(run.resolve("run.db"));
    assertEquals(before, files(run));
  }

  @Test
  void aLookCannotWrite() {
    try (EvaluationStore store = EvaluationStore.openToRead(directory.resolve("cut/run.db"))) {
      assertThrows(UncheckedIOException.class, () -> store.putFact("a", "b"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"finished", "cut"})
  void openedForWritingItIsRewrittenAndACopyIsKept(String name) throws Exception {
    Path file = directory.resolve(name).resolve("run.db");
    ByteBuffer before = ByteBuffer.wrap(Files.readAllBytes(file));
    Content looked = Content.read(file);
    try (EvaluationStore store = EvaluationStore.open(file)) {
      assertEquals(looked, Content.of(store));
    }
    assertEquals(2, version(file));
    Path copy = directory.resolve(name).resolve("run.db.schema-1");
    assertEquals(1, version(copy));
    assertEquals(looked, Content.read(copy), "the copy holds what was in the log too");
    if (name.equals("finished")) {
      assertEquals(before, ByteBuffer.wrap(Files.readAllBytes(copy)));
    }
    Set<String> expected = new HashSet<>(Set.of("run.db", "run.db.schema-1", "run.lock"));
    expected.addAll(name.equals("finished") ? Set.of("best_chromosome.json") : Set.of());
    assertEquals(expected, files(directory.resolve(name)).keySet());
    Map<String, ByteBuffer> migrated = files(directory.resolve(name));
    EvaluationStore.open(file).close();
    assertEquals(migrated.keySet(), files(directory.resolve(name)).keySet(), "only once");
    assertEquals(looked, Content.read(file));
  }

  private static long version(Path file) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("PRAGMA user_version")) {
      return rows.getLong(1);
    }
  }

  @Test
  void whoWasInFlightIsStillSuspect() {
    try (EvaluationStore store = EvaluationStore.open(directory.resolve("cut/run.db"))) {
      var suspects = store.takeOver(true);
      assertEquals(1, suspects.size());
      assertEquals(1, suspects.get(0).deaths());
      assertEquals(10, suspects.get(0).job().id());
      assertEquals("w16-k7-elu-s", suspects.get(0).job().architecture().phenotype());
    }
  }

  @Test
  void aCopyIsNeverOverwritten() throws Exception {
    Path file = directory.resolve("finished/run.db");
    byte[] original = Files.readAllBytes(file);
    Path copy = directory.resolve("finished/run.db.schema-1");
    Files.writeString(copy, "precious");
    EvaluationStore.open(file).close();
    assertEquals("precious", Files.readString(copy));
    Path second = directory.resolve("finished/run.db.schema-1-2");
    assertArrayEquals(original, Files.readAllBytes(second));
    // Put back, it is rewritten again; its copy is there already.
    Files.write(file, original);
    EvaluationStore.open(file).close();
    assertFalse(Files.exists(directory.resolve("finished/run.db.schema-1-3")));
  }

  /** As `report` does beside a process of version 0.1.0: what that has committed is seen. */
  @Test
  void itCanBeReadWhileItIsWritten() throws Exception {
    Path file = directory.resolve("finished/run.db");
    Content before = Content.read(file);
    try (Connection writer = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = writer.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      for (int i = 0; i < 20; i++) {
        copyAnEvaluation(statement);
        Content now = Content.read(file);
        assertEquals(before.evaluations.size() + i + 1, now.evaluations.size());
        assertEquals(before.outcomes, now.outcomes);
      }
      statement.execute("BEGIN");
      copyAnEvaluation(statement);
      assertEquals(25, Content.read(file).evaluations.size(), "what is not committed is not seen");
      statement.execute("COMMIT");
    }
    assertEquals(26, Content.read(file).evaluations.size());
  }

  private static void copyAnEvaluation(Statement statement) throws Exception {
    String columns = String.join(", ", StoreSchema.names(StoreSchema.COLUMNS_1)) + ", checksum";
    statement.executeUpdate(
        "INSERT INTO evaluation (%s) SELECT %s FROM evaluation WHERE id = 1"
            .formatted(columns, columns));
  }

  /** Somebody who reads keeps the log alive, with which the new file must not meet. */
  @Test
  void whoeverReadsItPreventsTheRewriting() throws Exception {
    Path file = directory.resolve("cut/run.db");
    try (Connection reader = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = reader.createStatement();
        ResultSet rows = statement.executeQuery("SELECT * FROM evaluation")) {
      assertTrue(rows.next());
      StoreException e =
          assertThrows(StoreException.class, () -> EvaluationStore.open(file).close());
      assertTrue(e.getMessage().contains("is open in another program"), e.getMessage());
      assertEquals(1, version(file));
    }
    assertEquals(10, Content.read(file).evaluations.size());
    EvaluationStore.open(file).close();
    assertEquals(2, version(file));
  }

  /** Every row is as it was written, but a look-up by its key would miss it. */
  @Test
  void aDamagedIndexIsRefused() throws Exception {
    Path file = directory.resolve("finished/run.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA writable_schema = ON");
      assertEquals(
          1,
          statement.executeUpdate(
              "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name ="
                  + " 'evaluation_phenotype') WHERE name = 'evaluation_key'"));
    }
    byte[] damaged = Files.readAllBytes(file);
    StoreException e = assertThrows(StoreException.class, () -> EvaluationStore.open(file).close());
    assertTrue(e.getMessage().contains("is damaged"), e.getMessage());
    assertArrayEquals(damaged, Files.readAllBytes(file));
  }

  /** Whatever bit flips: refused as it is, or everything is taken over as it was written. */
  @Test
  void aFlippedBitIsRefusedOrHarmless() throws Exception {
    Path run = directory.resolve("finished");
    Path file = run.resolve("run.db");
    byte[] whole = Files.readAllBytes(file);
    Content expected = Content.read(file);
    Map<String, ByteBuffer> others = files(run);
    others.remove("run.db");
    Random random = new Random(1);
    int refused = 0;
    for (int i = 0; i < 300; i++) {
      byte[] flipped = whole.clone();
      flipped[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, flipped);
      try (EvaluationStore store = EvaluationStore.open(file)) {
        assertEquals(expected, Content.of(store));
      } catch (StoreException e) {
        refused++;
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        assertArrayEquals(flipped, Files.readAllBytes(file));
        Map<String, ByteBuffer> now = files(run);
        now.remove("run.db");
        assertEquals(others, now, e.getMessage());
      }
      try (Stream<Path> files = Files.list(run)) {
        for (Path other : files.filter(p -> p.toString().contains("run.db")).toList()) {
          Files.delete(other);
        }
      }
    }
    assertTrue(refused > 40, "many flips hit something: " + refused);
  }

  /** The history ends there, but what was evaluated is found. */
  @Test
  void optionsThatMakeNoSenseGiveNoHistory() throws Exception {
    for (String options : List.of("{\"pop_size\":\"many\"}", "no JSON")) {
      Path file = Files.createTempDirectory(directory, "run").resolve("run.db");
      Files.copy(directory.resolve("finished/run.db"), file);
      try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
          Statement statement = connection.createStatement()) {
        statement.executeUpdate(
            "UPDATE run SET value = '%s', checksum = %d WHERE name = 'options'"
                .formatted(options, StoreSchema.checksum(List.of("options", options))));
      }
      try (EvaluationStore store = EvaluationStore.open(file)) {
        assertEquals(5, store.size());
        assertEquals(List.of(), store.proposals());
        assertEquals(List.of(), store.outcomes());
      }
    }
  }

  /** Going on from the stored history asks for the networks for which 0.1.0 asked. */
  @ParameterizedTest
  @CsvSource({"finished, f2, 4, 5, 11, ''", "cut, c2, 5, 6, 12, seeded"})
  void theSearchGoesOnAsThatOf010Did(
      String run, String resumed, int size, int generations, long seed, String seeded)
      throws Exception {
    GeneticParameters parameters =
        GeneticParameters.builder()
            .populationSize(size)
            .generations(generations)
            .mutationRate(0.05)
            .seed(seed)
            .build();
    List<Chromosome> given =
        seeded.isEmpty()
            ? List.of()
            : List.of(
                new Chromosome("00001000000010000000"), new Chromosome("00011000000010000000"));
    Map<String, Double> fitness = new HashMap<>();
    said(resumed)
        .path("rows")
        .forEach(r -> fitness.put(r.path("phenotype").asText(), r.path("fitness").asDouble()));
    GeneticAlgorithm algorithm = new GeneticAlgorithm(parameters, given);
    Set<String> asked = new HashSet<>();
    try (EvaluationStore store = EvaluationStore.open(directory.resolve(run).resolve("run.db"))) {
      List<StoredProposal> proposals = store.proposals();
      List<Outcome> outcomes = store.outcomes();
      while (!algorithm.isFinished()) {
        List<Outcome> told = new ArrayList<>();
        for (Optional<Proposal> p = algorithm.ask(); p.isPresent(); p = algorithm.ask()) {
          int index = (int) p.get().index();
          String phenotype = store.decode(p.get().chromosome()).phenotype();
          if (index < proposals.size()) {
            assertEquals(new StoredProposal(p.get(), phenotype), proposals.get(index));
          }
          asked.add(phenotype);
          told.add(
              index < outcomes.size()
                  ? outcomes.get(index)
                  : Outcome.of(index, fitness.get(phenotype)));
        }
        told.forEach(algorithm::tell);
      }
    }
    assertEquals(fitness.keySet(), asked);
  }
}
