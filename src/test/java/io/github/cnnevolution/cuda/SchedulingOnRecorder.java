package io.github.cnnevolution.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether all devices are busy as long as there is work. */
class SchedulingOnRecorder {
  private static final double NS_A_MS = 1e6;
  private static final double LONGEST_GAP_MS = 50;

  @TempDir private Path directory;

  @Test
  void eightDevicesShareSixtyFourCandidates() throws Exception {
    int devices = 8;
    int workers = 4;
    int count = 64;
    RecorderRun run =
        Recorder.withDevices(devices)
            .evaluate(
                directory,
                Networks.first(count),
                "--workers_per_gpu=" + workers,
                "--train_limit=256",
                "--batch_size=32",
                "--epochs=2")
            .succeeded();
    assertEquals(count, run.results().size());
    assertTrue(
        run.results().stream().allMatch(result -> result.get("error").isNull()), run::output);

    List<CandidateTrace> candidates = run.trace().candidates();
    assertEquals(count, candidates.size());
    Map<Integer, Long> byDevice =
        candidates.stream()
            .collect(
                Collectors.groupingBy(CandidateTrace::device, TreeMap::new, Collectors.counting()));
    assertEquals(devices, byDevice.size(), byDevice::toString);
    // Whoever is free takes the next one, so the shares differ a little.
    assertTrue(
        byDevice.values().stream().allMatch(n -> n >= 5 && n <= 11),
        () -> "candidates by device: " + byDevice);
    assertEquals(devices * workers, byWorker(candidates).size());
    assertNobodyWaitsWhileWorkIsPending(candidates);
  }

  /** Until the last candidate has begun, each worker that ends one begins another. */
  private static void assertNobodyWaitsWhileWorkIsPending(List<CandidateTrace> candidates) {
    CandidateTrace last = candidates.get(candidates.size() - 1);
    long busy = 0;
    long idle = 0;
    for (List<CandidateTrace> own : byWorker(candidates).values()) {
      for (int i = 0; i < own.size(); i++) {
        busy +=
            Math.min(own.get(i).end(), last.start()) - Math.min(own.get(i).start(), last.start());
        long next = i + 1 < own.size() ? own.get(i + 1).start() : Long.MAX_VALUE;
        idle += Math.max(0, Math.min(next, last.start()) - own.get(i).end());
      }
    }
    double fraction = (double) idle / (busy + idle);
    assertTrue(
        fraction < 0.05, "workers were idle for %.1f %% of the time".formatted(100 * fraction));
  }

  @Test
  void aWorkerGoesOnWithTheNextCandidateAtOnce() throws Exception {
    int count = 20;
    RecorderRun run =
        Recorder.withDevices(2)
            .evaluate(
                directory,
                Networks.first(count),
                "--workers_per_gpu=1",
                "--train_limit=256",
                "--batch_size=32",
                "--epochs=2")
            .succeeded();
    List<CandidateTrace> candidates = run.trace().candidates();
    assertEquals(count, candidates.size());
    List<Double> gaps = new ArrayList<>();
    for (List<CandidateTrace> own : byWorker(candidates).values()) {
      for (int i = 1; i < own.size(); i++) {
        gaps.add((own.get(i).start() - own.get(i - 1).end()) / NS_A_MS);
      }
    }
    assertEquals(count - 2, gaps.size());
    double median = gaps.stream().sorted().skip(gaps.size() / 2).findFirst().orElseThrow();
    assertTrue(median < LONGEST_GAP_MS, () -> "gaps in ms: " + gaps);
  }

  private static Map<String, List<CandidateTrace>> byWorker(List<CandidateTrace> candidates) {
    return candidates.stream()
        .collect(Collectors.groupingBy(CandidateTrace::worker, TreeMap::new, Collectors.toList()));
  }
}
