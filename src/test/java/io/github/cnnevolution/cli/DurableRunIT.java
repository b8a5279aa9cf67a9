package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.evaluation.EvaluationStore;
import java.io.File;
import java.io.InputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs that are killed, or whose disk fails them: real processes, real files. */
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class DurableRunIT {
  private static final String[] OPTIONS = {
    "--data", "synthetic", "--train_limit", "20", "--epochs", "1", "--batch_size", "10",
    "--pop_size", "10", "--generations", "14", "--mutation_rate", "0.3", "--workers", "2"
  };
  private static final int KILLS = 20;

  /** What the uninterrupted run has found. */
  private static TreeMap<String, String> expected;

  private static JsonNode expectedFacts;
  private static byte[] expectedModel;

  @TempDir private static Path shared;
  @TempDir private Path directory;

  @BeforeAll
  static void anUninterruptedRun() throws Exception {
    RunProcess process = RunProcess.start(shared, options("--out", "whole"));
    process.endsWith(0);
    expected = RunProcess.fitness(shared.resolve("whole"));
    expectedFacts = facts(shared.resolve("whole"));
    expectedModel = Files.readAllBytes(shared.resolve("whole/best_model.pt"));
    assertTrue(expected.size() > 75, "enough to kill: " + expected.size());
  }

  private static String[] options(String... more) {
    return Stream.concat(Stream.of(OPTIONS), Stream.of(more)).toArray(String[]::new);
  }

  /** Four generations only. */
  private static String[] fewer(String... more) {
    String[] options = options(more);
    options[11] = "4";
    return options;
  }

  /** A shorter run is the beginning of the longer one, to the last bit. */
  private static void assertBeginning(Path run) throws Exception {
    TreeMap<String, String> found = RunProcess.fitness(run);
    assertEquals(4, facts(run).get("generations").asInt());
    assertTrue(found.size() >= 20, found.toString());
    found.forEach((network, fitness) -> assertEquals(expected.get(network), fitness, network));
    RunProcess.assertIntact(run);
  }

  private static JsonNode facts(Path run) throws Exception {
    return new ObjectMapper().readTree(run.resolve("best_chromosome.json").toFile());
  }

  /** As if nothing had happened, to the last bit. */
  private static void assertSameResult(Path run) throws Exception {
    assertEquals(expected, RunProcess.fitness(run));
    JsonNode facts = facts(run);
    for (String key :
        List.of(
            "chromosome",
            "fitness",
            "test_accuracy",
            "generations",
            "trainings",
            "trainings_saved",
            "interrupted")) {
      assertEquals(expectedFacts.get(key), facts.get(key), key);
    }
    assertArrayEquals(expectedModel, Files.readAllBytes(run.resolve("best_model.pt")));
    RunProcess.assertIntact(run);
    try (Stream<Path> files = Files.list(run)) {
      assertEquals(
          List.of("best_chromosome.json", "best_model.pt", "report.html", "run.db", "run.lock"),
          files.map(path -> path.getFileName().toString()).sorted().toList());
    }
  }

  /**
   * The seed is printed, so that a failure can be repeated. Each process stores two evaluations at
   * least before it is killed: time for the two candidates that were in flight before, which would
   * rightly be given up if they were in flight again.
   */
  @Test
  void killedAtTwentyRandomMomentsItFindsTheSame() throws Exception {
    long seed = System.nanoTime();
    System.out.println("killedAtTwentyRandomMoments: seed " + seed);
    Random random = new Random(seed);
    Path run = directory.resolve("run");
    RunProcess process = RunProcess.start(directory, options("--out", "run"));
    int kills = 0;
    while (kills < KILLS) {
      process.awaitStored(run, RunProcess.stored(run) + 2 + random.nextInt(2));
      Thread.sleep(random.nextInt(200));
      assertTrue(process.process().isAlive(), "over after " + kills + " kills: " + process.text());
      process.kill();
      kills++;
      process = RunProcess.start(directory, "evolve", "--resume", "run");
    }
    process.endsWith(0);
    assertSameResult(run);
  }

  /** Each file of a run, killed as soon as the kernel says that it is being written. */
  @Test
  void killedWhileItWritesEveryFileIsWhole() throws Exception {
    Path run = Files.createDirectory(directory.resolve("run"));
    int leftovers = 0;
    boolean begun = false;
    for (String written :
        List.of(
            ".run.db",
            ".best_model.pt",
            "run.db-wal",
            ".best_model.pt",
            "run.db-wal",
            ".best_chromosome.json")) {
      begun = Files.exists(run.resolve("run.db"));
      long before = RunProcess.stored(run);
      try (WatchService watch = FileSystems.getDefault().newWatchService()) {
        run.register(
            watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
        RunProcess process =
            begun
                ? RunProcess.start(directory, "evolve", "--resume", "run")
                : RunProcess.start(directory, fewer("--out", "run"));
        if (written.equals("run.db-wal")) {
          // Not those that were in flight before: see above.
          process.awaitStored(run, before + 3);
          drain(watch);
        }
        await(watch, written, process);
        process.kill();
      }
      leftovers += assertWhole(run, begun);
    }
    assertTrue(leftovers > 0, "none was killed while it wrote a file");
    RunProcess process = RunProcess.start(directory, "evolve", "--resume", "run");
    process.endsWith(0);
    // Not the same result: a candidate that is in flight at two such moments is given up.
    assertWhole(run, true);
    assertTrue(RunProcess.fitness(run).size() >= 20);
  }

  private static void drain(WatchService watch) {
    for (WatchKey key = watch.poll(); key != null; key = watch.poll()) {
      key.pollEvents();
      key.reset();
    }
  }

  private static void await(WatchService watch, String prefix, RunProcess process)
      throws InterruptedException {
    while (process.process().isAlive()) {
      WatchKey key = watch.poll(100, TimeUnit.MILLISECONDS);
      if (key != null) {
        for (WatchEvent<?> event : key.pollEvents()) {
          if (String.valueOf(event.context()).startsWith(prefix)) {
            return;
          }
        }
        key.reset();
      }
    }
  }

  /** Counts the temporary files that are left. */
  private static int assertWhole(Path run, boolean begun) throws Exception {
    if (begun) {
      RunProcess.assertIntact(run);
    }
    if (Files.exists(run.resolve("best_model.pt"))) {
      try (ZipFile zip = new ZipFile(run.resolve("best_model.pt").toFile())) {
        for (ZipEntry entry : zip.stream().toList()) {
          try (InputStream in = zip.getInputStream(entry)) {
            java.util.zip.CRC32 crc = new java.util.zip.CRC32();
            crc.update(in.readAllBytes());
            assertEquals(entry.getCrc(), crc.getValue(), entry.getName());
          }
        }
      }
    }
    if (Files.exists(run.resolve("best_chromosome.json"))) {
      assertTrue(facts(run).hasNonNull("chromosome"));
    }
    try (Stream<Path> files = Files.list(run)) {
      return (int)
          files.filter(path -> path.getFileName().toString().matches("\\..*\\.tmp")).count();
    }
  }

  private static boolean shell(String... command) throws Exception {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
  }

  private static Path smallDisk(Path parent, String size) throws Exception {
    Path disk = Files.createDirectory(parent.resolve("disk"));
    assumeTrue(
        shell("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", disk.toString()),
        "mounting a small disk is not allowed here");
    return disk;
  }

  @Test
  void aFullDiskEndsTheRunAndSpaceLetsItGoOn() throws Exception {
    Path disk = smallDisk(directory, "80m");
    try {
      Path run = disk.resolve("run");
      RunProcess process = RunProcess.start(directory, options("--out", run.toString()));
      process.endsWith(1);
      assertEquals(1, process.errLines().size(), process.text());
      String line = process.errLines().get(0);
      assertTrue(line.startsWith("cnn-evolution: cannot write " + run), line);
      assertTrue(line.contains("evolve --resume " + run), line);
      assertWhole(run, true);
      RunProcess again = RunProcess.start(directory, "evolve", "--resume", run.toString());
      again.endsWith(1);
      assertTrue(shell("mount", "-o", "remount,size=400m", disk.toString()));
      RunProcess resumed = RunProcess.start(directory, "evolve", "--resume", run.toString());
      resumed.endsWith(0);
      assertSameResult(run);
    } finally {
      shell("umount", "-l", disk.toString());
    }
  }

  @Test
  void aReadOnlyDirectoryIsRefusedAndCanBeRead() throws Exception {
    Path disk = smallDisk(directory, "200m");
    try {
      Path run = disk.resolve("run");
      assertTrue(shell("cp", "-r", shared.resolve("whole").toString(), run.toString()));
      assertTrue(shell("mount", "-o", "remount,ro", disk.toString()));
      CommandLineRun resumed = CommandLineRun.of("evolve", "--resume", run.toString());
      assertEquals(2, resumed.code());
      assertTrue(resumed.err().contains("run.lock: cannot be written"), resumed.err());
      CommandLineRun created =
          CommandLineRun.of("--data", "synthetic", "--out", disk.resolve("new").toString());
      assertEquals(2, created.code());
      assertTrue(created.err().contains("cannot be created"), created.err());
      CommandLineRun shown = CommandLineRun.of("runs", "show", run.toString());
      assertEquals(0, shown.code(), shown.err());
      assertTrue(shown.out().contains("finished"), shown.out());
      CommandLineRun reusing = CommandLineRun.of("export", "--csv", run.toString());
      assertEquals(0, reusing.code(), reusing.err());
    } finally {
      shell("umount", "-l", disk.toString());
    }
  }

  @Test
  void aDirectoryThatVanishesEndsTheRun() throws Exception {
    Path run = directory.resolve("run");
    RunProcess process = RunProcess.start(directory, fewer("--out", "run"));
    process.awaitStored(run, 3);
    assertTrue(shell("rm", "-rf", run.toString()));
    process.endsWith(1);
    assertEquals(1, process.errLines().size(), process.text());
    assertTrue(process.errLines().get(0).contains("cannot write run/"), process.text());
    assertFalse(Files.exists(run));
  }

  @Test
  void aSecondProcessIsRefusedAtOnceOnAnyPath() throws Exception {
    String name = "läufe 東京/run 1";
    Path run = directory.resolve(name);
    RunProcess process = RunProcess.start(directory, fewer("--out", name));
    process.awaitStored(run, 1);
    for (int i = 0; i < 2; i++) {
      RunProcess second = RunProcess.start(directory, "evolve", "--resume", name);
      second.endsWith(2);
      assertEquals(
          List.of(
              "cnn-evolution: %s: in use by process %d; wait for it, or stop it"
                  .formatted(name, process.process().pid())),
          second.errLines());
    }
    CommandLineRun list = CommandLineRun.of("runs", "list", run.getParent().toString());
    assertTrue(list.out().contains("| running |"), list.out());
    process.kill();
    list = CommandLineRun.of("runs", "list", run.getParent().toString());
    assertTrue(list.out().contains("| died "), list.out());
    RunProcess resumed = RunProcess.start(directory, "evolve", "--resume", name);
    resumed.endsWith(0);
    assertBeginning(run);
  }

  /** Neighbours of the poison were in flight at the same death, and are not blamed. */
  @Test
  void aCandidateThatCrashesTheJvmIsGivenUpAndTheRunCompletes() throws Exception {
    String poison =
        expected.keySet().stream().filter(name -> isOfFirstGeneration(name)).findFirst().get();
    List<String> program =
        List.of(
            "-Dpoison=" + poison,
            "-XX:-CreateCoredumpOnCrash",
            "-cp",
            new File("target/test-classes").getAbsolutePath()
                + File.pathSeparator
                + new File(System.getProperty("cnnevolution.jar")).getAbsolutePath(),
            "io.github.cnnevolution.cli.PoisonMain");
    RunProcess process = RunProcess.start(directory, program, fewer("--supervise", "--out", "run"));
    process.endsWith(0);
    List<String> restarts =
        process.errLines().stream().filter(line -> line.contains("; restart ")).toList();
    assertEquals(2, restarts.size(), process.text());
    assertTrue(
        restarts.get(0).contains("the process died (a fatal error of native code"), process.text());
    List<String> failed = new ArrayList<>();
    try (EvaluationStore store = EvaluationStore.openToRead(directory.resolve("run/run.db"))) {
      store.forEach(
          stored ->
              stored
                  .evaluation()
                  .error()
                  .ifPresent(
                      reason ->
                          failed.add(
                              stored.evaluation().job().architecture().phenotype()
                                  + ": "
                                  + reason)));
    }
    assertEquals(List.of(poison + ": ended the process twice"), failed);
  }

  private static boolean isOfFirstGeneration(String phenotype) {
    boolean[] found = {false};
    try (EvaluationStore store = EvaluationStore.openToRead(shared.resolve("whole/run.db"))) {
      store.forEach(
          stored ->
              found[0] |=
                  stored.evaluation().job().id() < 8
                      && stored.evaluation().job().architecture().phenotype().equals(phenotype));
    }
    return found[0];
  }

  @Test
  void aSupervisorPassesTheSignalOn() throws Exception {
    Path run = directory.resolve("run");
    RunProcess process = RunProcess.start(directory, fewer("--supervise", "--out", "run"));
    process.awaitStored(run, 2);
    long child = process.process().children().findFirst().orElseThrow().pid();
    process.signal("TERM");
    process.endsWith(143);
    assertFalse(ProcessHandle.of(child).map(ProcessHandle::isAlive).orElse(false));
    assertTrue(process.text().contains("evolve --resume run\n"), process.text());
  }

  @Test
  void theSupervisorRestartsWhatTheKernelKills() throws Exception {
    Path run = directory.resolve("run");
    RunProcess process = RunProcess.start(directory, fewer("--supervise", "--out", "run"));
    process.awaitStored(run, 2);
    process.process().children().forEach(ProcessHandle::destroyForcibly);
    process.endsWith(0);
    assertTrue(process.text().contains("(SIGKILL"), process.text());
    assertBeginning(run);
  }
}
