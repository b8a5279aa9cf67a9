package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.RecordedRuns;
import io.github.cnnevolution.run.StoreWriter;
import io.github.cnnevolution.run.StoredEvaluation;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that get SIGKILL in the middle of a write, half of whose bytes are in the file then.
 * {@code kill_in_write.c} sees to that; so every kill here hits a write, however short it is.
 */
class KilledInWriteIT {
  private static final int SIGKILLED = 128 + 9;
  private static final int ROWS = 6;

  private static final String[] OPTIONS = {
    "--data", "synthetic", "--train_limit", "20", "--epochs", "1", "--batch_size", "10",
    "--pop_size", "3", "--generations", "2", "--mutation_rate", "0.3", "--max_flops", "40M",
    "--out", "run"
  };

  @TempDir private static Path shared;
  @TempDir private Path directory;

  @Test
  void theStoreKeepsWhatItHasSaidItKeeps() throws Exception {
    assertStoreKeepsWhatItHasSaid(6);
  }

  @Test
  @Tag("nightly")
  void theStoreKeepsWhatItHasSaidItKeepsInTwelveKills() throws Exception {
    assertStoreKeepsWhatItHasSaid(12);
  }

  /**
   * What the process has said is stored is there, bit for bit, whichever write or sync of run.db,
   * its journals and its making is the last one. The seed is printed.
   */
  private void assertStoreKeepsWhatItHasSaid(int kills) throws Exception {
    long seed = System.nanoTime();
    System.out.println("theStoreKeepsWhatItHasSaidItKeeps: seed " + seed);
    Random random = new Random(seed);
    Launch writer = Launch.jar().program(StoreWriter.class).watching(shared, "run.db");
    Path log = directory.resolve("log");
    writer
        .environment("KILL_LOG", log.toString())
        .start(directory, "run.db", String.valueOf(ROWS))
        .endsWith(0);
    List<String> events = new ArrayList<>(Files.readAllLines(log));
    // One for each evaluation at least, or a power cut could take what was said to be stored.
    long syncs = events.stream().filter("sync run.db-wal"::equals).count();
    assertTrue(syncs >= ROWS, "syncs: " + events);
    events.removeIf(event -> event.startsWith("rename "));
    int all = events.size();
    for (int i = 0; i <= kills; i++) {
      // The last one leaves a journal that has to be rolled back, which few others do.
      int at =
          i == kills
              ? 1 + events.lastIndexOf("write run.db")
              : 1 + (i * all + random.nextInt(all)) / kills;
      Path place = Files.createDirectory(directory.resolve(i + ""));
      RunProcess killed =
          writer
              .environment("KILL_AT", String.valueOf(at))
              .start(place, "run.db", String.valueOf(ROWS));
      assertEquals(SIGKILLED, killed.code(), killed.text());
      assertKept(place, said(killed), "killed at " + at + " of " + all);
    }
  }

  private static int said(RunProcess process) throws Exception {
    return (int)
        Files.readAllLines(process.out()).stream()
            .filter(line -> line.startsWith("stored "))
            .count();
  }

  private static void assertKept(Path place, int said, String when) throws Exception {
    Path file = place.resolve("run.db");
    if (!Files.exists(file)) {
      assertEquals(0, said, when);
      return;
    }
    List<StoredEvaluation> kept = new ArrayList<>();
    try (EvaluationStore store = EvaluationStore.open(file)) {
      store.forEach(kept::add);
      // It can be gone on with.
      store.append(StoreWriter.evaluation(kept.size()));
    }
    assertTrue(
        kept.size() == said || kept.size() == said + 1, when + ": " + kept.size() + " of " + said);
    for (int i = 0; i < kept.size(); i++) {
      assertEquals(StoreWriter.evaluation(i), kept.get(i), when);
    }
    RunProcess.assertIntact(place);
  }

  /**
   * A store of version 0.1.0 that is rewritten: whichever write or sync is the last one, the old
   * store is there or the new one, with all that 0.1.0 had stored, and it can be gone on with.
   */
  @Test
  @Tag("nightly")
  void aMigrationLeavesTheOldStoreOrTheNewOne() throws Exception {
    RecordedRuns.unzip(directory);
    Path original = directory.resolve("cut");
    List<Object> expected = content(original);
    Launch migration = Launch.jar().program(StoreWriter.class).watching(shared, "run.db");
    Path log = directory.resolve("log");
    migration
        .environment("KILL_LOG", log.toString())
        .start(copyOf(original, "whole"), "run.db", "0")
        .endsWith(0);
    List<String> events = new ArrayList<>(Files.readAllLines(log));
    int kept = events.indexOf("rename run.db.schema-1");
    assertTrue(kept > 0 && kept < events.indexOf("rename run.db"), "kept first: " + events);
    assertEquals(
        events.indexOf("rename run.db") - 1,
        IntStream.range(0, events.size())
            .filter(i -> events.get(i).startsWith("sync run.db.") && events.get(i).endsWith("tmp"))
            .max()
            .orElse(-1),
        "forced to the disk, then renamed: " + events);
    events.removeIf(event -> event.startsWith("rename "));
    Set<Integer> schemas = new TreeSet<>();
    for (int at = 1; at <= events.size(); at++) {
      Path place = copyOf(original, "killed at " + at);
      RunProcess killed =
          migration.environment("KILL_AT", String.valueOf(at)).start(place, "run.db", "0");
      assertEquals(SIGKILLED, killed.code(), killed.text());
      schemas.add(schema(place));
      if (schema(place) == 2) {
        assertTrue(Files.exists(place.resolve("run.db.schema-1")), "killed at " + at);
      }
      EvaluationStore.open(place.resolve("run.db")).close();
      assertEquals(expected, content(place), "killed at " + at + " of " + events);
      assertEquals(2, schema(place));
      RunProcess.assertIntact(place);
    }
    assertEquals(Set.of(1, 2), schemas, "before and after it");
  }

