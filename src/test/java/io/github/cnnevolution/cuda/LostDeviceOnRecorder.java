package io.github.cnnevolution.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices that fail for good in the middle of a run, or are not there at all. */
class LostDeviceOnRecorder {
  private static final String[] SMALL = {
    "--workers_per_gpu=2", "--train_limit=128", "--batch_size=32", "--epochs=2"
  };
  private static final List<String> EVOLVE =
      List.of(
          "evolve",
          "--data=synthetic",
          "--train_limit=128",
          "--batch_size=32",
          "--epochs=1",
          "--pop_size=6",
          "--generations=3",
          "--out=run");

  @TempDir private Path directory;

  @Test
  void itsCandidatesFinishOnTheOtherDevice() throws Exception {
    List<String> chromosomes = Networks.first(16);
    RecorderRun run =
        Recorder.withDevices(2)
            .withFaults("device=1,call=cudaLaunchKernel,after=1500,error=719")
            .evaluate(directory, chromosomes, SMALL)
            .succeeded();
    assertEquals(chromosomes.size(), run.results().size(), run::output);
    assertTrue(
        run.results().stream().allMatch(result -> result.get("error").isNull()), run::output);
    assertTrue(run.err().lines().anyMatch(line -> tellsOfLoss(line, "gpu1")), run::output);
    CudaCall fault = run.trace().only(call -> call.name().equals("fault")).calls().get(0);
    assertEquals(1, fault.device());
    assertTrue(
        run.trace().candidates().stream()
            .anyMatch(c -> c.device() == 0 && c.start() > fault.time()),
        "device 0 goes on");
  }

  @Test
  void theSummaryNamesIt() throws Exception {
    RecorderRun run =
        Recorder.withDevices(2)
            .withFaults("device=1,call=cudaLaunchKernel,after=1500,error=719")
            .run(directory, EVOLVE)
            .succeeded();
    assertTrue(run.out().stream().anyMatch(line -> tellsOfLoss(line, "gpu1")), run::output);
    assertTrue(run.out().stream().anyMatch(line -> line.startsWith("generation 3/3")), run::output);
    assertTrue(Files.exists(directory.resolve("run/best_model.pt")), run::output);
  }

  @Test
  void withNoDeviceLeftTheRunEndsWithWhatItHas() throws Exception {
    RecorderRun run =
        Recorder.withDevices(1)
            .withFaults("device=0,call=cudaLaunchKernel,after=3000,error=719")
            .run(directory, EVOLVE);
    assertEquals(1, run.code(), run::output);
    assertTrue(run.err().lines().anyMatch(line -> tellsOfLoss(line, "gpu0")), run::output);
    assertFalse(run.err().contains("frame #"), run::output);
    assertFalse(run.output().contains("a fault of the program"), run::output);
    assertTrue(Files.exists(directory.resolve("run/best_model.pt")), run::output);
  }

  /** More than the list of devices at the start, which names it too. */
  private static boolean tellsOfLoss(String line, String device) {
    return line.contains(device)
        && (line.contains("out of service")
            || line.contains("lost device")
            || line.contains("no device is left"));
  }

  @Test
  void withoutDevicesTheJarTrainsOnTheCpuAndSaysWhy() throws Exception {
    RecorderRun run =
        Recorder.withDevices(0)
            .evaluate(
                directory,
                Networks.first(2),
                "--workers=2",
                "--train_limit=64",
                "--batch_size=32",
                "--epochs=1")
            .succeeded();
    assertEquals(0, run.trace().launches().calls().size());
    assertTrue(run.results().stream().allMatch(result -> result.get("error").isNull()));
    assertEquals(
        1, run.err().lines().filter(line -> line.startsWith("no GPU: ")).count(), run::output);
  }
}
