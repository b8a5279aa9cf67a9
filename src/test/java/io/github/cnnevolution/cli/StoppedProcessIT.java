package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.run.EvaluationStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A search whose process is stopped and continued, as by {@code docker pause}. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class StoppedProcessIT {
  @TempDir private Path directory;

  private static double trainSeconds(Path run) {
    double[] sum = {0};
    try (EvaluationStore store = EvaluationStore.openToRead(run.resolve("run.db"))) {
      store.forEach(stored -> sum[0] += stored.evaluation().trainSeconds());
    }
    return sum[0];
  }

  private static void awaitStopped(RunProcess process) throws Exception {
    Path stat = Path.of("/proc/" + process.process().pid() + "/stat");
    while (!Files.readString(stat).contains(") T ")) {
      Thread.sleep(5);
    }
  }

  /** The pause is longer than all the work, so that no candidate could hide it. */
  @Test
  void thePauseIsNoPartOfTheTimeOfACandidate() throws Exception {
    long start = System.nanoTime();
    RunProcess process =
        Launch.jar()
            .start(
                directory,
                "--data synthetic --train_limit 200 --epochs 4 --workers 1 --pop_size 3 --generations 1 --out run"
                    .split(" ", -1));
    Path run = directory.resolve("run");
    process.awaitStored(run, 1);
    process.signal("STOP");
    awaitStopped(process);
    long stopped = System.nanoTime();
    long worked = stopped - start;
    while (System.nanoTime() - stopped < 2 * worked) {
      Thread.sleep(20);
    }
    long pause = System.nanoTime() - stopped;
    process.signal("CONT");
    process.endsWith(0);
    double working = (System.nanoTime() - start - pause) / 1e9;
    assertEquals(3, RunProcess.stored(run), "all are trained after the pause");
    assertTrue(
        trainSeconds(run) < working,
        trainSeconds(run) + " s of training in " + working + " s without the pause");
  }
}
