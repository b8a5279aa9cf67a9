package io.github.cnnevolution.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Training steps that are recorded once and replayed. The recorder fails a recording where CUDA
 * would; then the program goes on without it and says so, which these tests do not accept.
 */
class CudaGraphsOnRecorder {
  /** The network of the figures in src/docs/benchmarks.md: w128-k3-relu-sdds. */
  private static final String NETWORK = "11001000000010010000";

  private static final int DROPOUT_LAYERS = 6;
  private static final int LAUNCHES_A_STEP = 120;
  // The number of the step modulo the batches, two rows of the epoch's order, the rate; and 1
  // added.
  private static final int OF_COUNTING = 5;
  // Drawing the bits is left out of a recording.
  private static final int OF_DROPOUT = 5;

  private static final int STEPS_AN_EPOCH = 5;
  private static final int EPOCHS = 6;
  private static final int STEPS = STEPS_AN_EPOCH * EPOCHS;
  // Three steps before the first recording, one before the second.
  private static final int UNRECORDED = 4;
  private static final int RECORDINGS = 2;
  private static final int STEPS_WITH_DROPOUT = STEPS / 5;

  @TempDir private Path directory;

  private RecorderRun run(Recorder recorder, List<String> chromosomes, String... more)
      throws Exception {
    List<String> options =
        new ArrayList<>(List.of("--train_limit=" + 32 * STEPS_AN_EPOCH, "--batch_size=32"));
    options.addAll(List.of("--epochs=" + EPOCHS));
    options.addAll(List.of(more));
    RecorderRun run =
        recorder.evaluate(directory, chromosomes, options.toArray(new String[0])).succeeded();
    assertEquals(chromosomes.size(), run.results().size(), run::output);
    assertTrue(run.results().stream().allMatch(r -> r.get("error").isNull()), run::output);
    return run;
  }

  @Test
  void aReplayedStepIsOneLaunchAndOneForEachDropoutLayer() throws Exception {
    String[] oneWorker = {"--workers_per_gpu=1"};
    CudaTrace plain = run(Recorder.withDevices(1), List.of(NETWORK), oneWorker).trace();
    CudaTrace trace =
        run(Recorder.withDevices(1), List.of(NETWORK), "--workers_per_gpu=1", "--cuda_graphs")
            .trace();

    List<CudaCall> graphs = launches(trace).calls();
    assertEquals(STEPS - UNRECORDED, graphs.size());
    int withDropout = STEPS_WITH_DROPOUT - 3;
    // The whole step is in the graph, and what it counts by.
    assertEquals(
        LAUNCHES_A_STEP + OF_COUNTING + OF_DROPOUT * DROPOUT_LAYERS, graphs.get(0).kernels());
    assertEquals(LAUNCHES_A_STEP + OF_COUNTING, graphs.get(withDropout).kernels());
    List<CudaCall> last = plain.candidates().get(0).steps().get(STEPS - 1);
    assertEquals(LAUNCHES_A_STEP, last.stream().filter(CudaCall::isLaunch).count());
    assertEquals(randomDraws(plain), randomDraws(trace), "other dropout");

    for (int i = 1; i < graphs.size(); i++) {
      int step = i + 3 + (i >= withDropout ? 1 : 0);
      if (step % STEPS_AN_EPOCH != 0 && i != withDropout) {
        List<CudaCall> calls = between(trace, graphs.get(i - 1), graphs.get(i));
        int draws = i < withDropout ? DROPOUT_LAYERS : 0;
        assertEquals(1 + draws, calls.stream().filter(CudaCall::isLaunch).count(), "step " + step);
        List<CudaCall> others =
            calls.stream()
                .filter(
                    c -> c.isHostCopy() || c.waits() || c.isAllocation() || c.copy().isPresent())
                .toList();
        assertEquals(List.of(), others, "step " + step);
      }
    }
  }

  @Test
  void everyKindOfBlockCanBeRecordedByWorkersInParallel() throws Exception {
    List<String> chromosomes = kinds();
    RecorderRun run =
        run(Recorder.withDevices(2), chromosomes, "--workers_per_gpu=2", "--cuda_graphs");
    assertEveryStepIsReplayed(run, chromosomes.size());

    // A graph goes where its worker's kernels go.
    CudaTrace trace = run.trace();
    Map<Integer, Set<Integer>> streams = streamsByThread(trace.ofWorkers().launches());
    assertEquals(4, streams.size());
    assertTrue(streams.values().stream().allMatch(s -> s.size() == 1), streams::toString);
    // Without this the test would not show that recordings bear their neighbours.
    assertTrue(
        recordings(trace).stream().anyMatch(recording -> isDisturbed(trace, recording)),
        "no worker asked for anything during another's recording");
  }

