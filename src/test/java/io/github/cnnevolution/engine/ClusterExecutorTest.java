package io.github.cnnevolution.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.run.Versions;
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
        SearchSettings.builder().data("synthetic").trainLimit(40).epochs(1).build(), 1);
  }

  private static ClusterSpec complete(ClusterExecutor executor) throws InterruptedException {
    ClusterDevices devices = new DevicesCall(known()).run(executor);
    return known().with(devices, digest());
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
        new ClusterSpec(known().options(), "plain", known().definition(), "0.0.1 (old)", "", "", 0);
    try (ClusterExecutor executor = new ClusterExecutor("node7/3", Optional.empty())) {
      assertEquals(
          "executor node7/3 has "
              + Versions.summary()
              + ", but this is 0.0.1 (old); give all machines the same jar",
          refusal(() -> new DevicesCall(other).run(executor)));
      assertEquals(
          refusal(() -> new DevicesCall(other).run(executor)),
          refusal(() -> new EvaluateCall(other, "", 1, 0, Map.of(), false).run(executor)));
    }
  }

  @Test
  void withOtherImages() throws Exception {
    try (ClusterExecutor executor = new ClusterExecutor("node7/3", Optional.empty())) {
      ClusterSpec spec = complete(executor);
      Map<String, String> options = new LinkedHashMap<>(spec.options());
      ClusterSpec other =
          new ClusterSpec(
              options, "plain", spec.definition(), spec.versions(), "abc", spec.device(), 0);
      assertEquals(
          "the images of executor node7/3 (synthetic (600 training, 1000 test images, seed 1)) differ from those of this machine; give all machines the same data",
          refusal(() -> new EvaluateCall(other, "", 1, 0, Map.of(), false).run(executor)));
    }
  }

  @Test
  void withAnotherDevice() throws Exception {
    try (ClusterExecutor executor = new ClusterExecutor("node7/3", Optional.empty())) {
      ClusterSpec spec = complete(executor);
      ClusterSpec other =
          new ClusterSpec(
              spec.options(),
              "plain",
              spec.definition(),
              spec.versions(),
              spec.data(),
              "gpu NVIDIA H200",
              0);
      String message =
          refusal(() -> new EvaluateCall(other, "", 1, 0, Map.of(), false).run(executor));
      assertTrue(
          message.startsWith(
              "executor node7/3 has " + spec.device() + ", but the search trains on"),
          message);
    }
  }

  @Test
  void withoutTheGpuThatItWasGiven() {
    try (ClusterExecutor executor = new ClusterExecutor("node7/3", Optional.of(List.of(0)))) {
      String message = refusal(() -> new DevicesCall(known()).run(executor));
      assertTrue(message.startsWith("executor node7/3: --gpus 0: "), message);
    }
  }
}
