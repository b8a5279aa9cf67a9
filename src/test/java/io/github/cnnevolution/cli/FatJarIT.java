package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.TestJvm;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The jar as a user runs it: a process of its own, files on disk, signals. */
class FatJarIT {
  private static final List<String> SMALL_RUN =
      List.of(
          "--data synthetic --train_limit 100 --epochs 1 --batch_size 50 --max_flops 40M"
              .split(" ", -1));

  @TempDir private Path directory;

  private Process start(Stream<String> arguments) throws IOException {
    // A build in the background of a shell ignores SIGINT, and its children would too.
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.addAll(TestJvm.command());
    command.add("-jar");
    command.add(new File(System.getProperty("cnnevolution.jar")).getAbsolutePath());
    arguments.forEach(command::add);
    return new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectError(directory.resolve("stderr").toFile())
        .start();
  }

  private String stderr() throws IOException {
    return Files.readString(directory.resolve("stderr"));
  }

  private static String stdout(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void evolvesAndLeavesModelAndFacts() throws Exception {
    Process process =
        start(
            Stream.concat(
                SMALL_RUN.stream(),
                Stream.of("--pop-size", "3", "--generations", "2", "--out", "run 1")));
    String out = stdout(process);
    assertEquals(0, process.waitFor(), out + stderr());
    assertEquals("", stderr());
    assertTrue(out.contains("data    synthetic"), out);
    assertTrue(out.contains("generation 1/2  best ") && out.contains("generation 2/2  best "), out);
    Path run = directory.resolve("run 1");
    assertTrue(Files.size(run.resolve("best_model.pt")) > 10_000_000);
    JsonNode facts = new ObjectMapper().readTree(run.resolve("best_chromosome.json").toFile());
    for (String key :
        List.of(
            "chromosome",
            "fitness",
            "config",
            "test_accuracy",
            "architecture",
            "data",
            "seed",
            "versions")) {
      assertTrue(facts.hasNonNull(key), key);
    }
    assertEquals(3, facts.get("config").get("pop_size").asInt());
    assertEquals(100, facts.get("data").get("training_images").asInt());
    assertTrue(facts.get("test_accuracy").asDouble() >= 0);
    try (Stream<Path> files = Files.list(run)) {
      assertEquals(
          List.of("best_chromosome.json", "best_model.pt", "report.html", "run.db", "run.lock"),
          files.map(path -> path.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void theDefaultRunDirectoryIsNamedByDateAndTime() throws Exception {
    Process process =
        start(
            Stream.concat(SMALL_RUN.stream(), Stream.of("--pop_size", "1", "--generations", "1")));
    String out = stdout(process);
    assertEquals(0, process.waitFor(), out + stderr());
    try (Stream<Path> runs = Files.list(directory.resolve("runs"))) {
      List<String> names = runs.map(path -> path.getFileName().toString()).toList();
      assertEquals(1, names.size());
      assertTrue(names.get(0).matches("\\d{4}-\\d{2}-\\d{2}-\\d{6}"), names.toString());
    }
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void aSignalKeepsTheBestSoFar(String name, int code) throws Exception {
    Process process =
        start(
            Stream.concat(
                SMALL_RUN.stream(),
                Stream.of("--pop_size", "2", "--generations", "100000", "--out", "run")));
    StringBuilder out = new StringBuilder();
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      String line = reader.readLine();
      while (line != null && !line.startsWith("generation 2/")) {
        out.append(line).append('\n');
        line = reader.readLine();
      }
      assertEquals(
          0,
          new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor());
      reader.lines().forEach(rest -> out.append(rest).append('\n'));
      assertTrue(process.waitFor(40, TimeUnit.MINUTES), "still running");
    }
    assertEquals(code, process.exitValue(), out + stderr());
    assertTrue(out.toString().contains("stopped early; this is the best so far"), out + stderr());
    assertTrue(out.toString().contains("model   run/best_model.pt"), out.toString());
    assertTrue(out.toString().contains("evolve --resume run\n"), out.toString());
    JsonNode facts =
        new ObjectMapper().readTree(directory.resolve("run/best_chromosome.json").toFile());
    assertTrue(facts.get("interrupted").asBoolean());
    assertTrue(facts.get("test_accuracy").isNull());
    assertTrue(Files.size(directory.resolve("run/best_model.pt")) > 10_000_000);
    assertFalse(
        out.toString().contains("Exception") || stderr().contains("Exception"), out + stderr());
  }

  @Test
  void usageErrorsOfTheProcessHaveNoStackTrace() throws Exception {
    Process process = start(Stream.of("--pop_size", "none"));
    assertEquals("", stdout(process));
    assertEquals(2, process.waitFor());
    assertEquals(1, stderr().lines().count(), stderr());
    assertTrue(stderr().contains("'none'"), stderr());
  }

  @Test
  void aPropertyThatIsGivenWins() throws Exception {
    // JavaCPP's own limit, absurdly low: if the program overrode either, the run would succeed.
    List<String> command =
        List.of(
            TestJvm.executable(),
            TestJvm.NO_SHARED_COUNTERS,
            "-Dorg.bytedeco.javacpp.nopointergc=false",
            "-Dorg.bytedeco.javacpp.maxPhysicalBytes=1000",
            "-Dorg.bytedeco.javacpp.maxRetries=0",
            "-jar",
            new File(System.getProperty("cnnevolution.jar")).getAbsolutePath(),
            "--data",
            "synthetic",
            "--generations",
            "1",
            "--pop_size",
            "1");
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String out = stdout(process);
    assertEquals(1, process.waitFor(), out);
    assertTrue(out.contains("Physical memory usage is too high"), out);
  }
}
