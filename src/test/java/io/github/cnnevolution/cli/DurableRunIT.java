package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.StoredEvaluation;
import io.github.cnnevolution.testing.RunStore;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that are killed, or whose disk fails them: real processes, real files. */
class DurableRunIT {
  private static final String[] OPTIONS = {
    "--data",
    "synthetic",
    "--train_limit",
    "20",
    "--epochs",
    "1",
    "--batch_size",
    "10",
    "--pop_size",
    "10",
    "--generations",
    "14",
    "--mutation_rate",
    "0.3",
    "--workers",
    "2",
    "--max_flops",
    "200M"
  };
  private static final int KILLS = 20;

  /** What a short run finds that nothing interrupts. */
  private static Found shorter;

  @TempDir private static Path shared;
  @TempDir private Path directory;

  /**
   * What a run has found.
   *
   * @param fitness networks and the bits of their fitness
   * @param facts content of best_chromosome.json
   * @param model content of best_model.pt
   */
  private record Found(TreeMap<String, String> fitness, JsonNode facts, ByteBuffer model) {
    static Found in(Path run) throws Exception {
      return new Found(
          RunProcess.fitness(run),
          new ObjectMapper().readTree(run.resolve("best_chromosome.json").toFile()),
          ByteBuffer.wrap(Files.readAllBytes(run.resolve("best_model.pt"))));
    }
  }

  @BeforeAll
  static void uninterruptedRun() throws Exception {
    start(shared, fewer("--out", "shorter")).endsWith(0);
    shorter = Found.in(shared.resolve("shorter"));
    assertTrue(shorter.fitness.size() > 6, "enough to interrupt: " + shorter.fitness.size());
  }

  private static RunProcess start(Path directory, String... arguments) throws Exception {
    return Launch.jar().start(directory, arguments);
  }

  private static String[] options(String... more) {
    return Stream.concat(Stream.of(OPTIONS), Stream.of(more)).toArray(String[]::new);
  }

  /** Two generations of six only, with a seed whose best network is soon measured. */
  private static String[] fewer(String... more) {
    String[] options =
        Stream.of(options("--seed", "4"), more).flatMap(Stream::of).toArray(String[]::new);
    options[9] = "6";
    options[11] = "2";
    return options;
  }

  /** As if nothing had happened, to the last bit. */
  private static void assertSame(Found expected, Path run) throws Exception {
    Found found = Found.in(run);
    assertEquals(expected.fitness, found.fitness);
    for (String key :
        List.of(
            "chromosome",
            "fitness",
            "test_accuracy",
            "generations",
            "trainings",
            "trainings_saved",
            "interrupted")) {
      assertEquals(expected.facts.get(key), found.facts.get(key), key);
    }
    assertEquals(expected.model, found.model);
    RunProcess.assertIntact(run);
    try (Stream<Path> files = Files.list(run)) {
      assertEquals(
          List.of("best_chromosome.json", "best_model.pt", "report.html", "run.db", "run.lock"),
          files.map(path -> path.getFileName().toString()).sorted().toList());
    }
  }

