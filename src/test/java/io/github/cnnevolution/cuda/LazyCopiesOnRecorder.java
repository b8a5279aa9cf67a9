package io.github.cnnevolution.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Copies that happen as late as CUDA allows: whoever overwrites a buffer or reads a result too
 * early is found out.
 */
class LazyCopiesOnRecorder {
  private static final List<String> CHROMOSOMES = Networks.first(8);
  private static final String[] OPTIONS = {
    "--workers_per_gpu=2", "--train_limit=128", "--batch_size=32", "--epochs=3", "--test"
  };

  @TempDir private Path directory;

  @Test
  void theResultsAreThoseOfCopiesAtOnce() throws Exception {
    RecorderRun atOnce =
        Recorder.withDevices(2).evaluate(directory, CHROMOSOMES, OPTIONS).succeeded();
    RecorderRun late =
        Recorder.withDevices(2)
            .withLazyCopies()
            .evaluate(directory, CHROMOSOMES, OPTIONS)
            .succeeded();
    assertEquals(0, late.trace().only(call -> call.name().equals("RACE")).calls().size());
    // What is read too early is 0xff in every byte: a loss of NaN, -1 hits.
    assertEquals(atOnce.resultsWithoutTimes(), late.resultsWithoutTimes());
    assertTrue(late.results().stream().allMatch(result -> result.get("error").isNull()));
    assertTrue(
        late.trace().calls().stream().anyMatch(call -> call.isCopy("H2D") && call.pinned()),
        "only pinned copies can be late");
  }
}
