package io.github.cnnevolution.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.testing.RunStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whether all workers are busy as long as there is work. It is told from the order of calls, which
 * holds on a busy machine too.
 */
class SchedulingOnRecorder {
  private static final int DEVICES = 8;
  private static final int WORKERS = 4;

  /** The first network of a device takes more launches than this. */
  private static final int SOME_LAUNCHES = 400;

  /** All workers but one. */
  private static final int HELD = DEVICES * WORKERS - 1;

  /** So many of a population of 64 differ. */
  private static final int NETWORKS = 56;

  @TempDir private Path directory;

  /**
   * All workers but one are held in the middle of their first candidate, until the last one has
   * trained all that is left: nobody waits for a neighbour or keeps work to itself.
   */
  @Test
  void aWorkerTakesWhatIsPendingWhateverTheOthersDo() throws Exception {
    Path lock = Files.createFile(directory.resolve("lock"));
    String rules =
        IntStream.range(0, DEVICES)
            .mapToObj(device -> hold(device, device == 0 ? WORKERS - 1 : WORKERS, lock))
            .collect(Collectors.joining(";"));
    Thread release = new Thread(() -> deleteOnceTheOthersAreStored(lock), "release");
    release.start();
    RecorderRun run;
    try {
      run =
          Recorder.withDevices(DEVICES)
              .withFaults(rules)
              .run(
                  directory,
                  List.of(
                      ("evolve --data synthetic --train_limit 256 --batch_size 32 --epochs 2"
                              + " --pop_size 64 --generations 1 --seed 4 --quiet --out run"
                              + " --workers_per_gpu "
                              + WORKERS)
                          .split(" ", -1)))
              .succeeded();
    } finally {
      release.interrupt();
      release.join();
    }
    assertEquals(NETWORKS, RunStore.size(directory.resolve("run")));

    CudaTrace trace = run.trace();
    CudaTrace held = trace.only(call -> call.name().equals("held"));
    assertEquals(HELD, held.calls().size());
    assertEquals(HELD, held.ofWorkers().callers().size(), held.callers()::toString);
    long released =
        trace.only(call -> call.name().equals("released")).calls().stream()
            .mapToLong(CudaCall::time)
            .min()
            .orElseThrow();
    List<CandidateTrace> candidates = trace.candidates();
    assertEquals(NETWORKS, candidates.size());
    Map<Integer, Long> endedBefore =
        candidates.stream()
            .filter(candidate -> candidate.end() < released)
            .collect(Collectors.groupingBy(CandidateTrace::device, Collectors.counting()));
    assertEquals(Map.of(0, (long) NETWORKS - HELD), endedBefore);
    assertTrue(candidates.stream().allMatch(candidate -> candidate.start() < released));
  }

  private static String hold(int device, int workers, Path lock) {
    return "device=%d,call=cudaLaunchKernel,after=%d,times=%d,while=%s"
        .formatted(device, SOME_LAUNCHES, workers, lock);
  }

  private void deleteOnceTheOthersAreStored(Path lock) {
    try {
      while (RunStore.size(directory.resolve("run")) < NETWORKS - HELD) {
        Thread.sleep(20);
      }
      Files.delete(lock);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a worker asks of CUDA after the last result is the next candidate's first weight. */
  @Test
  void nothingLiesBetweenTwoCandidates() throws Exception {
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
    Map<String, List<CandidateTrace>> byWorker =
        candidates.stream().collect(Collectors.groupingBy(CandidateTrace::worker));
    assertEquals(2, byWorker.size());
    for (List<CandidateTrace> own : byWorker.values()) {
      for (CandidateTrace next : own.subList(1, own.size())) {
        CudaCall first = next.calls().get(0);
        assertTrue(first.launches(CandidateTrace.DRAWS_WEIGHTS), first::toString);
      }
    }
  }
}
