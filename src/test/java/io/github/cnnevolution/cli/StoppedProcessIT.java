package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.StoredEvaluation;
import io.github.cnnevolution.testing.RunStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A search whose process is stopped and continued, as by {@code docker pause}. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class StoppedProcessIT {
  /** What a pause may count at most. */
  private static final double TICK_SECONDS = 0.5;

  @TempDir private Path directory;

  private static List<StoredEvaluation> evaluations(Path run) {
    List<StoredEvaluation> all = new ArrayList<>();
    try (EvaluationStore store = EvaluationStore.openToRead(run.resolve("run.db"))) {
      store.forEach(all::add);
    }
    return all;
  }

  /** The evaluations during which the machine's clock showed this time. */
  private static List<StoredEvaluation> during(Path run, long millis) {
    return evaluations(run).stream()
        .filter(one -> one.startedMillis() <= millis && millis <= one.endedMillis())
        .toList();
  }

  private static void awaitStopped(RunProcess process) throws Exception {
    Path stat = Path.of("/proc/" + process.process().pid() + "/stat");
    while (!Files.readString(stat).contains(") T ")) {
      Thread.sleep(5);
    }
  }

  /**
   * The pause is longer than all the work before it. What the candidate took that was in training
   * is compared with the rest of its time, so that no load of the machine matters.
   */
  @Test
  void thePauseIsNoPartOfTheTimeOfACandidate() throws Exception {
    long start = System.nanoTime();
    RunProcess process =
        Launch.jar()
            .start(
                directory,
                "--data synthetic --train_limit 100 --epochs 2 --workers 1 --pop_size 3 --generations 1 --out run"
                    .split(" ", -1));
    Path run = directory.resolve("run");
    process.awaitStored(run, 1);
    // The next one is in training after a part of the time of the first, the longest of the three.
    StoredEvaluation first = evaluations(run).get(0);
    Thread.sleep((first.endedMillis() - first.startedMillis()) / 4);
    process.signal("STOP");
    awaitStopped(process);
    long stoppedMillis = System.currentTimeMillis();
    long stopped = System.nanoTime();
    long worked = stopped - start;
    while (System.nanoTime() - stopped < 2 * worked) {
      Thread.sleep(20);
    }
    long pause = System.nanoTime() - stopped;
    process.signal("CONT");
    process.endsWith(0);
    assertEquals(3, RunStore.size(run), "all are trained after the pause");
    for (StoredEvaluation paused : during(run, stoppedMillis)) {
      double whole = (paused.endedMillis() - paused.startedMillis()) / 1e3;
      double trained = paused.evaluation().trainSeconds();
      assertTrue(
          trained < whole - pause / 1e9 + TICK_SECONDS,
          trained + " s of training in " + whole + " s with a pause of " + pause / 1e9);
    }
  }
}
