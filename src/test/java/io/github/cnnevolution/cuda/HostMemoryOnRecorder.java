package io.github.cnnevolution.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main memory of a process that trains many candidates. */
class HostMemoryOnRecorder {
  private static final int CANDIDATES = 200;
  private static final long ALLOWED_GROWTH = 8L << 20;

  @TempDir private Path directory;

  @Test
  void isFlatAfterTheWarmUp() throws Exception {
    List<String> chromosomes = new ArrayList<>(Networks.first(CANDIDATES));
    // Small and large ones spread over the whole run.
    Collections.shuffle(chromosomes, new Random(1));
    RecorderRun run =
        Recorder.withDevices(2)
            .evaluate(
                directory,
                chromosomes,
                "--workers_per_gpu=2",
                "--train_limit=128",
                "--batch_size=32",
                "--epochs=2")
            .succeeded();
    assertEquals(CANDIDATES, run.results().size());
    assertEquals(CANDIDATES, run.trace().candidates().size(), "on the fake devices");
    List<Long> resident = run.residentBytes();
    // A quarter of the run each, so that single peaks do not count.
    long middle = median(resident.subList(CANDIDATES / 2, 3 * CANDIDATES / 4));
    long end = median(resident.subList(3 * CANDIDATES / 4, CANDIDATES - 1));
    assertTrue(
        end - middle < ALLOWED_GROWTH,
        () -> "grew by %d MiB: %s".formatted((end - middle) >> 20, resident));
  }

  private static long median(List<Long> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }
}
