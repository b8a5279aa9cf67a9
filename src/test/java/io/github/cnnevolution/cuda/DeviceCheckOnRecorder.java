package io.github.cnnevolution.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.engine.DeviceCheckProbe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The recorder computes nothing: checks of the device must say so, and recordings must stay off.
 */
class DeviceCheckOnRecorder {
  private static final String NOT_RECORDED = "training steps are not recorded (CUDA graphs): ";
  private static final List<String> CHECKS =
      List.of(
          "same-seed-deterministic",
          "recorded-deterministic",
          "neighbours",
          "stop",
          "out-of-memory",
          "fp32",
          "bf16",
          "fp16",
          "same-seed",
          "recorded",
          "memory",
          "tf32");

  @TempDir private Path directory;

  @Test
  void everyCheckOfADeviceThatComputesNothingFailsWithThatReason() throws Exception {
    RecorderRun run =
        Recorder.withDevices(1).run(directory, List.of("devices", "--check", "--json"));
    assertEquals(1, run.code(), run::output);
    JsonNode check = new ObjectMapper().readTree(String.join("\n", run.out())).get("check");
    assertFalse(check.get("passed").asBoolean(), run::output);
    List<String> names = new ArrayList<>();
    for (JsonNode result : check.get("checks")) {
      if (result.get("device").asText().equals("cpu")) {
        assertEquals("passed", result.get("outcome").asText(), run::output);
        continue;
      }
      names.add(result.get("check").asText());
      assertEquals("failed", result.get("outcome").asText(), run::output);
      // The recorder's only engine for convolutions asks for tensor cores, which fp32 does without.
      String reason =
          result.get("check").asText().equals("fp32")
              ? "unable to find an engine"
              : "the training did not change the weights";
      assertTrue(result.get("detail").asText().contains(reason), run::output);
    }
    assertEquals(new TreeSet<>(CHECKS), new TreeSet<>(names));
    assertEquals(CHECKS.size(), names.size());
  }

  /**
   * As if the device computed: steps are recorded, trainings stopped and starved of memory, and all
   * checks pass. So none can fail for what the program asks of CUDA.
   */
  @Test
  void everyCheckPassesWhereTheDeviceComputes() throws Exception {
    RecorderRun run =
        Recorder.withDevices(1).runMain(directory, DeviceCheckProbe.class).succeeded();
    List<String> gpu = run.out().stream().filter(line -> line.startsWith("gpu0 ")).toList();
    assertEquals(CHECKS.size(), gpu.size(), run::output);
    for (String line : gpu) {
      boolean withoutEngine = line.startsWith("gpu0   fp32 ");
      assertTrue(
          line.contains(withoutEngine ? "unable to find an engine" : " passed "), run::output);
    }
    // Two for each training of recorded steps that was not stopped before.
    assertTrue(graphs(run) > 2 * 9, "recordings: " + graphs(run));
  }

  @Test
  void theProgramDoesNotChooseRecordingsAndRemembersNothing() throws Exception {
    Path remembered = Recorder.cache().resolve("cnn-evolution-graphs.tsv");
    Files.deleteIfExists(remembered);
    Recorder recorder = Recorder.withDevices(2).choosingGraphs();
    RecorderRun run = recorder.run(directory, evolve("--out=run", "--generations=1")).succeeded();
    assertOneLine(run);
    assertFalse(Files.exists(remembered), "remembered");
    assertEquals(0, graphs(run));
    JsonNode facts =
        new ObjectMapper()
            .readTree(Files.readString(directory.resolve("run/best_chromosome.json")));
    assertFalse(facts.get("config").get("cuda_graphs").asBoolean(true), facts::toString);

    // The run keeps what it began with, and makes no check again.
    RecorderRun resumed =
        recorder.run(directory, List.of("evolve", "--resume=run", "--generations=2")).succeeded();
    assertFalse(resumed.err().contains(NOT_RECORDED), resumed::output);
    assertEquals(0, graphs(resumed));
    RecorderRun refused =
        recorder.run(directory, List.of("evolve", "--resume=run", "--cuda_graphs"));
    assertEquals(2, refused.code(), refused::output);
    assertTrue(refused.err().contains("was started with off"), refused::output);
  }

  private static void assertOneLine(RecorderRun run) {
    List<String> lines = run.err().lines().filter(line -> line.contains(NOT_RECORDED)).toList();
    assertEquals(1, lines.size(), run::output);
    assertTrue(lines.get(0).contains("the training did not change the weights"), lines::toString);
  }

  private static List<String> evolve(String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "evolve",
                "--data=synthetic",
                "--train_limit=64",
                "--epochs=1",
                "--batch_size=32",
                "--pop_size=2"));
    words.addAll(List.of(more));
    return words;
  }

  private static long graphs(RecorderRun run) {
    return run.trace().calls().stream()
        .filter(call -> call.name().equals("cudaStreamBeginCapture"))
        .count();
  }
}
