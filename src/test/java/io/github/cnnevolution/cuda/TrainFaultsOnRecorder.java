package io.github.cnnevolution.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Final trainings on devices that fail, or whose memory does not suffice. */
class TrainFaultsOnRecorder {
  private static final String SMALL = "01001000000011000000"; // w32-k3-relu-ss
  private static final String LARGE = "11001000000011110000"; // w128-k3-relu-ssss
  private static final int EPOCHS = 6;
  private static final int STEPS_PER_EPOCH = 4;
  // LibTorch's allocator asks the driver so often before it reports that memory is out.
  private static final int ATTEMPTS = 3;
  // Weights that decay, and those that do not.
  private static final int OPTIMIZER_LAUNCHES = 2;

  @TempDir private Path directory;

  private static List<String> train(
      String chromosome, int seeds, int workers, int images, int batch) {
    return List.of(
        "train",
        chromosome,
        "--data=synthetic",
        "--train_limit=" + images,
        "--batch_size=" + batch,
        "--epochs=" + EPOCHS,
        "--seeds=" + seeds,
        "--workers_per_gpu=" + workers,
        "--out=run");
  }

  /** Four steps an epoch, one training at a time on each device. */
  private static List<String> trainSmall(int seeds) {
    return train(SMALL, seeds, 1, 32 * STEPS_PER_EPOCH, 32);
  }

  /** All seeds are trained, measured and written, and nobody is told to go on. */
  private void assertFinished(RecorderRun run, int seeds) {
    run.succeeded();
    for (int seed = 1; seed <= seeds; seed++) {
      String model = seed == 1 ? "best_model.pt" : "seed_%d.pt".formatted(seed);
      assertTrue(Files.exists(directory.resolve("run").resolve(model)), () -> model + run.output());
    }
    assertFalse(run.output().contains("train --resume"), run::output);
    assertFalse(run.output().contains("seed 1:"), run::output);
  }

  private static List<CudaCall> faults(RecorderRun run) {
    return run.trace().only(call -> call.name().equals("fault")).calls();
  }

  /**
   * The other device takes over what the dead one has begun, and all that waited. From its
   * checkpoint: no epoch but the one that was under way is trained again.
   */
  @Test
  void aDeadDeviceDoesNotDrainTheQueueOfSeeds() throws Exception {
    int seeds = 4;
    RecorderRun run =
        Recorder.withDevices(2)
            .withFaults("device=1,call=cudaLaunchKernel,after=1500,error=719")
            .run(directory, trainSmall(seeds));
    assertFinished(run, seeds);
    assertTrue(
        run.output()
            .lines()
            .anyMatch(line -> line.contains("gpu1") && line.contains("out of service")),
        run::output);
    assertEquals(1, faults(run).get(0).device());
    long begun = (long) EPOCHS * STEPS_PER_EPOCH * seeds;
    long steps =
        run.trace().calls().stream().filter(CandidateTrace::isOptimizer).count()
            / OPTIMIZER_LAUNCHES;
    assertTrue(steps >= begun && steps <= begun + STEPS_PER_EPOCH, steps + " steps for " + begun);
  }

  @Test
  void aFailedAllocationIsTriedAgainAndChangesNoWeight() throws Exception {
    RecorderRun undisturbed = Recorder.withDevices(1).run(directory, trainSmall(1));
    assertFinished(undisturbed, 1);
    Path expected = Files.move(directory.resolve("run/best_model.pt"), directory.resolve("model"));
    deleteRun();
    List<CudaCall> allocations =
        undisturbed.trace().only(call -> call.name().equals("cudaMalloc")).calls();
    long passing = allocations.size() - 1L;
    while (!undisturbed.trace().isWorker(allocations.get((int) passing).thread())) {
      passing--;
    }

    RecorderRun disturbed =
        Recorder.withDevices(1)
            .withFaults("call=cudaMalloc,after=%d,error=2,times=%d".formatted(passing, ATTEMPTS))
            .run(directory, trainSmall(1));
    assertFinished(disturbed, 1);
    assertEquals(ATTEMPTS, faults(disturbed).size());
    assertEquals(-1, Files.mismatch(expected, directory.resolve("run/best_model.pt")));
  }

  private void deleteRun() throws IOException {
    try (var files = Files.list(directory.resolve("run"))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory.resolve("run"));
  }

  /** Seeds that do not fit in parallel wait for each other. */
  @Test
  void admissionKeepsASmallDeviceFreeOfErrors() throws Exception {
    RecorderRun run =
        Recorder.withDevices(1).withMegabytes(2048).run(directory, train(LARGE, 4, 4, 512, 256));
    assertFinished(run, 4);
    assertEquals(
        List.of(), run.trace().only(call -> call.isAllocation() && call.error() != 0).calls());
  }

  /** A whole batch does not fit, however few trainings run. */
  @Test
  void aSeedThatDoesNotFitWholeIsTrainedInParts() throws Exception {
    RecorderRun run =
        Recorder.withDevices(1).withMegabytes(1024).run(directory, train(LARGE, 1, 1, 512, 512));
    assertFinished(run, 1);
    assertEquals(
        List.of(), run.trace().only(call -> call.isAllocation() && call.error() != 0).calls());
    try (var files = Files.list(directory.resolve("run"))) {
      List<Path> left =
          files.filter(file -> file.getFileName().toString().startsWith("checkpoint")).toList();
      assertEquals(List.of(), left, "checkpoints of a finished training");
    }
  }

  @Test
  void memoryThatIsOutForGoodFailsWithTheReason() throws Exception {
    // It seems to have 80 GB, but gives no more after the images and a little for the start.
    RecorderRun run =
        Recorder.withDevices(1)
            .withFaults("device=0,call=cudaMalloc,after=4,error=2,times=1000000")
            .run(directory, trainSmall(2));
    assertEquals(1, run.code(), run::output);
    for (int seed = 1; seed <= 2; seed++) {
      String start = "seed %d: ".formatted(seed);
      assertTrue(
          run.err()
              .lines()
              .anyMatch(line -> line.contains(start) && line.contains("out of memory")),
          run::output);
    }
    assertTrue(run.err().contains("train --resume"), run::output);
    assertFalse(run.err().contains("frame #"), run::output);
  }
}
