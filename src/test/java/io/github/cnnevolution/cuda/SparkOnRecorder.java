package io.github.cnnevolution.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.TestJvm;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.StoredEvaluation;
import io.github.cnnevolution.testing.SparkStandalone;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Candidates on the GPUs that a real cluster of Spark gives to its executors. */
class SparkOnRecorder {
  private static final String SEARCH =
      "evolve --data synthetic --train_limit 128 --batch_size 32 --epochs 2 --pop_size 6"
          + " --generations 2 --mutation_rate 0.3 --seed 4 --optimizer sgd --cuda_graphs off --workers_per_gpu 2";

  @TempDir private Path directory;
  private SparkStandalone cluster;

  @BeforeEach
  void start() throws Exception {
    cluster = SparkStandalone.start(directory);
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
  }

  /** A worker whose script finds so many GPUs. */
  private void startWorker(Recorder machine, int gpus, int cores, String trace) throws Exception {
    String addresses =
        Stream.iterate(0, i -> i + 1)
            .limit(gpus)
            .map(i -> "\"" + i + "\"")
            .collect(Collectors.joining(","));
    Path script = directory.resolve("gpus" + gpus + ".sh");
    Files.writeString(
        script, "#!/bin/sh\necho '{\"name\":\"gpu\",\"addresses\":[" + addresses + "]}'\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    cluster.startWorker(
        cores,
        machine.environment(directory.resolve(trace)),
        "-Dspark.worker.resource.gpu.amount=" + gpus,
        "-Dspark.worker.resource.gpu.discoveryScript=" + script);
  }

  /** Runs a search; returns what it says, after its exit code. */
  private String search(int executors, String... more) throws Exception {
    List<String> command = new ArrayList<>(TestJvm.command());
    command.addAll(
        List.of(
            "-Dspark.cores.max=" + 2 * executors,
            "-Dspark.executor.cores=2",
            "-Dspark.executor.resource.gpu.amount=1",
            "-Dspark.executor.memory=512m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Dspark.executor.extraJavaOptions=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC "
                + String.join(" ", Recorder.flags()),
            "-Dspark.driver.host=127.0.0.1",
            "-Dspark.ui.enabled=false",
            "-Dspark.scheduler.minRegisteredResourcesRatio=1",
            "-Dspark.cnnEvolution.executorTimeout=5m",
            "-jar",
            Recorder.jar()));
    command.addAll(List.of(SEARCH.split(" ", -1)));
    command.addAll(cluster.options());
    command.addAll(List.of("--out", "run"));
    command.addAll(List.of(more));
    Path said = directory.resolve("said");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    int code = builder.start().waitFor();
    return code + "\n" + Files.readString(said);
  }

  private static List<StoredEvaluation> stored(Path run) {
    List<StoredEvaluation> all = new ArrayList<>();
    try (EvaluationStore store = EvaluationStore.openToRead(new RunDirectory(run).database())) {
      store.forEach(all::add);
    }
    return all;
  }

  /** What does not depend on a device that computes nothing. */
  private static Set<String> trainings(Path run) {
    return stored(run).stream()
        .map(one -> one.evaluation().job() + " " + one.key())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void eachExecutorTrainsOnItsOwnGpuWhatAMachineWithBothTrains() throws Exception {
    Recorder machine = Recorder.withDevices(2);
    startWorker(machine, 2, 4, "trace-%p.jsonl");
    String said = search(2);
    assertTrue(said.startsWith("0\n"), said);
    List<Set<Integer>> devices = new ArrayList<>();
    try (Stream<Path> traces = Files.list(directory)) {
      for (Path trace : traces.filter(file -> file.toString().endsWith(".jsonl")).toList()) {
        Set<Integer> used =
            CudaTrace.read(trace).launches().calls().stream()
                .map(CudaCall::device)
                .collect(Collectors.toCollection(TreeSet::new));
        if (!used.isEmpty()) {
          devices.add(used);
        }
      }
    }
    assertEquals(Set.of(Set.of(0), Set.of(1)), Set.copyOf(devices), said);
    assertEquals(2, devices.size(), "executors that train");
    RecorderRun here =
        machine.run(
            directory,
            Stream.concat(Stream.of(SEARCH.split(" ", -1)), Stream.of("--out", "here")).toList());
    here.succeeded();
    assertEquals(trainings(directory.resolve("here")), trainings(directory.resolve("run")));
  }

  @Test
  @Tag("nightly")
  void gpusOfAnotherModelAreRefusedUnlessTheyMayBeMixed() throws Exception {
    startWorker(Recorder.withDevices(1).withNames("NVIDIA L4"), 1, 2, "a-%p.jsonl");
    startWorker(Recorder.withDevices(1).withNames("NVIDIA T400"), 1, 2, "b-%p.jsonl");
    String refused = search(2);
    assertTrue(refused.startsWith("1\n"), refused);
    assertTrue(
        refused.contains(
            "other devices round differently; leave that machine out of the cluster, or give --mixed_devices"),
        refused);
    Files.move(directory.resolve("run"), directory.resolve("refused"));
    String mixed = search(2, "--mixed_devices");
    assertTrue(mixed.startsWith("0\n"), mixed);
    assertTrue(mixed.contains("the same seed does not give the same result"), mixed);
    assertEquals(
        Set.of("gpu0 NVIDIA L4", "gpu0 NVIDIA T400"),
        stored(directory.resolve("run")).stream()
            .map(StoredEvaluation::device)
            .collect(Collectors.toSet()));
  }
}
