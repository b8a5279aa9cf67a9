package io.github.cnnevolution.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.StoredEvaluation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The latency of networks is measured on the device that trains them, while its other workers wait
 * between two steps.
 */
class LatencyOnRecorder {
  /** Three to warm up and 15 of one image; three and 5 of 64. */
  private static final int PASSES = 3 + 15 + 3 + 5;

  /**
   * Four for each worker, so that their trainings overlap: the first ones begin and end together. A
   * training is longer than a measurement, and its steps are not recorded, so that they are seen
   * and take longer in deeper networks.
   */
  private static final int CANDIDATES = 2 * 3 * 4;

  @TempDir private Path directory;

  @Test
  void itIsMeasuredOnTheDeviceInQuiet() throws Exception {
    RecorderRun run =
        Recorder.withDevices(2)
            .run(
                directory,
                List.of(
                    ("evolve --data synthetic --train_limit 512 --batch_size 32 --epochs 12"
                            + " --cuda_graphs off --objectives accuracy,latency --pop_size 24 --generations 1"
                            + " --workers_per_gpu 3 --seed 4 --quiet --out run")
                        .split(" ", -1)))
            .succeeded();
    List<StoredEvaluation> stored = new ArrayList<>();
    try (EvaluationStore store =
        EvaluationStore.openToRead(directory.resolve("run").resolve("run.db"))) {
      store.forEach(stored::add);
    }
    assertEquals(CANDIDATES, stored.size());
    for (StoredEvaluation one : stored) {
      Evaluation evaluation = one.evaluation();
      assertTrue(evaluation.objectives().get(Evaluation.LATENCY) > 0, evaluation.toString());
      assertTrue(evaluation.objectives().get(Evaluation.LATENCY_64) > 0, evaluation.toString());
    }

    List<CandidateTrace> candidates =
        run.trace().candidates().stream().filter(CandidateTrace::isTrained).toList();
    assertEquals(CANDIDATES, candidates.size());
    assertEquals(
        Set.of(0, 1), candidates.stream().map(CandidateTrace::device).collect(Collectors.toSet()));
    int interrupted = 0;
    for (CandidateTrace candidate : candidates) {
      List<CudaCall> passes = passes(candidate);
      assertEquals(PASSES, passes.size(), candidate.worker());
      long first = passes.get(0).time();
      long last = passes.get(PASSES - 1).time();
      CudaTrace neighbours =
          run.trace()
              .ofDevice(candidate.device())
              .ofWorkers()
              .launches()
              .only(call -> !run.trace().threadName(call.thread()).equals(candidate.worker()));
      assertEquals(
          List.of(), neighbours.between(first, last).calls(), "a neighbour was not at rest");
      interrupted += trains(neighbours, first, last) ? 1 : 0;
    }
    assertTrue(interrupted > 0, "no neighbour had to wait in the middle of its training");
  }

  /** The copies of a number to the host, with which each pass ends, before the training. */
  private static List<CudaCall> passes(CandidateTrace candidate) {
    List<CudaCall> passes = new ArrayList<>();
    List<CudaCall> calls = candidate.calls();
    for (int i = 0; !CandidateTrace.isOptimizer(calls.get(i)); i++) {
      if (calls.get(i).isCopy("D2H")) {
        assertTrue(calls.get(i).waits() || calls.get(i + 1).waits(), "a pass is not waited for");
        passes.add(calls.get(i));
      }
    }
    return passes;
  }

  /** Whether a neighbour has made a step of a training before, and the next one after a time. */
  private static boolean trains(CudaTrace neighbours, long first, long last) {
    return neighbours.calls().stream()
        .collect(Collectors.groupingBy(CudaCall::thread))
        .values()
        .stream()
        .flatMap(calls -> CandidateTrace.split(calls).stream())
        .map(calls -> calls.stream().filter(CandidateTrace::isOptimizer).toList())
        .anyMatch(
            steps ->
                steps.stream().anyMatch(step -> step.time() < first)
                    && steps.stream().anyMatch(step -> step.time() > last));
  }
}
