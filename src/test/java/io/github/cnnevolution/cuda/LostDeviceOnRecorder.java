package io.github.cnnevolution.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
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

  /** Such as a kernel that is not there: what comes after it succeeds. */
  @Test
  void anErrorThatPassesCostsItsCandidateAlone() throws Exception {
    List<String> chromosomes = Networks.first(6);
    RecorderRun run =
        Recorder.withDevices(1)
            .withFaults("device=0,call=cudaLaunchKernel,after=1500,error=209,times=1")
            .evaluate(directory, chromosomes, SMALL)
            .endedWithAFailure();
    assertEquals(chromosomes.size(), run.results().size(), run::output);
    List<String> errors =
        run.results().stream()
            .filter(result -> !result.get("error").isNull())
            .map(result -> result.get("error").asText())
            .toList();
    assertEquals(1, errors.size(), run::output);
    assertTrue(errors.get(0).contains("no kernel image is available"), errors::toString);
    assertFalse(tellsOfLoss(run.err(), "gpu0"), run::output);
  }

  @Test
  void aGpuForWhichThereAreNoKernelsIsLeftOutByName() throws Exception {
    Recorder recorder = Recorder.withDevices(2).withCapabilities("70,90");
    RecorderRun run = recorder.evaluate(directory, Networks.first(2), SMALL).succeeded();
    assertEquals(Set.of(1), devicesOfLaunches(run));
    assertEquals(
        1,
        run.err()
            .lines()
            .filter(
                line ->
                    line.contains(
                        "gpu0 is left out: Recorder H100 has compute capability 7.0, and LibTorch has no kernels below 7.5"))
            .count(),
        run::output);
    RecorderRun refused =
        recorder.evaluate(directory, Networks.first(2), "--gpus=0,1", "--train_limit=64");
    assertEquals(2, refused.code(), refused::output);
    assertTrue(refused.err().contains("compute capability 7.0"), refused::output);
  }

  private static Set<Integer> devicesOfLaunches(RecorderRun run) throws IOException {
    return run.trace().launches().calls().stream()
        .map(CudaCall::device)
        .collect(Collectors.toSet());
  }

  /** A context takes half a gigabyte, and may fail where the GPU is full or exclusive. */
  @Test
  void aDeviceThatWasNotAskedForIsNotTouched() throws Exception {
    RecorderRun run =
        Recorder.withDevices(2)
            .evaluate(
                directory,
                Networks.first(2),
                "--gpus=1",
                "--train_limit=64",
                "--batch_size=32",
                "--epochs=1")
            .succeeded();
    Set<String> calls = run.trace().ofDevice(0).counts().keySet();
    assertEquals(Set.of(), calls, "calls on device 0");
    assertTrue(run.trace().launches().calls().size() > 0);
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
    assertEquals(75, run.code(), run::output);
    assertTrue(run.err().lines().anyMatch(line -> tellsOfLoss(line, "gpu0")), run::output);
    assertFalse(run.err().contains("frame #"), run::output);
    assertFalse(run.output().contains("a fault of the program"), run::output);
    assertTrue(Files.exists(directory.resolve("run/best_model.pt")), run::output);
  }

  /** The fault comes again in each process, which has more candidates behind it then. */
  @Test
  void underSupervisionAnotherProcessGoesOn() throws Exception {
    List<String> arguments = new ArrayList<>(EVOLVE);
    arguments.add("--supervise");
    RecorderRun run =
        Recorder.withDevices(2)
            .withFaults("device=1,call=cudaLaunchKernel,after=2500,error=719")
            .run(directory, arguments)
            .succeeded();
    assertTrue(
        run.err().contains("the process died (a GPU failed, exit code 75); restart 1 of 10"),
        run::output);
    assertTrue(run.out().stream().anyMatch(line -> line.startsWith("generation 3/3")), run::output);
    assertTrue(Files.exists(directory.resolve("run/best_model.pt")), run::output);
    assertFalse(run.output().contains("ended the process"), run::output);
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
