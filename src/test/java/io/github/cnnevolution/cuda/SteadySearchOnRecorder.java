package io.github.cnnevolution.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.StoredProposal;
import io.github.cnnevolution.search.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A search without generations is the same on one device and on two, bit for bit. */
class SteadySearchOnRecorder {
  @TempDir private Path directory;

  /** What a search has stored. */
  private record History(List<StoredProposal> proposals, List<Outcome> outcomes) {
    static History of(Path run) {
      try (EvaluationStore store = EvaluationStore.openToRead(run.resolve("run.db"))) {
        return new History(store.proposals(), store.outcomes());
      }
    }
  }

  private History search(int devices, int workers) throws Exception {
    Path own = Files.createDirectory(directory.resolve(devices + "-" + workers));
    RecorderRun run =
        Recorder.withDevices(devices)
            .runMain(own, SteadySearchProbe.class, "run", String.valueOf(workers))
            .succeeded();
    Set<Integer> used =
        run.trace().candidates().stream().map(CandidateTrace::device).collect(Collectors.toSet());
    assertEquals(devices, used.size(), "devices that trained");
    return History.of(own.resolve("run"));
  }

  @Test
  void oneDeviceAndTwoFindTheSame() throws Exception {
    History one = search(1, 1);
    assertEquals(40, one.proposals.size());
    assertEquals(40, one.outcomes.size());
    assertEquals(one, search(2, 2));
  }
}
