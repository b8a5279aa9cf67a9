package io.github.cnnevolution.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No launched graph uses memory that was freed, and none is destroyed before it is done. */
class GraphMemoryOnRecorder {
  private static final String FREED = "a launched graph uses device memory that was freed";
  private static final String FREED_EARLY =
      "device memory was freed while a launched graph that uses it was pending";
  private static final String DESTROYED = "a graph was destroyed while a launch of it was pending";
  private static final List<String> OPERATIONS =
      List.of("add", "sum", "lists", "product", "linear", "convolution", "memset", "copy");

  @TempDir private Path directory;

  private static List<String> races(RecorderRun run) {
    return run.trace().only(call -> call.name().equals("RACE")).calls().stream()
        .map(CudaCall::why)
        .toList();
  }

  /** Without this the tests below could not fail. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theRecorderFindsEachFault(boolean lazy) throws Exception {
    List<String> cases = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (String operation : OPERATIONS) {
      Stream.of("synchronized", "freed", "waited", "pending", "replaced", "destroyed")
          .forEach(what -> cases.add(operation + " " + what));
      expected.addAll(List.of(FREED, FREED_EARLY, FREED, DESTROYED));
    }
    Recorder recorder = Recorder.withDevices(1);
    RecorderRun run =
        (lazy ? recorder.withLazyCopies() : recorder)
            .runMain(directory, GraphMemoryProbe.class, cases.toArray(new String[0]))
            .succeeded();
    assertEquals(expected, races(run));
  }

  /** Memory is so short that some must be freed all the time. */
  @ParameterizedTest
  @ValueSource(ints = {81559, 2048})
  void trainingsWithGraphsHaveNone(int megabytes) throws Exception {
    List<String> chromosomes = Networks.first(12);
    RecorderRun run =
        Recorder.withDevices(2)
            .withMegabytes(megabytes)
            .withLazyCopies()
            .evaluate(
                directory,
                chromosomes,
                "--workers_per_gpu=3",
                "--train_limit=160",
                "--batch_size=32",
                "--epochs=4",
                "--cuda_graphs")
            .succeeded();
    assertTrue(run.results().stream().allMatch(r -> r.get("error").isNull()), run::output);
    assertEquals(List.of(), races(run));
    int launches = run.trace().only(call -> call.name().equals("cudaGraphLaunch")).calls().size();
    assertEquals(chromosomes.size() * (4 * 5 - 4), launches);
  }

  /** What a worker keeps of one training must not be missing for the next of another. */
  @Test
  void onASmallDeviceKeptMemoryMakesRoom() throws Exception {
    for (int megabytes : new int[] {81559, 1500}) {
      RecorderRun run =
          Recorder.withDevices(1)
              .withMegabytes(megabytes)
              .runMain(directory, GraphPoolsProbe.class)
              .succeeded();
      CudaTrace trace = run.trace();
      assertEquals(List.of(), trace.only(call -> call.isAllocation() && call.error() != 0).calls());
      assertEquals(List.of(), races(run));
      // Where there is room, everything is kept: more than the small device has.
      assertEquals(megabytes < 2000, frees(trace) > 0);
      assertEquals(megabytes < 2000, trace.peakAllocated() < 1500L << 20);
    }
  }

  /** Memory is out although a pool of an earlier training is kept: it is freed for another try. */
  @Test
  void memoryThatIsOutTakesWhatIsKept() throws Exception {
    // w128-k7-relu-dddd and w128-k3-relu-ssss. The longer is taken first, even if the worker comes
    // before the other is submitted.
    List<String> chromosomes = List.of("11011000000000000000", "11001000000011110000");
    String[] options = {
      "--workers_per_gpu=1", "--train_limit=512", "--batch_size=256", "--epochs=10", "--cuda_graphs"
    };
    RecorderRun undisturbed =
        Recorder.withDevices(1).evaluate(directory, chromosomes, options).succeeded();
    List<CudaCall> allocations =
        undisturbed.trace().only(call -> call.name().equals("cudaMalloc")).calls();
    // LibTorch's allocator asks the driver three times.
    RecorderRun disturbed =
        Recorder.withDevices(1)
            .withFaults(
                "call=cudaMalloc,after=%d,error=2,times=3".formatted(allocations.size() - 1))
            .evaluate(directory, chromosomes, options)
            .succeeded();
    assertEquals(undisturbed.resultsWithoutTimes(), disturbed.resultsWithoutTimes());
    CudaTrace trace = disturbed.trace();
    List<CudaCall> faults = trace.only(call -> call.name().equals("fault")).calls();
    long fault = faults.get(0).time();
    long retry =
        trace.calls().stream()
            .filter(call -> call.time() > fault && call.launches("uniform"))
            .mapToLong(CudaCall::time)
            .findFirst()
            .orElseThrow();
    // The images and the workspaces of the worker stay.
    long staying = 120L << 20;
    assertTrue(allocated(trace.between(0, fault)) > 3 * staying);
    long left = allocated(trace.between(0, retry));
    assertTrue(left < staying, () -> left + " bytes");
  }

  private static long frees(CudaTrace trace) {
    return trace.calls().stream().filter(call -> call.name().equals("cudaFree")).count();
  }

  private static long allocated(CudaTrace trace) {
    return trace.calls().stream()
        .filter(call -> call.isAllocation() && call.error() == 0)
        .mapToLong(call -> call.name().equals("cudaFree") ? -call.bytes() : call.bytes())
        .sum();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aTrainingThatIsGivenUpHasNone(boolean lazy) throws Exception {
    Recorder recorder = Recorder.withDevices(1);
    RecorderRun run =
        (lazy ? recorder.withLazyCopies() : recorder)
            .runMain(directory, GraphPoolsProbe.class, "giving_up")
            .succeeded();
    // Three trainings, of which steps 4 to 7 are replayed but for the first without dropout.
    assertEquals(
        3 * 3, run.trace().only(call -> call.name().equals("cudaGraphLaunch")).calls().size());
    assertEquals(List.of(), races(run));
  }
}