  @Test
  void everyPrecisionCanBeRecordedInMicroBatchesAndMemoryIsKept() throws Exception {
    String[] cases = {
      "w128-k3-relu-sdds BF16 1",
      "w32-k5-gelu-ds FP32 1",
      "w32-k2-elu-sd FP16 1",
      "w16-k7-leakyrelu-s FP16 4",
      "w64-k3-gelu-dds BF16 2",
      "w16-k3-relu-d FP32 4"
    };
    assertIsRecordedAndMemoryKept(cases);
  }

  /** Skip connections, squeeze-and-excitation, groups, depthwise convolutions, both heads. */
  @Test
  void everyKindOfStagedNetworkCanBeRecorded() throws Exception {
    String[] cases = {
      "plain-32x1-64x1-max-pool-elu-d0.3 FP32 1",
      "residual-32x1-64x1-se-relu BF16 1",
      "residual-k5-32x1-64x1-se-max-leakyrelu FP32 4",
      "bottleneck-64x1-64x1-pool-silu BF16 2",
      "inverted-32x1-64x1-se-gelu FP16 1"
    };
    assertIsRecordedAndMemoryKept(cases);
  }

  private void assertIsRecordedAndMemoryKept(String... cases) throws Exception {
    RecorderRun run =
        Recorder.withDevices(1).runMain(directory, CudaGraphsProbe.class, cases).succeeded();
    int trainings = cases.length * CudaGraphsProbe.TIMES;
    assertEquals(trainings + 1, run.out().size(), run::output);
    assertEquals("", warnings(run));
    int steps = CudaGraphsProbe.STEPS_AN_EPOCH * CudaGraphsProbe.EPOCHS;
    assertEquals(trainings * (steps - UNRECORDED), launches(run.trace()).calls().size());
    for (int i = 0; i < cases.length; i++) {
      List<String> held =
          run.out().subList(i * CudaGraphsProbe.TIMES, (i + 1) * CudaGraphsProbe.TIMES);
      // The first training of a network may leave more in the cache for the next.
      assertEquals(1, Set.copyOf(held.subList(1, held.size())).size(), cases[i] + ": " + held);
    }
    assertTrue(
        Long.parseLong(run.out().get(trainings)) < Long.parseLong(run.out().get(trainings - 1)),
        run::output);
  }

  /** The device is stopped for no candidate: memory goes back when the workers end. */
  @Test
  void aWorkerKeepsTheMemoryOfItsRecordings() throws Exception {
    List<String> chromosomes = Networks.first(12);
    RecorderRun run =
        run(Recorder.withDevices(2), chromosomes, "--workers_per_gpu=2", "--cuda_graphs");
    assertEveryStepIsReplayed(run, chromosomes.size());
    CudaTrace trace = run.trace();
    List<CudaCall> graphs = launches(trace).calls();
    long lastStep = graphs.get(graphs.size() - 1).time();
    List<CudaCall> frees =
        trace.only(c -> c.name().equals("cudaFree") && trace.isWorker(c.thread())).calls();
    assertEquals(List.of(), frees.stream().filter(c -> c.time() < lastStep).toList());
    // By the worker of each device that ends last, or by each for itself.
    assertEquals(Set.of(0, 1), frees.stream().map(CudaCall::device).collect(Collectors.toSet()));
  }

  /** In an epoch that is long the host runs ahead of the device, but not for long. */
  @Test
  void theHostStaysNearTheDevice() throws Exception {
    int batches = 200;
    RecorderRun run =
        Recorder.withDevices(1)
            .evaluate(
                directory,
                List.of(NETWORK),
                "--train_limit=" + 2 * batches,
                "--batch_size=2",
                "--epochs=2",
                "--cuda_graphs")
            .succeeded();
    CudaTrace trace = run.trace();
    List<CudaCall> graphs = launches(trace).calls();
    assertEquals(2 * batches - UNRECORDED, graphs.size());
    List<CudaCall> waits =
        trace
            .between(graphs.get(0).time(), graphs.get(graphs.size() - 1).time())
            .only(c -> c.name().equals("cudaEventSynchronize"))
            .calls();
    int ahead = 64;
    // The first time there is nothing to wait for.
    assertEquals(graphs.size() / ahead - 1, waits.size());
    for (int i = 0; i < waits.size(); i++) {
      CudaCall wait = waits.get(i);
      long launched = graphs.stream().filter(graph -> graph.time() < wait.time()).count();
      assertEquals((long) ahead * (i + 2), launched, "wait " + i);
    }
  }

