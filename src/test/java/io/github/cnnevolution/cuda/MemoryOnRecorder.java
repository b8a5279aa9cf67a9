package io.github.cnnevolution.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices whose memory does not suffice. */
class MemoryOnRecorder {
  private static final String SMALLEST = "01000000000000000000"; // w32-k2-relu-dd
  private static final String SECOND_SMALLEST = "01001000000000000000"; // w32-k3-relu-dd
  private static final String LARGEST = "11011000000000000000"; // w128-k7-relu-dddd
  // LibTorch's allocator asks the driver so often before it reports that memory is out.
  private static final int ATTEMPTS = 3;
  private static final long TWO_GIBI = 2L << 30;

  @TempDir private Path directory;

  @Test
  void aFailedAllocationIsRetriedAndChangesNoResult() throws Exception {
    List<String> chromosomes = Networks.first(4);
    String[] options = {
      "--gpus=0", "--workers_per_gpu=1", "--train_limit=128", "--batch_size=64", "--epochs=2"
    };
    RecorderRun undisturbed =
        Recorder.withDevices(1).evaluate(directory, chromosomes, options).succeeded();
    long passing = allocationsBeforeLastOfTraining(undisturbed.trace());

    RecorderRun disturbed =
        Recorder.withDevices(1)
            .withFaults("call=cudaMalloc,after=%d,error=2,times=%d".formatted(passing, ATTEMPTS))
            .evaluate(directory, chromosomes, options)
            .succeeded();
    assertEquals(
        ATTEMPTS, disturbed.trace().only(call -> call.name().equals("fault")).calls().size());
    assertEquals(undisturbed.resultsWithoutTimes(), disturbed.resultsWithoutTimes());
    assertTrue(
        disturbed.results().stream().allMatch(result -> result.get("error").isNull()),
        disturbed::output);
    assertTrue(
        weightDraws(disturbed.trace()) > weightDraws(undisturbed.trace()),
        "no candidate was begun anew");
  }

  /** How many allocations precede the last one that a worker makes for a candidate. */
  private static long allocationsBeforeLastOfTraining(CudaTrace trace) {
    List<CudaCall> allocations = trace.only(call -> call.name().equals("cudaMalloc")).calls();
    int last = allocations.size() - 1;
    while (!trace.isWorker(allocations.get(last).thread())) {
      last--;
    }
    return last;
  }

  private static long weightDraws(CudaTrace trace) {
    return trace.calls().stream().filter(call -> call.launches("uniform")).count();
  }

  @Test
  void admissionKeepsASmallDeviceFreeOfErrors() throws Exception {
    // w128-k3-ssss with each activation, and small ones between them.
    List<String> chromosomes = new ArrayList<>(Networks.first(4));
    chromosomes.addAll(
        List.of(
            "11001000000011110000",
            "11001001000011110000",
            "11001010000011110000",
            "11001011000011110000"));
    String[] options = {
      "--workers_per_gpu=4", "--train_limit=512", "--batch_size=256", "--epochs=3"
    };
    RecorderRun large =
        Recorder.withDevices(1).evaluate(directory, chromosomes, options).succeeded();
    assertTrue(
        large.trace().peakAllocated() > TWO_GIBI * 5 / 4,
        () -> "would fit all at once: " + large.trace().peakAllocated());

    RecorderRun small =
        Recorder.withDevices(1)
            .withMegabytes(2048)
            .evaluate(directory, chromosomes, options)
            .succeeded();
    assertEquals(
        List.of(), small.trace().only(call -> call.isAllocation() && call.error() != 0).calls());
    assertEquals(large.resultsWithoutTimes(), small.resultsWithoutTimes());
    assertTrue(
        small.results().stream().allMatch(result -> result.get("error").isNull()), small::output);
    assertEquals(
        weightDraws(large.trace()), weightDraws(small.trace()), "a candidate was begun anew");
  }

  @Test
  void aNetworkThatFitsNoDeviceFailsWithTheReasonAlone() throws Exception {
    // The weights of the largest network with gradients and velocities take 260 MB for any batch.
    RecorderRun run =
        Recorder.withDevices(1)
            .withMegabytes(256)
            .evaluate(
                directory,
                List.of(SMALLEST, LARGEST, SECOND_SMALLEST),
                "--workers_per_gpu=1",
                "--train_limit=64",
                "--batch_size=32",
                "--epochs=1")
            .endedWithAFailure();
    List<ObjectNode> results = run.results();
    assertEquals(3, results.size(), run::output);
    assertTrue(results.get(0).get("error").isNull(), run::output);
    assertFailedForMemory(results.get(1), run);
    assertTrue(results.get(2).get("error").isNull(), run::output);
  }

  @Test
  void memoryThatIsOutForGoodFailsCandidatesWithTheReason() throws Exception {
    // Device 0 seems to have 80 GB, but gives no more after the images and a little for the start.
    List<String> chromosomes = Networks.first(8);
    RecorderRun run =
        Recorder.withDevices(2)
            .withFaults("device=0,call=cudaMalloc,after=4,error=2,times=1000000")
            .evaluate(
                directory,
                chromosomes,
                "--workers_per_gpu=1",
                "--train_limit=64",
                "--batch_size=32",
                "--epochs=1")
            .endedWithAFailure();
    List<ObjectNode> results = run.results();
    assertEquals(chromosomes.size(), results.size(), run::output);
    List<ObjectNode> failed =
        results.stream().filter(result -> !result.get("error").isNull()).toList();
    assertFalse(failed.isEmpty(), run::output);
    assertTrue(failed.size() < results.size(), run::output);
    failed.forEach(result -> assertFailedForMemory(result, run));
  }

  private static void assertFailedForMemory(ObjectNode result, RecorderRun run) {
    assertEquals(-1, result.get("fitness").asDouble(), run::output);
    String reason = result.get("error").asText();
    // Found out by trying, or told before.
    assertTrue(reason.matches("out of memory: .+|needs about .+iB.+has .+iB.+"), run::output);
  }
}
