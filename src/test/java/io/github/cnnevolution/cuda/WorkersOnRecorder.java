package io.github.cnnevolution.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.StoredProposal;
import io.github.cnnevolution.search.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The number of workers is measured on the device, remembered, and changes no result. */
class WorkersOnRecorder {
  private static final String MEASURED =
      "gpu0: \\d+ workers? \\(images/s with 1, 2[0-9, ]*: 1\\.0, [0-9., ]+ times one";

  @TempDir private Path directory;

  /** What a search has stored. */
  private record History(
      List<StoredProposal> proposals, List<Outcome> outcomes, Map<String, String> seeds) {
    static History of(Path run) {
      try (EvaluationStore store = EvaluationStore.openToRead(run.resolve("run.db"))) {
        Map<String, String> seeds = new TreeMap<>();
        store.forEach(
            one ->
                seeds.put(
                    one.evaluation().job().architecture().phenotype(),
                    one.evaluation().microBatches() + " " + one.evaluation().curve()));
        return new History(store.proposals(), store.outcomes(), seeds);
      }
    }
  }

  /** All runs of a fork share one file, beside the libraries that they share. */
  @BeforeEach
  @AfterEach
  void forget() throws Exception {
    Files.deleteIfExists(Recorder.cache().resolve("cnn-evolution-workers.properties"));
  }

  private RecorderRun run(String command) throws Exception {
    return Recorder.withDevices(1).run(directory, List.of(command.split(" ", -1))).succeeded();
  }

  @Test
  void itIsMeasuredAndRemembered() throws Exception {
    RecorderRun tuned = run("devices --tune");
    assertTrue(
        tuned.out().stream().anyMatch(line -> line.matches(MEASURED + "\\)")), tuned::output);
    CudaTrace trials =
        tuned.trace().only(call -> tuned.trace().threadName(call.thread()).startsWith("trial-"));
    assertTrue(
        trials.callers().size() == 1 && trials.streams().size() >= 2, trials.counts()::toString);
    assertFalse(trials.streams().contains(0), "the default stream is used");
    // With the defaults that were tuned for.
    List<String> commands = new ArrayList<>(List.of("auto", "1", "8"));
    List<History> histories = new ArrayList<>();
    for (String workers : commands) {
      RecorderRun searched =
          run(
              "evolve --data synthetic --train_limit 256 --batch_size 128 --optimizer muon --epochs 1"
                  + " --pop_size 6 --generations 3 --seed 5 --workers_per_gpu "
                  + workers
                  + " --out "
                  + workers);
      assertEquals(
          workers.equals("auto"),
          searched.output().matches("(?s).*" + MEASURED + ", measured before\\)\n.*"),
          searched.output());
      histories.add(History.of(directory.resolve(workers)));
    }
    assertEquals(18, histories.get(0).proposals().size());
    assertEquals(histories.get(0), histories.get(1));
    assertEquals(histories.get(0), histories.get(2));
  }
}
