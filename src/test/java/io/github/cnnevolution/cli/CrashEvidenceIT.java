package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.testing.RunStore;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;

/**
 * What the end of a process says about the candidate that it trained: a kill by hand nothing, a
 * crash something. Real processes and signals.
 */
class CrashEvidenceIT {
  private static final String TWICE = ": ended the process twice";

  private static final SQLiteConfig READ_ONLY = new SQLiteConfig();

  static {
    READ_ONLY.setReadOnly(true);
  }

  @TempDir private Path directory;

  private RunProcess start(String... arguments) throws Exception {
    return Launch.jar().start(directory, arguments);
  }

  /** Candidates that train for half a second or more, so that signals hit them. */
  private static String[] options(int population, int generations, String... more) {
    String all =
        "--data synthetic --train_limit 200 --epochs 8 --max_flops 30M --workers 1 --mutation_rate 0.3 --pop_size "
            + population
            + " --generations "
            + generations;
    return Stream.concat(Stream.of(all.split(" ", -1)), Stream.of(more)).toArray(String[]::new);
  }

  private record InFlight(long pid, List<String> networks) {}

  /** Which process trains, and what. */
  private static InFlight inFlight(Path run) {
    if (!Files.exists(run.resolve("run.db"))) {
      return new InFlight(0, List.of());
    }
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:sqlite:" + run.resolve("run.db"), READ_ONLY.toProperties());
        Statement statement = connection.createStatement()) {
      List<String> networks = new ArrayList<>();
      try (ResultSet rows =
          statement.executeQuery("SELECT phenotype FROM in_flight WHERE running = 1")) {
        while (rows.next()) {
          networks.add(rows.getString(1));
        }
      }
      try (ResultSet rows =
          statement.executeQuery("SELECT value FROM run WHERE name = 'process'")) {
        long pid =
            rows.next() ? new ObjectMapper().readTree(rows.getString(1)).path("pid").asLong() : 0;
        return new InFlight(pid, networks);
      }
    } catch (SQLException | com.fasterxml.jackson.core.JsonProcessingException e) {
      // The process is opening or closing it.
      return new InFlight(0, List.of());
    }
  }

  /** Waits until a process of this number trains a candidate. */
  private static InFlight awaitTraining(RunProcess process, LongPredicate isIt, Path run)
      throws Exception {
    while (true) {
      InFlight now = inFlight(run);
      if (isIt.test(now.pid) && !now.networks.isEmpty()) {
        return now;
      }
      assertTrue(process.process().isAlive(), process.text());
      Thread.sleep(10);
    }
  }

  /** Waits until a process trains a candidate, and returns its network. */
  private static String awaitTraining(RunProcess process, Path run) throws Exception {
    return awaitTraining(process, pid -> pid == process.process().pid(), run).networks.get(0);
  }

  private static Map<String, ByteBuffer> files(Path run) throws Exception {
    Map<String, ByteBuffer> files = new TreeMap<>();
    files.put("model", ByteBuffer.wrap(Files.readAllBytes(run.resolve("best_model.pt"))));
    return files;
  }

  @Test
  void fiveKillsChangeNothing() throws Exception {
    killsChangeNothing(5, 3);
  }

  @Test
  @Tag("nightly")
  void thirtyKillsChangeNothing() throws Exception {
    killsChangeNothing(30, 22);
  }

  /**
   * Most of the kills aim at one candidate; the others are spread over the rest of the run.
   *
   * @param all how often the process is killed
   * @param first how many of the kills aim at the candidate that is trained first
   */
  private void killsChangeNothing(int all, int first) throws Exception {
    start(options(4, 4, "--out", "whole")).endsWith(0);
    Path run = directory.resolve("run");
    Map<String, Integer> hits = new TreeMap<>();
    RunProcess process = start(options(4, 4, "--out", "run"));
    for (int kills = 0; kills < all; kills++) {
      if (kills >= first) {
        process.awaitStored(run, RunStore.size(run) + 1);
      }
      awaitTraining(process, run);
      process.kill();
      inFlight(run).networks.forEach(network -> hits.merge(network, 1, Integer::sum));
      process = start("evolve", "--resume", "run");
    }
    process.endsWith(0);
    // On a busy machine a candidate may end before its process is killed.
    assertTrue(Collections.max(hits.values()) > all / 3, "many hit one candidate: " + hits);
    Path whole = directory.resolve("whole");
    assertEquals(List.of(), RunProcess.failures(run));
    assertEquals(RunProcess.fitness(whole), RunProcess.fitness(run));
    assertEquals(files(whole), files(run));
    ObjectMapper mapper = new ObjectMapper();
    for (String key : List.of("chromosome", "fitness", "test_accuracy", "trainings")) {
      assertEquals(
          mapper.readTree(Files.readString(whole.resolve("best_chromosome.json"))).get(key),
          mapper.readTree(Files.readString(run.resolve("best_chromosome.json"))).get(key),
          key);
    }
    assertEquals("", Files.readString(process.err()));
    RunProcess.assertIntact(run);
  }

  /** The Java machine writes its error file into the working directory. */
  @Test
  @Tag("nightly")
  void twoSegmentationFaultsCount() throws Exception {
    Path run = directory.resolve("run");
    RunProcess process = start(options(2, 1, "--out", "run"));
    String network = awaitTraining(process, run);
    process.signal("SEGV");
    process.code();
    Path errors = directory.resolve("hs_err_pid" + process.process().pid() + ".log");
    assertTrue(Files.exists(errors), process.text());
    RunProcess killed = start("evolve", "--resume", "run");
    assertEquals(network, awaitTraining(killed, run), "alone, and first");
    killed.kill();
    RunProcess second = start("evolve", "--resume", "run");
    assertEquals(network, awaitTraining(second, run), "the kill did not count");
    second.signal("SEGV");
    second.code();
    assertEquals(
        List.of(
            "the process before crashed (SIGSEGV); the candidates it trained are tried one by one: "
                + network),
        notices(killed));
    assertEquals(List.of(), notices(second));
    start("evolve", "--resume", "run").endsWith(0);
    assertEquals(List.of(network + TWICE), RunProcess.failures(run));
  }

  private static List<String> notices(RunProcess process) throws Exception {
    return process.errLines().stream().filter(line -> line.contains("the process before")).toList();
  }

  /** More of them than crashes would be allowed, most of them during one candidate. */
  @Test
  @Tag("nightly")
  void aSupervisorStartsAgainAfterTwelveKills() throws Exception {
    int all = 12;
    start(options(2, 2, "--out", "whole")).endsWith(0);
    Path run = directory.resolve("run");
    RunProcess supervisor = start(options(2, 2, "--supervise", "--out", "run"));
    long before = 0;
    for (int kills = 0; kills < all; kills++) {
      long other = before;
      before = awaitTraining(supervisor, pid -> pid != 0 && pid != other, run).pid;
      assertEquals(0, new ProcessBuilder("kill", "-KILL", "" + before).start().waitFor());
    }
    supervisor.endsWith(0);
    assertEquals(
        all,
        supervisor.errLines().stream()
            .filter(line -> line.endsWith("the process died (SIGKILL, exit code 137); restart"))
            .count(),
        supervisor.text());
    assertEquals(List.of(), RunProcess.failures(run));
    assertEquals(files(directory.resolve("whole")), files(run));
  }

  /** The program, but whoever is not a supervisor is killed at once. */
  static final class KilledAtOnce {
    private KilledAtOnce() {}

    public static void main(String[] arguments) throws Exception {
      if (List.of(arguments).contains("--supervise")) {
        Main.main(arguments);
        return;
      }
      new ProcessBuilder("kill", "-KILL", "" + ProcessHandle.current().pid()).start().waitFor();
    }
  }

  @Test
  void aProcessThatIsKilledAtOnceEachTimeIsGivenUp() throws Exception {
    start(options(2, 1, "--max_time", "1ms", "--out", "run")).endsWith(0);
    RunProcess supervisor =
        Launch.jar()
            .program(KilledAtOnce.class)
            .start(directory, "evolve", "--supervise", "--resume", "run");
    supervisor.endsWith(137);
    assertEquals(
        List.of("; restart", "; restart", "; giving up"),
        supervisor.errLines().stream()
            .filter(line -> line.contains("(SIGKILL"))
            .map(line -> line.substring(line.indexOf(';')))
            .toList(),
        supervisor.text());
  }

  /** SIGABRT leaves no error file: only the parent sees it. */
  @Test
  void aSupervisorSeesAborts() throws Exception {
    Path run = directory.resolve("run");
    RunProcess supervisor = start(options(2, 1, "--supervise", "--out", "run"));
    long before = 0;
    String network = "";
    for (int aborts = 0; aborts < 2; aborts++) {
      long other = before;
      InFlight child = awaitTraining(supervisor, pid -> pid != 0 && pid != other, run);
      assertTrue(network.isEmpty() || child.networks.equals(List.of(network)), "alone, and first");
      network = child.networks.get(0);
      before = child.pid;
      assertEquals(0, new ProcessBuilder("kill", "-ABRT", "" + child.pid).start().waitFor());
    }
    supervisor.endsWith(0);
    assertEquals(List.of(network + TWICE), RunProcess.failures(run));
    assertEquals(
        2,
        supervisor.errLines().stream()
            .filter(line -> line.contains("(SIGABRT, exit code 134)"))
            .count(),
        supervisor.text());
    try (Stream<Path> files = Files.list(directory)) {
      assertFalse(files.anyMatch(file -> file.getFileName().toString().startsWith("hs_err")));
    }
  }
}
