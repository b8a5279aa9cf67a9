package io.github.cnnevolution.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.TestJvm;
import io.github.cnnevolution.device.Precision;
import java.io.BufferedReader;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The estimate that decides how many networks train on the CPU, against real trainings. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class CpuMemoryIT {
  /**
   * Precision, batch size, workers, network: a small one, large weights, large activations, and
   * staged.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "FP32 64 1 w16-k2-relu-s",
        "FP32 64 1 w128-k3-relu-sdds",
        "BF16 64 1 inverted-64x1-96x1-se-relu"
      })
  void boundsTheResidentMemory(String text) throws Exception {
    assertBounds(text);
  }

  @Tag("nightly")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "FP32 16 1 w128-k5-gelu-ssss",
        "BF16 64 2 w64-k3-gelu-sss",
        "BF16 64 1 bottleneck-64x1-128x2-se-relu",
        "BF16 64 1 inverted-k5-64x1-96x1-relu"
      })
  void boundsTheResidentMemoryOfMore(String text) throws Exception {
    assertBounds(text);
  }

  private static void assertBounds(String text) throws Exception {
    String[] words = text.split(" ", -1);
    List<String> command =
        new ArrayList<>(
            List.of(
                TestJvm.executable(),
                TestJvm.NO_SHARED_COUNTERS,
                // The heap of Java is no part of a training.
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                "target/test-classes" + File.pathSeparator + System.getProperty("cnnevolution.jar"),
                CpuMemoryProbe.class.getName()));
    command.addAll(List.of(words));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    double peak;
    try (BufferedReader out = process.inputReader()) {
      peak = Long.parseLong(out.readLine()) / Double.parseDouble(words[2]);
    }
    assertEquals(0, process.waitFor());
    TrainingRecipe recipe =
        TrainingRecipe.sgd(Precision.valueOf(words[0]))
            .with(1, Integer.parseInt(words[1]), OptimizerKind.SGD.plain().learningRate());
    double ratio =
        CpuMemoryEstimate.bytes(CpuMemoryProbe.named(words[3]), recipe, CpuMemoryProbe.IMAGES)
            / peak;
    // With branches, peaks of equal processes were 515 to 971 MiB.
    assertTrue(
        ratio >= 1 && ratio <= (words[3].startsWith("w") ? 2 : 3),
        text + ": estimate / peak = " + ratio);
  }
}
