package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --quiet} leaves out, and what {@code --log} keeps. */
class OutputOptionsIT {
  @TempDir private Path directory;

  private static CommandLineRun run(String command, String... more) {
    String[] options = (command + " --data synthetic --train_limit 20 --epochs 1").split(" ");
    return CommandLineRun.of(
        Stream.concat(Arrays.stream(options), Arrays.stream(more)).toArray(String[]::new));
  }

  private CommandLineRun evolve(String name, String... more) {
    String out = directory.resolve(name).toString();
    return run("evolve --pop_size 2 --generations 2 --out " + out, more);
  }

  @Test
  void aQuietSearchPrintsItsResultOnly() {
    CommandLineRun quiet = evolve("quiet", "--quiet");
    assertEquals(0, quiet.code(), quiet.err());
    assertEquals("", quiet.err());
    assertFalse(quiet.out().contains("generation 1/2  best"), quiet.out());
    assertFalse(quiet.out().lines().anyMatch(line -> line.startsWith("data ")), quiet.out());
    assertTrue(quiet.out().contains("validation accuracy"), quiet.out());
    assertTrue(quiet.out().contains("model   " + directory.resolve("quiet")), quiet.out());
  }

  @Test
  void aQuietTrainingPrintsItsResultOnly() {
    CommandLineRun quiet =
        run("train w16-k2-relu-s --quiet --out " + directory.resolve("training"));
    assertEquals(0, quiet.code(), quiet.err());
    assertFalse(quiet.out().contains("epoch 1/1"), quiet.out());
    assertTrue(quiet.out().contains("model   "), quiet.out());
    CommandLineRun evaluated =
        CommandLineRun.withInput(
            "w16-k2-relu-s",
            "evaluate --chromosomes - --quiet --json --data synthetic --train_limit 20 --epochs 1"
                .split(" "));
    assertEquals("", evaluated.err());
    assertEquals(1, evaluated.outLines().size());
  }

  /** Everything is in the file, also what is not printed; a second command appends. */
  @Test
  void theLogHoldsEverything() throws Exception {
    Path log = directory.resolve("log.txt");
    CommandLineRun first = evolve("loud", "--log", log.toString());
    assertEquals(0, first.code(), first.err());
    assertEquals(
        (first.out() + first.err()).lines().sorted().toList(),
        Files.readAllLines(log).stream().sorted().toList());

    Files.delete(log);
    CommandLineRun quiet = evolve("soft", "--quiet", "--log", log.toString());
    assertEquals(0, quiet.code(), quiet.err());
    List<String> lines = Files.readAllLines(log);
    assertTrue(lines.stream().anyMatch(line -> line.startsWith("generation 2/2  best ")));
    assertTrue(lines.containsAll(quiet.outLines()));

    CommandLineRun wrong = evolve("soft", "--log", log.toString());
    assertEquals(2, wrong.code());
    List<String> longer = Files.readAllLines(log);
    assertEquals(lines, longer.subList(0, lines.size()), "the file is continued");
    assertEquals(
        wrong.err(), longer.get(longer.size() - 1) + System.lineSeparator(), "errors are logged");
  }

  @Test
  void aFullDiskEndsTheLogAndNotTheSearch() {
    CommandLineRun run = evolve("full", "--log", "/dev/full");
    assertEquals(0, run.code(), run.err());
    assertEquals(1, run.err().lines().filter(line -> line.contains("/dev/full")).count());
    assertTrue(run.out().contains("model   "), run.out());
  }
}
