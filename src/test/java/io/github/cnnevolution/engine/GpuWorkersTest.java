package io.github.cnnevolution.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.evaluation.WorkerScaling;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many workers a GPU gets, and what is said and remembered of it. */
class GpuWorkersTest {
  private static final long LONG = 1_000_000_000;

  @TempDir Path directory;
  private final List<String> notices = new ArrayList<>();
  private final SessionListener listener =
      new SessionListener() {
        @Override
        public void onNotice(String notice) {
          notices.add(notice);
        }
      };
  private int measured;

  private GpuWorkers workers(String key, int most) {
    return new GpuWorkers("gpu0", key, most, RememberedWorkers.in(Optional.of(directory)));
  }

  /** A device that is fastest with 4 workers. */
  private double speed(int workers) {
    measured++;
    return 100_000 * Math.min(workers, 4);
  }

  private int choose(GpuWorkers workers, OptionalInt asked, long images) throws Exception {
    return workers.choose(asked, images, this::speed, listener);
  }

  @Test
  void aLongRunMeasuresAndTheNextRemembers() throws Exception {
    assertEquals(4, choose(workers("H100", 16), OptionalInt.empty(), LONG));
    assertEquals(8, measured, "two windows with each of 1, 2, 4 and 8 workers");
    assertEquals(4, choose(workers("H100", 16), OptionalInt.empty(), 1));
    assertEquals(8, measured);
    assertEquals(
        List.of(
            "gpu0: 4 workers (images/s with 1, 2, 4, 8: 1.0, 2.0, 4.0, 4.0 times one)",
            "gpu0: 4 workers (images/s with 1, 2, 4, 8: 1.0, 2.0, 4.0, 4.0 times one, measured before)"),
        notices);
    choose(workers("another", 16), OptionalInt.empty(), LONG);
    assertEquals(16, measured, "of other circumstances nothing is known");
    choose(workers("H100", 16), OptionalInt.empty(), 1);
    assertEquals(16, measured, "both are remembered");
  }

  @Test
  void aShortRunTakesTheUsualNumber() throws Exception {
    assertEquals(8, choose(workers("H100", 16), OptionalInt.empty(), 1_000_000));
    assertEquals(3, choose(workers("H100", 3), OptionalInt.empty(), 1_000_000));
    assertEquals(0, measured);
    // 40 million images are over in 100 seconds with what several workers may win.
    assertEquals(8, choose(workers("H100", 16), OptionalInt.empty(), 40_000_000));
    assertEquals(2, measured, "one worker alone, to see how long it would take");
    assertEquals(List.of(), notices);
    assertEquals(4, choose(workers("H100", 16), OptionalInt.empty(), 60_000_000));
  }

  @Test
  void whatCannotHaveMoreIsNotMeasured() throws Exception {
    assertEquals(1, choose(workers("H100", 1), OptionalInt.empty(), LONG));
    assertEquals(0, measured);
  }

  @Test
  void aNumberThatIsAskedForStaysWithAdviceByImages() throws Exception {
    assertEquals(2, choose(workers("H100", 16), OptionalInt.of(2), LONG));
    assertEquals(0, measured, "nothing is measured for it");
    assertEquals(List.of(), notices, "nothing is known that could be advised");
    choose(workers("H100", 16), OptionalInt.empty(), LONG);
    notices.clear();
    for (int enough : new int[] {4, 5, 8, 16, 32}) {
      assertEquals(enough, choose(workers("H100", 16), OptionalInt.of(enough), LONG));
    }
    assertEquals(List.of(), notices);
    assertEquals(2, choose(workers("H100", 16), OptionalInt.of(2), LONG));
    assertEquals(
        List.of(
            "gpu0 trains 2.0 times as many images/s with 4 workers as with 2; give --workers_per_gpu 4, or auto"),
        notices);
  }

  @Test
  void littleGainIsNoAdvice() throws Exception {
    GpuWorkers workers = workers("H100", 16);
    assertEquals(16, workers.choose(OptionalInt.empty(), LONG, n -> 1000 * n, listener));
    notices.clear();
    assertEquals(15, workers.choose(OptionalInt.of(15), LONG, n -> 1000 * n, listener));
    assertEquals(List.of(), notices);
  }

  @Test
  void tuningMeasuresAnew() throws Exception {
    choose(workers("H100", 16), OptionalInt.empty(), LONG);
    int before = measured;
    assertEquals(4, choose(workers("H100", 16), OptionalInt.empty(), Long.MAX_VALUE));
    assertEquals(2 * before, measured);
  }

  @Test
  void aFailureCostsTheMeasurementAlone() throws Exception {
    WorkerScaling.Speed failing =
        workers -> {
          throw new IllegalStateException("out of memory\nat somewhere");
        };
    assertEquals(8, workers("H100", 16).choose(OptionalInt.empty(), LONG, failing, listener));
    assertEquals(
        List.of("gpu0: how many workers are best could not be measured: out of memory"), notices);
    WorkerScaling.Speed interrupted =
        workers -> {
          throw new InterruptedException();
        };
    assertThrows(
        InterruptedException.class,
        () -> workers("H100", 16).choose(OptionalInt.empty(), LONG, interrupted, listener));
  }

  /** The file is a note and no more: whatever is in it, the run goes on. */
  @Test
  void aDamagedFileIsMadeAnew() throws Exception {
    Path file = directory.resolve("cnn-evolution-workers.properties");
    for (String content :
        List.of("H100=", "H100=1:", "H100=4:1 2:2", "H100=a:b", "\\u00zz", "H100=1:1 2:1e999")) {
      Files.write(file, content.getBytes(StandardCharsets.ISO_8859_1));
      assertEquals(4, choose(workers("H100", 16), OptionalInt.empty(), LONG), content);
      assertTrue(Files.readString(file).contains("H100=1\\:1.00 2\\:2.00"), content);
    }
    Files.delete(file);
    Files.createDirectory(file);
    assertEquals(4, choose(workers("H100", 16), OptionalInt.empty(), LONG));
    Path absent = directory.resolve("absent");
    GpuWorkers nowhere = new GpuWorkers("gpu0", "k", 16, RememberedWorkers.in(Optional.of(absent)));
    assertEquals(4, choose(nowhere, OptionalInt.empty(), LONG));
    assertFalse(Files.exists(absent));
  }
}
