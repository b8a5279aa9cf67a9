package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings with which later generations are in vain: a warning, and the search goes on. */
class VainSettingsIT {
  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      value = {
        "--pop_size 1 --generations 2 | elitism 1 with pop_size 1: a whole generation survives",
        "--pop_size 2 --generations 2 --elitism 2 | elitism 2 with pop_size 2: a whole generation",
        "--pop_size 1 --generations 2 --elitism 0 | pop_size 1: there is nothing to select from",
        "--pop_size 2 --generations 2 --mutation_rate 0 --crossover_rate 0 | mutation_rate 0 with",
        "--pop_size 1 --generations 1 | none",
        "--pop_size 2 --generations 2 | none",
      })
  void aWarning(String options, String expected) {
    CommandLineRun run =
        CommandLineRun.of(
            ("evolve --data synthetic --train_limit 20 --epochs 1 --max_flops 60M "
                    + options
                    + " --out "
                    + directory.resolve("run"))
                .split(" +"));
    assertEquals(0, run.code(), run.err());
    List<String> warnings = run.err().lines().filter(l -> l.startsWith("warning: ")).toList();
    assertEquals(expected == null ? 0 : 1, warnings.size(), run.err());
    assertTrue(expected == null || warnings.get(0).startsWith("warning: " + expected), run.err());
  }
}
