package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.TestJvm;
import io.github.cnnevolution.testing.Tmux;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The jar in a real terminal, tmux: what a person sees while it runs and afterwards. */
class TerminalIT {
  private static final String ESCAPE = "\u001b[";

  @TempDir private Path directory;

  private Tmux start(int columns, Map<String, String> environment, String... more)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.addAll(TestJvm.command());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-jar");
    command.add(new File(System.getProperty("cnnevolution.jar")).getAbsolutePath());
    command.addAll(List.of("--data", "synthetic", "--train_limit", "80", "--batch_size", "20"));
    command.addAll(List.of("--workers", "2", "--max_flops", "30M", "--out", "r"));
    command.addAll(List.of(more));
    Map<String, String> all = new HashMap<>(Map.of("LC_ALL", "C.UTF-8"));
    all.putAll(environment);
    return Tmux.run(directory, columns, all, command);
  }

  private static boolean isLive(List<String> screen) {
    return screen.stream()
        .anyMatch(line -> line.matches("generation \\d+/\\d+ +\\d+% .*left\\).*"));
  }

  private static List<String> workers(List<String> screen) {
    return screen.stream().filter(line -> line.matches("cpu-\\d+ .*")).toList();
  }

  /** NO_COLOR | columns. */
  @ParameterizedTest
  @CsvSource({"'', 60", "1, 60", "'', 160"})
  void eachWorkerHasALineAndNothingWraps(String noColor, int columns) throws Exception {
    try (Tmux tmux =
        start(
            columns,
            Map.of("NO_COLOR", noColor),
            "--pop_size",
            "4",
            "--generations",
            "2",
            "--epochs",
            "2")) {
      List<String> screen =
          tmux.await(
              s ->
                  isLive(s)
                      && workers(s).size() == 2
                      && workers(s).stream().allMatch(l -> l.contains("epoch ")));
      // Another line may have come since.
      assertTrue(tmux.unfolded().size() >= screen.size(), "a line was folded");
      assertEquals(1, screen.stream().filter(line -> line.startsWith("cpu-0 ")).count());
      assertEquals(1, screen.stream().filter(line -> line.startsWith("cpu-1 ")).count());
      for (String line : workers(screen)) {
        assertTrue(
            line.matches("cpu-\\d  w\\d+-k\\d-\\w+-[sd]+ +epoch \\d/2 +\\d+ (images|img)/s.*"),
            line);
        assertTrue(line.length() < columns, line);
        // Where there is room, more is said.
        assertEquals(columns >= 160, line.matches(".*  [01]{20}"), line);
      }
      screen = tmux.awaitEnd();
      assertTrue(screen.contains("code 0"), screen::toString);
      assertFalse(isLive(screen), screen::toString);
      assertEquals(List.of(), workers(screen));
      assertTrue(screen.stream().anyMatch(line -> line.contains("validation accuracy")));
      List<String> everything = tmux.everything();
      assertTrue(everything.stream().anyMatch(l -> l.startsWith("╭──")), everything::toString);
      assertTrue(
          everything.stream().allMatch(line -> line.length() < columns), everything::toString);
      assertEquals(
          2, everything.stream().filter(l -> l.matches("generation \\d/2  best .*")).count());
      assertEquals(noColor.isEmpty(), tmux.raw().contains(ESCAPE + "36m"));
      assertEquals(noColor.isEmpty(), tmux.raw().contains(ESCAPE + "1m"));
    }
  }

  @Test
  void aPipeGetsPlainLines() throws Exception {
    RunProcess run =
        Launch.jar()
            .start(
                directory,
                Stream.of(
                        "--data synthetic --train_limit 100 --epochs 1 --batch_size 50 --pop_size 2 --generations 1 --out r")
                    .flatMap(line -> Stream.of(line.split(" ")))
                    .toArray(String[]::new));
    run.endsWith(0);
    assertFalse(run.text().contains("\u001b") || run.text().contains("\r"), run.text());
    assertEquals(1, run.text().lines().filter(l -> l.startsWith("generation 1/1  best ")).count());
    assertEquals("", Files.readString(run.err()));
  }

  /** Waits until the terminal has been sent something so many times. */
  private static void awaitRedraws(Tmux tmux, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      int before = tmux.raw().length();
      while (tmux.raw().length() == before) {
        // The test's timeout ends this, if nothing ever comes.
        Thread.sleep(20);
      }
    }
  }

  @Test
  void resizingAndCtrlCDoNoHarm() throws Exception {
    try (Tmux tmux =
        start(120, Map.of(), "--pop_size", "20", "--generations", "9", "--epochs", "50")) {
      tmux.await(s -> isLive(s) && workers(s).size() == 2);
      for (int columns : new int[] {60, 160, 75, 120}) {
        tmux.resize(columns);
        awaitRedraws(tmux, 3);
      }
      tmux.await(
          s ->
              s.stream()
                  .anyMatch(
                      l ->
                          l.matches(
                              "best so far 0\\.\\d{4} \\(95 % 0\\.\\d{4}-0\\.\\d{4}\\) w\\S+  run \\d+:\\d\\d:\\d\\d left")));
      List<String> everything = tmux.everything();
      for (String head : List.of("data    ", "device  ", "search  ", "output  r")) {
        assertEquals(
            1,
            everything.stream().filter(line -> line.startsWith(head)).count(),
            everything::toString);
      }
      assertEquals(1, everything.stream().filter(l -> isLive(List.of(l))).count(), "remnants");
      assertEquals(2, workers(everything).size(), everything::toString);
      List<String> screen = tmux.screen();
      // The bar, the line of the run, two workers.
      assertTrue(isLive(screen.subList(screen.size() - 4, screen.size())), screen::toString);
      assertEquals(2, workers(screen.subList(screen.size() - 2, screen.size())).size());
      tmux.keys("C-c");
      screen = tmux.awaitEnd();
      assertTrue(screen.contains("code 130"), screen::toString);
      assertFalse(isLive(screen.subList(screen.size() - 5, screen.size())), screen::toString);
      assertTrue(
          tmux.everything().stream().anyMatch(l -> l.contains("resume with: ")), screen::toString);
      assertSane(tmux);
    }
  }

  @Test
  void afterKillTheTerminalIsAsBefore() throws Exception {
    try (Tmux tmux =
        start(100, Map.of(), "--pop_size", "20", "--generations", "9", "--epochs", "50")) {
      tmux.await(s -> isLive(s) && workers(s).size() == 2);
      long java = javaBelow(tmux);
      new ProcessBuilder("kill", "-9", "" + java).start().waitFor();
      List<String> screen = tmux.awaitEnd();
      assertTrue(screen.contains("code 137"), screen::toString);
      assertSane(tmux);
      tmux.keys("echo it is $((40 + 2))", "Enter");
      tmux.await(s -> s.contains("it is 42"));
    }
  }

  private static long javaBelow(Tmux tmux) throws Exception {
    long shell = Long.parseLong(tmux.variable("pane_pid"));
    return ProcessHandle.of(shell).orElseThrow().children().findFirst().orElseThrow().pid();
  }

  /** Cursor, wrapping, scroll region and screen are those of a terminal that nobody has changed. */
  private static void assertSane(Tmux tmux) throws Exception {
    assertEquals("1", tmux.variable("cursor_flag"));
    assertEquals("1", tmux.variable("wrap_flag"));
    assertEquals("0", tmux.variable("alternate_on"));
    assertEquals("0", tmux.variable("scroll_region_upper"));
  }
}