  @Test
  void deterministicKernelsCanBeRecorded() throws Exception {
    List<String> chromosomes = List.of(NETWORK, "00000001000000000000");
    RecorderRun run = run(Recorder.withDevices(1), chromosomes, "--deterministic", "--cuda_graphs");
    assertEveryStepIsReplayed(run, chromosomes.size());
  }

  @Test
  void aCandidateThatCannotBeRecordedIsTrainedWithout() throws Exception {
    List<String> chromosomes = Networks.first(4);
    for (String call : List.of("cudaStreamBeginCapture", "cudaGraphInstantiate")) {
      RecorderRun run =
          run(
              Recorder.withDevices(1).withFaults("call=" + call + ",error=801,times=2"),
              chromosomes,
              "--workers_per_gpu=1",
              "--cuda_graphs");
      assertEquals(1, warnings(run).lines().count(), run::output);
      assertTrue(warnings(run).contains("could not be recorded"), run::output);
      int trainedWithout = 2;
      assertEquals(
          (chromosomes.size() - trainedWithout) * (STEPS - UNRECORDED),
          launches(run.trace()).calls().size());
    }
  }

  /** Each width, kernel, activation and pattern of blocks, and each kernel with each activation. */
  private static List<String> kinds() {
    List<String> kinds = new ArrayList<>();
    for (int width = 0; width < 4; width++) {
      for (int kernel = 0; kernel < 4; kernel++) {
        for (int blocks : new int[] {0b1111, 0b0000, 0b1010}) {
          int activation = (kinds.size() + kernel) % 4;
          kinds.add(Networks.of(width, kernel, activation, (blocks << 3) & patternOf(width)));
        }
      }
    }
    return kinds.stream().distinct().toList();
  }

  /** The bits of the blocks that a network of this stem has, of 7. */
  private static int patternOf(int width) {
    return 0b1111111 & ~((1 << (6 - width)) - 1);
  }

  private static void assertEveryStepIsReplayed(RecorderRun run, int candidates) {
    assertEquals("", warnings(run), run::output);
    CudaTrace trace = run.trace();
    assertEquals(
        List.of(), trace.only(call -> call.name().equals("capture-broken")).calls(), "not legal");
    assertEquals(RECORDINGS * candidates, recordings(trace).size());
    assertEquals(candidates * (STEPS - UNRECORDED), launches(trace).calls().size());
  }

  private static String warnings(RecorderRun run) {
    return run.err()
        .lines()
        .filter(line -> line.contains("--cuda_graphs"))
        .collect(Collectors.joining("\n"));
  }

  private static CudaTrace launches(CudaTrace trace) {
    return trace.only(call -> call.name().equals("cudaGraphLaunch"));
  }

  private static List<CudaCall> recordings(CudaTrace trace) {
    return trace.only(call -> call.name().equals("cudaStreamEndCapture")).calls();
  }

  private static long randomDraws(CudaTrace trace) {
    return trace.calls().stream().filter(call -> call.launches("random_full_64")).count();
  }

  /** What the thread of both asked for after {@code from}, up to and with {@code to}. */
  private static List<CudaCall> between(CudaTrace trace, CudaCall from, CudaCall to) {
    return trace
        .between(from.time() + 1, to.time())
        .only(call -> call.thread() == to.thread())
        .calls();
  }

  /** Whether a recording that ended was met by a neighbour's allocation or wait on its device. */
  private static boolean isDisturbed(CudaTrace trace, CudaCall end) {
    long start =
        trace.calls().stream()
            .filter(c -> c.name().equals("cudaStreamBeginCapture") && c.stream() == end.stream())
            .mapToLong(CudaCall::time)
            .filter(time -> time < end.time())
            .max()
            .orElseThrow();
    return trace.between(start, end.time()).calls().stream()
        .filter(call -> call.thread() != end.thread() && call.device() == end.device())
        .anyMatch(call -> call.isAllocation() || call.waits() || call.captured());
  }

  private static Map<Integer, Set<Integer>> streamsByThread(CudaTrace launches) {
    return launches.calls().stream()
        .collect(
            Collectors.groupingBy(
                CudaCall::thread, Collectors.mapping(CudaCall::stream, Collectors.toSet())));
  }
}
