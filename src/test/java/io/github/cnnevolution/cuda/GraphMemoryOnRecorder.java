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
    long launches = run.trace().only(call -> call.name().equals("cudaGraphLaunch")).calls().size();
    assertEquals(chromosomes.size() * (4 * 5 - 4), launches);
  }

  @Test
  void aTrainingThatIsGivenUpHasNone() throws Exception {
    List<String> chromosomes = Networks.first(4);
    RecorderRun run =
        Recorder.withDevices(1)
            .withLazyCopies()
            .evaluate(
                directory,
                chromosomes,
                "--workers_per_gpu=2",
                // Epochs of so many steps that one of them is the last, not what an epoch ends
                // with.
                "--batch_size=2",
                "--epochs=10000",
                "--candidate_timeout=1s",
                "--cuda_graphs");
    assertTrue(
        run.trace().calls().stream().anyMatch(call -> call.name().equals("cudaGraphLaunch")),
        run::output);
    assertTrue(run.results().stream().allMatch(r -> !r.get("error").isNull()), run::output);
    assertEquals(List.of(), races(run));
  }
}
