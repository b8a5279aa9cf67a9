package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.TestJvm;
import io.github.cnnevolution.testing.RunStore;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of a run, made by another process than that of the run; what it says is right. */
class ReportCommandIT {
  private static final Pattern DATA =
      Pattern.compile("<script type=\"application/json\" id=\"data\">(.*?)</script>");

  @TempDir private Path directory;

  private static JsonNode document(Path page) throws Exception {
    Matcher matcher = DATA.matcher(Files.readString(page));
    assertTrue(matcher.find(), "the page has its data");
    return new ObjectMapper().readTree(matcher.group(1));
  }

  private RunProcess evolve(String options) throws Exception {
    List<String> all = new ArrayList<>(List.of("evolve", "--data", "synthetic"));
    all.addAll(List.of("--batch_size", "50", "--workers", "1"));
    all.addAll(List.of(options.split(" ")));
    return Launch.jar().start(directory, all.toArray(String[]::new));
  }

  @Test
  void aRunInProgressIsShownAsFarAsItIsAndGoesOn() throws Exception {
    Path path = directory.resolve("r");
    RunProcess run = evolve("--train_limit 100 --epochs 2 --pop_size 6 --generations 40 --out r");
    try {
      run.awaitStored(path, 2);
      RunProcess report = Launch.jar().start(directory, "report", "r", "--out", "now.html");
      report.endsWith(0);
      assertEquals("report  now.html\n", report.text());
      JsonNode now = document(directory.resolve("now.html"));
      assertEquals("running", now.path("state").asText());
      assertTrue(now.path("evaluations").size() >= 2, now.path("evaluations").toString());
      assertTrue(run.process().isAlive(), run.text());

      Launch.jar().start(directory, "report", "r").endsWith(0);
      assertTrue(
          document(path.resolve("report.html")).path("evaluations").size()
              >= now.path("evaluations").size());
      // Both processes write the store's directory; the one that searches is not disturbed.
      run.awaitStored(path, RunStore.size(path) + 2);
      run.signal("TERM");
      assertEquals(143, run.code(), run.text());
      JsonNode end = document(path.resolve("report.html"));
      assertEquals("stopped", end.path("state").asText());
      assertEquals(RunStore.size(path), end.path("evaluations").size());
      RunProcess.assertIntact(path);
    } finally {
      run.kill();
    }
  }

  @Test
  void aKilledRunIsShownAsSuch() throws Exception {
    Path path = directory.resolve("r");
    RunProcess run = evolve("--train_limit 100 --epochs 2 --pop_size 6 --generations 40 --out r");
    try {
      run.awaitStored(path, 1);
    } finally {
      run.kill();
    }
    Launch.jar().start(directory, "report", "r").endsWith(0);
    assertEquals("died", document(path.resolve("report.html")).path("state").asText());
  }

  /** The page's command, typed into a shell, makes the same run once more. */
  @Test
  void theCommandOnThePageMakesTheRunAgain() throws Exception {
    evolve(
            "--train_limit 60 --epochs 1 --pop_size 3 --generations 2 --max_flops 60M --seed 5 --mutation_rate 0.2 --out r")
        .endsWith(0);
    JsonNode page = document(directory.resolve("r").resolve("report.html"));
    String command = page.path("command").asText();
    String java = "'%s' %s".formatted(TestJvm.executable(), TestJvm.NO_SHARED_COUNTERS);
    String jar = new File(System.getProperty("cnnevolution.jar")).getAbsolutePath();
    Process again =
        new ProcessBuilder(
                "bash",
                "-c",
                command.replace("java -jar cnn-evolution.jar", "%s -jar '%s'".formatted(java, jar))
                    + " --out again")
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(again.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, again.waitFor(), command + "\n" + said);
    assertEquals(
        RunProcess.fitness(directory.resolve("r")), RunProcess.fitness(directory.resolve("again")));
    JsonNode second = document(directory.resolve("again").resolve("report.html"));
    assertEquals(page.path("generations"), second.path("generations"));
    assertEquals(page.path("testAccuracy"), second.path("testAccuracy"));
  }
}
