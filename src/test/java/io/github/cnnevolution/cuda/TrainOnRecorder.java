package io.github.cnnevolution.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One network trained to the end with several seeds, on several GPUs. */
class TrainOnRecorder {
  private static final int SEEDS = 4;
  private static final int STEPS = 4 * 6;
  // Steps before the recording.
  private static final int UNRECORDED = 3;

  @TempDir private Path directory;

  private RecorderRun train(String... more) throws Exception {
    List<String> line =
        new ArrayList<>(
            List.of(
                "train",
                "01001000000011000000",
                "--data=synthetic",
                "--train_limit=128",
                "--batch_size=32",
                "--epochs=6",
                "--seeds=" + SEEDS,
                "--workers_per_gpu=2",
                "--cutout=8",
                "--mixup=0.2",
                "--validate",
                "--out=run"));
    line.addAll(List.of(more));
    return Recorder.withDevices(2).run(directory, line).succeeded();
  }

  @Test
  void seedsAreSpreadOverDevicesAndStreams() throws Exception {
    RecorderRun run = train();
    CudaTrace launches = run.trace().ofWorkers().launches();
    assertEquals(Set.of(0, 1), devices(launches));
    assertTrue(
        launches.calls().stream().noneMatch(call -> call.stream() == 0), "the default stream");
    assertEquals(
        SEEDS, launches.calls().stream().map(CudaCall::thread).distinct().count(), run::output);
    for (String model : List.of("best_model.pt", "seed_2.pt", "seed_3.pt", "seed_4.pt")) {
      assertTrue(Files.exists(directory.resolve("run").resolve(model)), model);
    }
    assertFalse(Files.exists(directory.resolve("run/checkpoint_1.pt")));
  }

  @Test
  void stepsWithMixturesAndErasedSquaresCanBeRecorded() throws Exception {
    RecorderRun run = train("--cuda_graphs");
    assertFalse(run.err().contains("could not be recorded"), run::output);
    CudaTrace trace = run.trace();
    assertEquals(
        List.of(), trace.only(call -> call.name().equals("capture-broken")).calls(), "not legal");
    assertEquals(
        SEEDS * (STEPS - UNRECORDED),
        trace.only(call -> call.name().equals("cudaGraphLaunch")).calls().size());
  }

  private static Set<Integer> devices(CudaTrace trace) {
    return trace.calls().stream().map(CudaCall::device).collect(Collectors.toSet());
  }
}