  private Path copyOf(Path run, String name) throws Exception {
    Path copy = Files.createDirectory(directory.resolve(name));
    for (String file : List.of("run.db", "run.db-wal")) {
      Files.copy(run.resolve(file), copy.resolve(file));
    }
    return copy;
  }

  private static int schema(Path run) throws Exception {
    byte[] start = Files.readAllBytes(run.resolve("run.db"));
    return ByteBuffer.wrap(start).getInt(60);
  }

  private static List<Object> content(Path run) {
    try (EvaluationStore store = EvaluationStore.openToRead(run.resolve("run.db"))) {
      List<Object> content = new ArrayList<>();
      content.add(store.facts());
      store.forEach(content::add);
      content.addAll(store.proposals());
      content.addAll(store.outcomes());
      return content;
    }
  }

  @Test
  void aRunFindsItsFilesWhole() throws Exception {
    Path run = directory.resolve("run");
    killed("run.db", 5, OPTIONS);
    assertFalse(Files.exists(run.resolve("run.db")), "half made, it would bear no name yet");
    killed("best_model.pt", 1, OPTIONS);
    assertFalse(Files.exists(run.resolve("best_model.pt")));
    killed("run.db-wal", 20, "evolve", "--resume", "run");
    assertWhole(run);
    killed("best_chromosome.json", 1, "evolve", "--resume", "run");
    assertFalse(Files.exists(run.resolve("best_chromosome.json")));
    assertWhole(run);
    Launch.jar().start(directory, "evolve", "--resume", "run").endsWith(0);
    assertWhole(run);
    assertOldContentStays(run);
  }

  /** What replaces a file leaves the old content until the new one is on the disk. */
  private void assertOldContentStays(Path run) throws Exception {
    byte[] model = Files.readAllBytes(run.resolve("best_model.pt"));
    byte[] facts = Files.readAllBytes(run.resolve("best_chromosome.json"));
    byte[] damaged = model.clone();
    damaged[damaged.length / 2] ^= 1;
    Files.write(run.resolve("best_model.pt"), damaged);
    // Its best network is trained again for its weights, since those in the file are damaged.
    String[] more = {"evolve", "--resume", "run", "--generations", "3"};
    killed("best_model.pt", 2, more);
    if (Files.size(run.resolve("best_model.pt")) == damaged.length) {
      assertArrayEquals(damaged, Files.readAllBytes(run.resolve("best_model.pt")));
    } else {
      // A better one was found before.
      assertModelWhole(run);
    }
    killed("best_chromosome.json", 1, more);
    assertArrayEquals(facts, Files.readAllBytes(run.resolve("best_chromosome.json")));
    Path log = directory.resolve("log");
    Files.delete(run.resolve("best_model.pt"));
    watching("best_model.pt")
        .environment("KILL_LOG", log.toString())
        .start(directory, more)
        .endsWith(0);
    List<String> events = Files.readAllLines(log);
    List<String> last = events.subList(events.size() - 3, events.size());
    assertTrue(last.get(0).startsWith("write best_model.pt."), last.toString());
    assertTrue(last.get(1).startsWith("sync best_model.pt."), last.toString());
    assertEquals("rename best_model.pt", last.get(2));
    assertWhole(run);
    try (Stream<Path> files = Files.list(run)) {
      assertEquals(
          List.of("best_chromosome.json", "best_model.pt", "report.html", "run.db", "run.lock"),
          files.map(path -> path.getFileName().toString()).sorted().toList());
    }
  }

  private static Launch watching(String file) throws Exception {
    return Launch.jar().watching(shared, file);
  }

  private void killed(String file, int at, String... arguments) throws Exception {
    RunProcess process =
        watching(file).environment("KILL_AT", String.valueOf(at)).start(directory, arguments);
    assertEquals(SIGKILLED, process.code(), process.text());
  }

  private static void assertWhole(Path run) throws Exception {
    RunProcess.assertIntact(run);
    RunProcess.fitness(run);
    if (Files.exists(run.resolve("best_model.pt"))) {
      assertModelWhole(run);
    }
    Path facts = run.resolve("best_chromosome.json");
    if (Files.exists(facts)) {
      assertTrue(new ObjectMapper().readTree(facts.toFile()).hasNonNull("chromosome"));
    }
  }

  private static void assertModelWhole(Path run) throws Exception {
    try (ZipFile zip = new ZipFile(run.resolve("best_model.pt").toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        try (InputStream in = zip.getInputStream(entry)) {
          CRC32 crc = new CRC32();
          crc.update(in.readAllBytes());
          assertEquals(entry.getCrc(), crc.getValue(), entry.getName());
        }
      }
    }
  }
}
