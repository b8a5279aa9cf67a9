package io.github.cnnevolution.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What one training step launches, and from which thread. The figures stand in {@code
 * src/docs/benchmarks.md}; whoever changes them here changes them there.
 */
class LaunchesOnRecorder {
  /** The network of the figures: w32-k3-relu-ss. */
  static final String NETWORK = "01001000000011000000";

  // w32-k3-relu-dd: two convolutions more.
  private static final String LARGER = "01001000000000000000";
  private static final int STEPS_AN_EPOCH = 5;
  private static final int EPOCHS = 6;
  // Dropout layers drop in the first fifth of the steps.
  private static final int FIRST_WITHOUT_DROPOUT = STEPS_AN_EPOCH * EPOCHS / 5;
  private static final int LAUNCHES_A_STEP = 80;
  private static final int OF_OPTIMIZER = 2;
  private static final int OF_MASTER_WEIGHTS = 2;

  @TempDir private static Path directory;
  private static List<CandidateTrace> candidates;

  @BeforeAll
  static void train() throws Exception {
    RecorderRun run =
        Recorder.withDevices(1)
            .evaluate(
                directory,
                List.of(NETWORK, LARGER),
                "--workers_per_gpu=1",
                "--train_limit=" + 32 * STEPS_AN_EPOCH,
                "--batch_size=32",
                "--epochs=" + EPOCHS)
            .succeeded();
    candidates = run.trace().candidates();
    assertEquals(2, candidates.size());
  }

  @Test
  void aStepCostsWhatTheBenchmarksSay() {
    List<List<CudaCall>> steps = candidates.get(0).steps();
    assertEquals(EPOCHS * STEPS_AN_EPOCH, steps.size());
    for (int step = FIRST_WITHOUT_DROPOUT + 1; step < steps.size(); step++) {
      // The first of an epoch draws the order of its images too.
      if (step % STEPS_AN_EPOCH != 0) {
        Map<String, Long> launches = byKernel(steps.get(step));
        assertEquals(
            LAUNCHES_A_STEP,
            launches.values().stream().mapToLong(Long::longValue).sum(),
            "step " + step + ": " + launches);
      }
    }
  }

  /** The six networks of the benchmarks, in bf16, without dropout. */
  @Test
  void theReferenceNetworksCostWhatTheBenchmarksSay() throws Exception {
    // In the order in which they are trained: the most expensive first.
    Map<String, Integer> expected = new LinkedHashMap<>();
    expected.put(Networks.of(3, 2, 1, 0b1111000), 113); // w128-k5-elu-ssss
    expected.put(Networks.of(2, 3, 3, 0b1010000), 98); // w64-k7-gelu-sds
    expected.put(Networks.of(3, 1, 0, 0b1001000), 120); // w128-k3-relu-sdds
    expected.put(Networks.of(1, 2, 2, 0b0100000), 82); // w32-k5-leakyrelu-ds
    expected.put(Networks.of(0, 1, 0, 0b1000000), 60); // w16-k3-relu-s
    expected.put(Networks.of(0, 0, 0, 0b0000000), 75); // w16-k2-relu-d
    RecorderRun run =
        Recorder.withDevices(1)
            .evaluate(
                directory,
                List.copyOf(expected.keySet()),
                "--workers_per_gpu=1",
                "--train_limit=" + 32 * STEPS_AN_EPOCH,
                "--batch_size=32",
                "--epochs=" + EPOCHS)
            .succeeded();
    List<String> networks =
        run.results().stream()
            .sorted((a, b) -> Long.compare(b.get("flops").asLong(), a.get("flops").asLong()))
            .map(r -> r.get("chromosome").asText())
            .toList();
    List<CandidateTrace> trained = run.trace().candidates();
    Map<String, Integer> actual = new LinkedHashMap<>();
    for (int i = 0; i < trained.size(); i++) {
      List<CudaCall> step = trained.get(i).steps().get(EPOCHS * STEPS_AN_EPOCH - 1);
      actual.put(networks.get(i), (int) step.stream().filter(CudaCall::isLaunch).count());
    }
    assertEquals(expected, actual);
  }

  @Test
  void theOptimizerCostsTheSameForAnyNumberOfParameters() {
    assertNotEquals(
        Networks.decode(NETWORK).layers().size(), Networks.decode(LARGER).layers().size());
    for (CandidateTrace candidate : candidates) {
      List<List<CudaCall>> steps = candidate.steps();
      // Its launches end a step, so that the next step may begin with no other.
      for (List<CudaCall> step : steps) {
        List<CudaCall> launches = step.stream().filter(CudaCall::isLaunch).toList();
        assertEquals(OF_OPTIMIZER, launches.stream().filter(CandidateTrace::isOptimizer).count());
        assertTrue(
            launches.subList(launches.size() - OF_OPTIMIZER, launches.size()).stream()
                .allMatch(CandidateTrace::isOptimizer),
            "something lies between the optimizer's launches");
      }
      assertEquals(EPOCHS * STEPS_AN_EPOCH, steps.size());
      // Gradients to the float32 masters, and after the optimizer the weights back.
      for (List<CudaCall> step : steps.subList(1, steps.size())) {
        assertEquals(
            OF_MASTER_WEIGHTS, step.stream().filter(call -> call.launches("CopyFunctor")).count());
      }
    }
  }

  @Test
  void theBackwardPassStaysOnItsWorkersThread() throws Exception {
    CudaTrace own = probe();
    CudaTrace library = probe("library");
    Set<String> workers = Set.of("worker-gpu0-0", "worker-gpu0-1");
    assertEquals(workers, own.callers());
    // Without the setting the test could not fail: the library's own thread launches as well.
    Set<String> others = new TreeSet<>(library.callers());
    others.removeAll(workers);
    assertEquals(1, others.size(), others::toString);
    assertTrue(others.iterator().next().startsWith("pt_autograd_"), others::toString);
    assertEquals(own.calls().size(), library.calls().size(), "the same work");
  }

  /** What is launched during training. */
  private static CudaTrace probe(String... arguments) throws Exception {
    RecorderRun run =
        Recorder.withDevices(1)
            .runMain(directory, AutogradThreadsProbe.class, arguments)
            .succeeded();
    CudaTrace launches = run.trace().launches();
    int steps =
        AutogradThreadsProbe.WORKERS
            * AutogradThreadsProbe.EPOCHS
            * AutogradThreadsProbe.STEPS_AN_EPOCH;
    List<CudaCall> optimizer = launches.only(CandidateTrace::isOptimizer).calls();
    assertEquals(OF_OPTIMIZER * steps, optimizer.size());
    // From the first draw of weights on: before, the main thread prepares the images.
    long start = launches.only(call -> call.launches("uniform")).calls().get(0).time();
    return launches.between(start, Long.MAX_VALUE);
  }

  private static Map<String, Long> byKernel(List<CudaCall> calls) {
    return calls.stream()
        .flatMap(call -> call.kernel().stream())
        .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
  }
}
