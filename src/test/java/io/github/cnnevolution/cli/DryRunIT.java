package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --dry_run} says comes true, and it leaves nothing behind. */
class DryRunIT {
  private static final String OPTIONS =
      "evolve --data synthetic --train_limit 40 --epochs 1 --batch_size 10 --pop_size 3"
          + " --generations 1 --seed 5 --workers 2 --top_k 2";

  private static CommandLineRun run(String... more) {
    CommandLineRun run =
        CommandLineRun.of(
            Stream.concat(Arrays.stream(OPTIONS.split(" ")), Arrays.stream(more))
                .toArray(String[]::new));
    assertEquals(0, run.code(), run.err());
    return run;
  }

  private static String line(CommandLineRun run, String name) {
    return run.out().lines().filter(l -> l.startsWith(name + " ")).findFirst().orElseThrow();
  }

  @Test
  void saysWhatTheSearchThenDoes(@TempDir Path directory) throws Exception {
    Path out = directory.resolve("runs/a");
    CommandLineRun preview = run("--dry_run", "--out", out.toString());
    try (Stream<Path> entries = Files.list(directory)) {
      assertEquals(0, entries.count(), "nothing is left");
    }
    assertTrue(line(preview, "data").contains("40 training and "), preview.out());
    assertTrue(line(preview, "device").endsWith("workers 2"), preview.out());
    assertTrue(line(preview, "search").contains("3 chromosomes x 1 generation, 1 epoch, seed 5"));
    assertTrue(
        line(preview, "time")
            .matches("time .* \\d:\\d\\d:\\d\\d .* [\\d,]*[1-9][\\d,]* images/s .*"),
        preview.out());
    assertTrue(line(preview, "memory").matches("memory +about [1-9].*"), preview.out());
    assertTrue(line(preview, "disk").matches("disk +about [1-9].*" + out), preview.out());

    run("--out", out.toString());
    Set<String> announced =
        new TreeSet<>(Arrays.asList(line(preview, "first").substring(10).split(" ")));
    assertEquals(RunProcess.fitness(out).keySet(), announced);
    assertTrue(
        line(preview, "networks").contains(announced.size() + " in the first generation, at most "),
        preview.out());
  }

  @Test
  void namesTwentyOfALargePopulation(@TempDir Path directory) {
    Path out = directory.resolve("a");
    CommandLineRun preview =
        CommandLineRun.of(
            (OPTIONS.replace("pop_size 3", "pop_size 40") + " --dry_run --out " + out).split(" "));
    String networks = line(preview, "networks").substring(10).replaceFirst(" .*", "");
    String first = line(preview, "first").substring(10);
    String[] names = first.replaceFirst(" and .*", "").split(" ", -1);
    assertEquals(20, names.length, first);
    assertTrue(first.endsWith(" and " + (Integer.parseInt(networks) - 20) + " more"), first);
  }
}
