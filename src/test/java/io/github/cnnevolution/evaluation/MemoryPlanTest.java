package io.github.cnnevolution.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MemoryPlanTest {
  private static final EvaluationJob JOB = Candidates.job(0, 0);

  /** Needs {@code fixed} bytes, and {@code perBatch} divided by the number of micro-batches. */
  private static DeviceWorkers<EvaluationJob, Evaluation> device(
      int index, long memory, long fixed, long perBatch) {
    return Candidates.workers(
        Candidates.cpu(index),
        1,
        memory,
        Candidates.needing((job, parts) -> fixed + perBatch / parts, Candidates::success));
  }

  @Test
  void theWholeBatchWhereverItFits() {
    MemoryPlan plan = MemoryPlan.of(JOB, List.of(device(0, 50, 10, 80), device(1, 90, 10, 80)));
    assertEquals(new MemoryPlan(1, Map.of(Candidates.cpu(1), 90L), Optional.empty()), plan);
  }

  @Test
  void theFewestMicroBatchesThatFitSomewhere() {
    MemoryPlan plan = MemoryPlan.of(JOB, List.of(device(0, 30, 10, 80), device(1, 35, 10, 80)));
    assertEquals(
        new MemoryPlan(4, Map.of(Candidates.cpu(0), 30L, Candidates.cpu(1), 30L), Optional.empty()),
        plan);
  }

  @Test
  void saysWhatIsMissing() {
    long gib = 1L << 30;
    MemoryPlan plan =
        MemoryPlan.of(
            JOB, List.of(device(0, gib, 5 * gib, 2 * gib), device(1, 2 * gib, 5 * gib, 2 * gib)));
    assertEquals(Map.of(), plan.bytes());
    assertEquals(
        "needs about 5376 MiB even in 8 micro-batches, but cpu1 has 2048 MiB for candidates",
        plan.refusal().orElseThrow());
  }
}
