package io.github.cnnevolution.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.run.Versions;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.training.TrainingListener;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** An executor refuses what does not fit, by name. */
class ClusterExecutorTest {
  private static ClusterSpec known() {
    return ClusterSpec.of(
        CandidateSettings.builder().data("synthetic").trainLimit(40).epochs(1).build(),
        SentJava.of(new PlainSpace()),
        ObjectiveSettings.NONE,
        false,
        1);
  }

  private static ClusterSpec complete(ClusterExecutor executor) throws InterruptedException {
    ClusterDevices devices = devices(known(), executor);
    return known().with(devices, digest());
  }

  private static ClusterDevices devices(ClusterSpec spec, ClusterExecutor executor)
      throws InterruptedException {
    return new DevicesCall(spec, "").run(executor, TrainingListener.NONE);
  }

  private static EvaluateAnswer evaluate(ClusterSpec spec, ClusterExecutor executor)
      throws InterruptedException {
    return new EvaluateCall(spec, "0".repeat(20), 1, 0, Map.of(), Map.of(), false)
        .run(executor, TrainingListener.NONE);
  }

  /** The digest of the images that the search would read here. */
  private static String digest() throws InterruptedException {
    CandidateSettings settings = CandidateSettings.builder().data("synthetic").build();
    return EvaluationSession.locate(settings, SessionListener.NONE).digest();
  }

  private static String refusal(Callable<?> call) {
    return assertThrows(ClusterRefusalException.class, call::call).getMessage();
  }

  @Test
  void ofAnotherVersion() {
    ClusterSpec other =
        new ClusterSpec(known().options(), known().java(), "0.0.1 (old)", "", "", false, 0);
    try (ClusterExecutor executor = new ClusterExecutor("node7/3", Optional.empty())) {
      assertEquals(
          "executor node7/3 has "
              + Versions.summary()
              + ", but this is 0.0.1 (old); give all machines the same jar",
          refusal(() -> devices(other, executor)));
      assertEquals(
          refusal(() -> devices(other, executor)), refusal(() -> evaluate(other, executor)));
    }
  }

  @Test
  void withOtherImages() throws Exception {
    try (ClusterExecutor executor = new ClusterExecutor("node7/3", Optional.empty())) {
      ClusterSpec spec = complete(executor);
      Map<String, String> options = new LinkedHashMap<>(spec.options());
      ClusterSpec other =
          new ClusterSpec(options, spec.java(), spec.versions(), "abc", spec.device(), false, 0);
      assertEquals(
          "the images of executor node7/3 (synthetic (600 training, 1000 test images, seed 1)) differ from those of this machine; give all machines the same data",
          refusal(() -> evaluate(other, executor)));
    }
  }

  @Test
  void withAnotherDevice() throws Exception {
    try (ClusterExecutor executor = new ClusterExecutor("node7/3", Optional.empty())) {
      ClusterSpec spec = complete(executor);
      ClusterSpec other = onAnotherDevice(spec, spec.options());
      String message = refusal(() -> evaluate(other, executor));
      assertTrue(
          message.startsWith(
              "executor node7/3 has " + spec.device() + ", but the search trains on"),
          message);
    }
  }

  private static ClusterSpec onAnotherDevice(ClusterSpec spec, Map<String, String> options) {
    return new ClusterSpec(
        options, spec.java(), spec.versions(), spec.data(), "gpu NVIDIA H200", false, 0);
  }

  @Test
  void withAnotherDeviceItTrainsIfDevicesMayBeMixed() throws Exception {
    try (ClusterExecutor executor = new ClusterExecutor("node7/3", Optional.empty())) {
      ClusterSpec spec = complete(executor);
      Map<String, String> options = new LinkedHashMap<>(spec.options());
      options.put("mixed_devices", "true");
      assertEquals("", evaluate(onAnotherDevice(spec, options), executor).error());
    }
  }

  @Test
  void withoutAClassOfTheProgram() throws Exception {
    SentJava java = SentJava.of(new PlainSpace()).with(new OtherClass().fitness());
    ClusterSpec spec =
        new ClusterSpec(known().options(), java, known().versions(), "", "", false, 0);
    try (ClusterExecutor executor = new ClusterExecutor("node7/3", Optional.empty())) {
      assertEquals(
          "executor node7/3: --fitness other: its class OtherFitness is not there; give all machines the jar that has it (spark.jars, or spark.executor.extraClassPath)",
          refusal(() -> devices(spec, executor)));
    }
  }

  @Test
  void withoutTheGpuThatItWasGiven() {
    try (ClusterExecutor executor = new ClusterExecutor("node7/3", Optional.of(List.of(0)))) {
      String message = refusal(() -> devices(known(), executor));
      assertTrue(message.startsWith("executor node7/3: --gpus 0: "), message);
    }
  }
}
