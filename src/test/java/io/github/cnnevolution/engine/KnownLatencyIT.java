package io.github.cnnevolution.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.evaluation.CandidateEvaluator;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.RunDirectory;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network that goes on after a stop keeps the latency that was measured before. */
class KnownLatencyIT {
  @TempDir Path directory;

  @Test
  void itIsMeasuredOnceForEachNetwork() throws Exception {
    LibTorch.prepare();
    Thread caller = Thread.currentThread();
    Path run = directory.resolve("run");
    SearchSettings settings =
        GrownRun.settings(run, "steady stops", 8)
            .objectives(ObjectiveSettings.NONE.withObjectives("accuracy,latency"))
            .evaluators(any -> stopping(any, caller))
            .build();
    try (Search search = Search.start(settings, SearchListener.NONE)) {
      assertEquals(SearchResult.Stop.INTERRUPTED, search.run().stop());
    }
    assertTrue(Thread.interrupted());
    Map<String, Map<String, Double>> before = latencies(run, true);
    assertTrue(!before.isEmpty(), "a part was measured");
    try (Search search =
        Search.resume(
            run, b -> b.evaluators(any -> GrownRun.drawn(any, false)), SearchListener.NONE)) {
      assertEquals(SearchResult.Stop.FINISHED, search.run().stop());
    }
    Map<String, Map<String, Double>> wentOn = latencies(run, false);
    wentOn.keySet().retainAll(before.keySet());
    wentOn.forEach((network, latency) -> assertEquals(before.get(network), latency, network));
    assertTrue(!wentOn.isEmpty(), "none of them went on after the stop");
  }

  /** Interrupts the search when the rest of a training begins. */
  private static CandidateEvaluator stopping(CandidateEvaluator real, Thread caller) {
    CandidateEvaluator drawn = GrownRun.drawn(real, false);
    return (job, worker, parts) -> {
      if (job.isPart()) {
        return drawn.evaluate(job, worker, parts);
      }
      caller.interrupt();
      throw new InterruptedException();
    };
  }

  /** The latencies of parts or of whole trainings, by network. */
  private static Map<String, Map<String, Double>> latencies(Path run, boolean ofParts) {
    Map<String, Map<String, Double>> latencies = new HashMap<>();
    try (EvaluationStore store = EvaluationStore.openToRead(new RunDirectory(run).database())) {
      store.forEach(
          stored -> {
            if (!stored.evaluation().isFailed() && stored.evaluation().job().isPart() == ofParts) {
              latencies.put(
                  stored.evaluation().job().architecture().phenotype(),
                  latency(stored.evaluation()));
            }
          });
    }
    return latencies;
  }

  private static Map<String, Double> latency(Evaluation evaluation) {
    return Map.of(
        "one", evaluation.objectives().get(Evaluation.LATENCY),
        "64", evaluation.objectives().get(Evaluation.LATENCY_64));
  }
}