  /**
   * The seed is printed, so that a failure can be repeated. Each process stores two evaluations at
   * least before it is killed, so that the kills are spread over the run; {@link CrashEvidenceIT}
   * kills during one candidate.
   */
  @Test
  @Tag("nightly")
  void killedAtTwentyRandomMomentsItFindsTheSame() throws Exception {
    long seed = System.nanoTime();
    System.out.println("killedAtTwentyRandomMoments: seed " + seed);
    Random random = new Random(seed);
    start(directory, options("--out", "whole")).endsWith(0);
    Found whole = Found.in(directory.resolve("whole"));
    assertTrue(whole.fitness.size() > 75, "enough to kill: " + whole.fitness.size());
    Path run = directory.resolve("run");
    RunProcess process = start(directory, options("--out", "run"));
    int kills = 0;
    while (kills < KILLS) {
      process.awaitStored(run, RunStore.size(run) + 2 + random.nextInt(2));
      Thread.sleep(random.nextInt(200));
      assertTrue(process.process().isAlive(), "over after " + kills + " kills: " + process.text());
      process.kill();
      kills++;
      process = start(directory, "evolve", "--resume", "run");
    }
    process.endsWith(0);
    assertSame(whole, run);
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

  /** What a run says at its end. That its page cannot be written either is no end. */
  private static String onlyLine(RunProcess process) throws Exception {
    List<String> lines =
        process.errLines().stream()
            .filter(line -> !line.contains("writes its page later"))
            .toList();
    assertEquals(1, lines.size(), process.text());
    return lines.get(0);
  }

  private static void assertEndsWithOneLine(RunProcess process, String start, Path run)
      throws Exception {
    process.endsWith(1);
    String line = onlyLine(process);
    assertTrue(line.startsWith("cnn-evolution: cannot write " + start), line);
    assertTrue(line.contains("evolve --resume " + run), line);
    RunProcess.assertIntact(run);
  }

  /**
   * The best model does not fit; smaller ones before it may. With one worker: another could write
   * its evaluation just while the model fills the disk, and the run would end with that.
   */
  @Test
  void aDiskThatFillsWithAModelEndsTheRunAndSpaceLetsItGoOn() throws Exception {
    Path disk = smallDisk(directory, shorter.model.remaining() - (1 << 20) + "");
    try {
      Path run = disk.resolve("run");
      String[] options = fewer("--out", run.toString());
      options[List.of(options).indexOf("--workers") + 1] = "1";
      assertEndsWithOneLine(start(directory, options), run + "/best_model.pt", run);
      RunProcess again = start(directory, "evolve", "--resume", run.toString());
      assertEndsWithOneLine(again, run + "/best_model.pt", run);
      assertTrue(shell("mount", "-o", "remount,size=400m", disk.toString()));
      start(directory, "evolve", "--resume", run.toString()).endsWith(0);
      assertSame(shorter, run);
    } finally {
      shell("umount", "-l", disk.toString());
    }
  }

  /**
   * Something else takes all the space while candidates are trained. A better model may be the
   * first that needs some: then again, with space for it.
   */
  @Test
  void aDiskThatFillsWithTheStoreEndsTheRunAndSpaceLetsItGoOn() throws Exception {
    Path disk = smallDisk(directory, "400m");
    try {
      Path run = disk.resolve("run");
      Path filler = disk.resolve("filler");
      RunProcess process = start(directory, fewer("--out", run.toString()));
      boolean storeFailed = false;
      while (!storeFailed) {
        process.awaitStored(run, RunStore.size(run) + 1);
        process.signal("STOP");
        shell("dd", "if=/dev/zero", "of=" + filler, "bs=4k");
        process.signal("CONT");
        // Again and again: a model that is replaced gives its space back.
        while (process.process().isAlive()) {
          shell("dd", "if=/dev/zero", "of=" + filler, "bs=4k", "oflag=append", "conv=notrunc");
          process.process().waitFor(50, TimeUnit.MILLISECONDS);
        }
        assertEndsWithOneLine(process, run + "/", run);
        storeFailed =
            onlyLine(process)
                .startsWith("cnn-evolution: cannot write " + run + "/run.db: the disk is full;");
        TreeMap<String, String> kept = RunProcess.fitness(run);
        assertTrue(kept.size() >= 1 && shorter.fitness.entrySet().containsAll(kept.entrySet()));
        if (storeFailed) {
          // Without space it cannot go on, and what is there stays.
          RunProcess again = start(directory, "evolve", "--resume", run.toString());
          again.endsWith(1);
          assertEquals(
              "cnn-evolution: cannot write " + run + "/run.db: the disk is full", onlyLine(again));
          assertEquals(kept, RunProcess.fitness(run));
        }
        Files.delete(filler);
        process = start(directory, "evolve", "--resume", run.toString());
      }
      process.endsWith(0);
      assertSame(shorter, run);
    } finally {
      shell("umount", "-l", disk.toString());
    }
  }

  /** The clock of a real process, which libfaketime sets back by two days. */
  @Test
  @Tag("nightly")
  void aClockThatIsSetBackGivesNoNegativeTimesAndNoOtherOrder() throws Exception {
    Path library =
        Stream.of("x86_64-linux-gnu", "aarch64-linux-gnu")
            .map(machine -> Path.of("/usr/lib", machine, "faketime/libfaketimeMT.so.1"))
            .filter(Files::exists)
            .findFirst()
            .orElse(null);
    assumeTrue(library != null, "no libfaketime here; install faketime to set a clock back");
    Path run = directory.resolve("run");
    Path time = Files.writeString(directory.resolve("time"), "+0");
    RunProcess process =
        Launch.jar()
            .environment(
                "LD_PRELOAD",
                library.toString(),
                "FAKETIME_TIMESTAMP_FILE",
                time.toString(),
                "FAKETIME_NO_CACHE",
                "1",
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1")
            .start(directory, fewer("--out", "run"));
    process.awaitStored(run, 3);
    Files.writeString(time, "-2d");
    long before = System.currentTimeMillis();
    process.endsWith(0);
    assertSame(shorter, run);
    List<StoredEvaluation> rows = new ArrayList<>();
    try (EvaluationStore store = EvaluationStore.openToRead(run.resolve("run.db"))) {
      store.forEach(rows::add);
    }
    int setBack = 0;
    for (StoredEvaluation row : rows) {
      long millis = row.endedMillis() - row.startedMillis();
      assertTrue(millis >= 0 && millis < 240_000, row.toString());
      assertTrue(row.evaluation().trainSeconds() >= 0, row.toString());
      setBack += row.startedMillis() < before - 86_400_000L ? 1 : 0;
    }
    assertTrue(setBack > 0 && setBack < rows.size(), "set back in the middle: " + setBack);
    assertTrue(rows.get(0).startedMillis() > rows.get(rows.size() - 1).startedMillis());
    JsonNode facts = Found.in(run).facts;
    assertTrue(facts.get("seconds").asDouble() > 0, facts.toString());
  }

  @Test
  void aReadOnlyDirectoryIsRefusedAndCanBeRead() throws Exception {
    Path disk = smallDisk(directory, "200m");
    try {
      Path run = disk.resolve("run");
      assertTrue(shell("cp", "-r", shared.resolve("shorter").toString(), run.toString()));
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
    RunProcess process = start(directory, fewer("--out", "run"));
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
    RunProcess process = start(directory, fewer("--out", name));
    process.awaitStored(run, 1);
    for (int i = 0; i < 2; i++) {
      RunProcess second = start(directory, "evolve", "--resume", name);
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
    RunProcess resumed = start(directory, "evolve", "--resume", name);
    resumed.endsWith(0);
    assertSame(shorter, run);
  }

  /** Neighbours of the poison were in flight at the same death, and are not blamed. */
  @Test
  void aCandidateThatCrashesTheJvmIsGivenUpAndTheRunCompletes() throws Exception {
    String poison =
        shorter.fitness.keySet().stream()
            .filter(name -> isOfFirstGeneration(name))
            .findFirst()
            .get();
    Launch launch =
        Launch.jar()
            .flag("-Dpoison=" + poison, "-XX:-CreateCoredumpOnCrash")
            .program(PoisonMain.class);
    RunProcess process = launch.start(directory, fewer("--supervise", "--out", "run"));
    process.endsWith(0);
    List<String> restarts =
        process.errLines().stream().filter(line -> line.contains("; restart ")).toList();
    assertEquals(2, restarts.size(), process.text());
    assertTrue(
        restarts.get(0).contains("the process died (a fatal error in native code"), process.text());
    assertEquals(
        List.of(poison + ": ended the process twice"),
        RunProcess.failures(directory.resolve("run")));
  }

  private static boolean isOfFirstGeneration(String phenotype) {
    boolean[] found = {false};
    try (EvaluationStore store = EvaluationStore.openToRead(shared.resolve("shorter/run.db"))) {
      store.forEach(
          stored ->
              found[0] |=
                  stored.evaluation().job().id() < 5
                      && stored.evaluation().job().architecture().phenotype().equals(phenotype));
    }
    return found[0];
  }

  @Test
  void aSupervisorPassesTheSignalOn() throws Exception {
    Path run = directory.resolve("run");
    RunProcess process = start(directory, fewer("--supervise", "--out", "run"));
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
    RunProcess process = start(directory, fewer("--supervise", "--out", "run"));
    process.awaitStored(run, 2);
    process.process().children().forEach(ProcessHandle::destroyForcibly);
    process.endsWith(0);
    assertTrue(process.text().contains("(SIGKILL"), process.text());
    assertSame(shorter, run);
  }
}
