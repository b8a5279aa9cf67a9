package io.github.cnnevolution.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.PlainNetworks;
import org.junit.jupiter.api.Test;

/** What holds for any estimate; MemoryEstimateOnRecorder compares it with LibTorch's allocator. */
class MemoryEstimateTest {
  private static final int IMAGES = 2048;

  private static TrainingRecipe recipe(Precision precision, int batchSize) {
    return TrainingRecipe.defaults(precision).with(2, batchSize, 0.05);
  }

  private static Architecture named(String phenotype) {
    return PlainNetworks.all().stream()
        .filter(architecture -> architecture.phenotype().equals(phenotype))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void smallerPartsNeedNoMoreWhereActivationsRule() {
    TrainingRecipe recipe = recipe(Precision.FP32, 512);
    for (String phenotype : new String[] {"w128-k3-relu-ssss", "w64-k7-gelu-sss"}) {
      long before = Long.MAX_VALUE;
      for (int parts = 1; parts <= 8; parts *= 2) {
        long bytes = MemoryEstimate.bytes(named(phenotype), recipe, IMAGES, parts);
        assertTrue(bytes < before, phenotype + " in " + parts);
        before = bytes;
      }
    }
  }

  /** Weights, velocities and gradients are float32, whatever the forward pass computes in. */
  @Test
  void coversEveryParameterThreeTimes() {
    for (Architecture architecture : PlainNetworks.all()) {
      for (Precision precision : Precision.values()) {
        assertTrue(
            MemoryEstimate.bytes(architecture, recipe(precision, 2), 2, 1)
                >= 12 * architecture.parameters(),
            architecture.phenotype());
      }
    }
  }

  @Test
  void aBatchIsNotLargerThanTheData() {
    Architecture architecture = named("w64-k3-relu-sss");
    assertEquals(
        MemoryEstimate.bytes(architecture, recipe(Precision.FP32, 100), 100, 1),
        MemoryEstimate.bytes(architecture, recipe(Precision.FP32, 100_000), 100, 1));
  }
}
