package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.StoredEvaluation;
import io.github.cnnevolution.testing.RunStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The program in a process of its own, and what it leaves in its run directory.
 *
 * @param process that was started
 * @param out where its standard output goes
 * @param err where its standard error goes
 */
record RunProcess(Process process, Path out, Path err) {
  String text() throws IOException {
    return Files.readString(out) + Files.readString(err);
  }

  List<String> errLines() throws IOException {
    return Files.readString(err, StandardCharsets.UTF_8).lines().toList();
  }

  /** Waits for the end. */
  int code() throws Exception {
    assertTrue(process.waitFor(40, TimeUnit.MINUTES), "still running: " + text());
    return process.exitValue();
  }

  void endsWith(int code) throws Exception {
    int found = code();
    assertEquals(code, found, text());
    assertTrue(!text().contains("\tat "), text());
  }

  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  void signal(String name) throws Exception {
    assertEquals(
        0, new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor());
  }

  /** Waits until a run has stored so many, or its process has ended. */
  void awaitStored(Path run, long count) throws InterruptedException {
    while (process.isAlive() && RunStore.size(run) < count) {
      Thread.sleep(20);
    }
  }

  /** What a run has found, network to the bits of its fitness; each network is there once. */
  static TreeMap<String, String> fitness(Path run) {
    TreeMap<String, String> fitness = new TreeMap<>();
    try (EvaluationStore store = EvaluationStore.openToRead(run.resolve("run.db"))) {
      store.forEach(
          (StoredEvaluation stored) -> {
            String before =
                fitness.put(
                    stored.evaluation().job().architecture().phenotype(),
                    Double.toHexString(stored.evaluation().fitness()));
            assertEquals(null, before, "a network was trained twice");
          });
    }
    return fitness;
  }

  /** The failures of a run, each as network and reason. */
  static List<String> failures(Path run) {
    List<String> failed = new ArrayList<>();
    try (EvaluationStore store = EvaluationStore.openToRead(run.resolve("run.db"))) {
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
    return failed;
  }

  /** SQLite's own opinion of a store. */
  static void assertIntact(Path run) throws Exception {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + run.resolve("run.db"));
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("PRAGMA integrity_check")) {
      assertTrue(rows.next());
      assertEquals("ok", rows.getString(1));
    }
  }
}
