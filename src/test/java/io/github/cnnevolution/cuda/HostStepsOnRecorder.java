package io.github.cnnevolution.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a step costs the host if several workers of a device train at the same time. Its figures
 * stand in {@code src/docs/benchmarks.md}. CPU time and sleeps are counted, which a busy machine
 * changes little.
 */
@Tag("nightly")
class HostStepsOnRecorder {
  // Of the CPU time of a step of one worker. Seen: 1.3 at most.
  private static final double MOST = 2;

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    // The recorder itself has a lock that each launch takes. Seen: 0.7 at most, and 0.002.
    "plain, 1.5",
    "recorded, 0.1"
  })
  void workersDoNotHinderEachOther(String kind, double mostSleeps) throws Exception {
    RecorderRun run =
        Recorder.withDevices(1)
            .withoutTrace()
            .runMain(directory, HostStepsProbe.class, "w32-k3-relu-ss", kind, "1", "2", "4", "8")
            .succeeded();
    List<String> lines = run.out();
    assertEquals(4, lines.size(), run::output);
    double alone = Double.parseDouble(lines.get(0).split(" ", -1)[2]);
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      assertTrue(Double.parseDouble(words[2]) < MOST * alone, run::output);
      assertTrue(Double.parseDouble(words[4]) < mostSleeps, run::output);
    }
  }
}
