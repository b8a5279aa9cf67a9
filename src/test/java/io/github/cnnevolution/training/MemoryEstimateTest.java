package io.github.cnnevolution.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.PlainNetworks;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.StagedSpace;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What holds for any estimate; MemoryEstimateOnRecorder compares it with LibTorch's allocator. */
class MemoryEstimateTest {
  private static final int IMAGES = 2048;

  private static TrainingRecipe recipe(Precision precision, int batchSize) {
    return TrainingRecipe.sgd(precision).with(2, batchSize, 0.05);
  }

  private static Architecture named(String phenotype) {
    return PlainNetworks.named(phenotype);
  }

  /** From the largest follows how many networks are trained in parallel. */
  @Test
  void noNetworkTakesMoreThanTheLargest() {
    PlainSpace space = new PlainSpace();
    for (int classes : new int[] {2, 100, 10_000}) {
      List<Architecture> all = space.all(classes);
      List<Architecture> largest = space.largest(classes);
      assertEquals(5, largest.size());
      for (Precision precision : Precision.values()) {
        for (int batch : new int[] {2, 7, 64, 512, 100_000}) {
          for (int parts : new int[] {1, 2, 8}) {
            for (int images : new int[] {100, 50_000}) {
              TrainingRecipe recipe = recipe(precision, batch);
              assertEquals(
                  most(all, recipe, images, parts),
                  most(largest, recipe, images, parts),
                  () -> recipe + ", " + parts + " parts, " + classes + " classes");
            }
          }
        }
      }
    }
  }

  private static long most(
      List<Architecture> networks, TrainingRecipe recipe, int images, int parts) {
    return networks.stream()
        .mapToLong(network -> MemoryEstimate.bytes(network, recipe, images, parts))
        .max()
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

  /** Both estimates count the images that are on their way at a time. */
  @Test
  void ghostBatchesTakeAsMuchAsMicroBatches() {
    Architecture architecture = named("w64-k3-relu-sss");
    TrainingRecipe whole = recipe(Precision.BF16, 256);
    TrainingRecipe ghosts = whole.withGhostBatchSize(128);
    assertEquals(
        MemoryEstimate.bytes(architecture, whole, IMAGES, 2),
        MemoryEstimate.bytes(architecture, ghosts, IMAGES, 1));
    assertEquals(
        MemoryEstimate.bytes(architecture, whole, IMAGES, 4),
        MemoryEstimate.bytes(architecture, ghosts, IMAGES, 4));
    assertTrue(
        CpuMemoryEstimate.bytes(architecture, ghosts, IMAGES)
            < CpuMemoryEstimate.bytes(architecture, whole, IMAGES));
  }

  /**
   * Those of two layers of 4 x 4 pixels are kept, and the gradient of one is there for a moment.
   */
  @Test
  void patchesOfFewPixelsAreCounted() {
    Architecture architecture =
        StagedSpace.named("staged", "plain-32x1-64x1-384x1-384x1-relu", Architecture.CLASSES);
    TrainingRecipe recipe = recipe(Precision.BF16, 128);
    long patches = 128L * 4 * 4 * 3 * 3 * 384 * Short.BYTES;
    assertEquals(
        3 * patches,
        CpuMemoryEstimate.bytes(architecture, recipe, IMAGES, true)
            - CpuMemoryEstimate.bytes(architecture, recipe, IMAGES, false));
  }

  /** Remembered estimates are those of this network and this number of parts. */
  @Test
  void sharedEstimatesAreTheSame() {
    TrainingRecipe recipe = recipe(Precision.BF16, 128);
    MemoryEstimates shared = new MemoryEstimates(recipe, IMAGES);
    for (int time = 0; time < 2; time++) {
      for (Architecture network : PlainNetworks.all().subList(0, 40)) {
        for (int parts = 1; parts <= 4; parts *= 2) {
          assertEquals(
              MemoryEstimate.bytes(network, recipe, IMAGES, parts), shared.bytes(network, parts));
        }
      }
    }
  }
}
