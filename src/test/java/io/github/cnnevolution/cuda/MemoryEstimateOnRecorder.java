package io.github.cnnevolution.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The estimate of a candidate's memory against the peak that LibTorch's allocator saw. */
class MemoryEstimateOnRecorder {
  /** Phenotype, precision, batch size, micro-batches. */
  private static final String[] CASES = {
    "w16-k2-relu-s BF16 64 1",
    "w16-k3-relu-d BF16 64 1",
    "w16-k5-gelu-s FP32 512 1",
    "w32-k3-gelu-ds FP16 64 1",
    "w32-k5-leakyrelu-sd BF16 512 4",
    "w64-k2-gelu-sds FP32 512 1",
    "w64-k7-gelu-sss BF16 64 1",
    "w128-k2-elu-ssss FP32 512 1",
    "w128-k3-relu-ssss BF16 512 1",
    "w128-k5-gelu-ssss FP32 512 1",
    "w128-k7-relu-ssss FP32 64 4",
    "w128-k7-gelu-dddd BF16 512 1",
    "w128-k5-relu-dddd BF16 512 1",
    "w128-k5-relu-dddd BF16 512 4",
    "w128-k7-relu-dsds BF16 64 1",
    "w128-k7-gelu-dddd FP32 64 1",
    "plain-64x1-128x1-256x1-max-s16-pool-gelu BF16 128 1",
    "plain-96x3-128x2-se-gelu-d0.3 FP16 64 1",
    "plain-k5-32x2-64x2-96x2-96x1-pool3-leakyrelu BF16 512 4",
    "plain-64x2-128x2-se-pool-silu FP32 64 4",
    "residual-64x2-128x2-256x2-512x2-s16-relu BF16 64 1",
    "residual-32x1-32x1-32x1-32x1-32x1-s16-relu BF16 512 1",
    "residual-64x2-128x2-se-pool-silu FP32 64 4",
    "residual-160x1-128x1-se-gelu BF16 64 16",
    "bottleneck-64x1-128x2-256x2-se-relu BF16 128 1",
    "bottleneck-128x3-256x4-512x4-768x3-gelu BF16 64 1",
    "bottleneck-64x1-64x1-se-silu FP32 64 8",
    "bottleneck-g8-r2-64x2-128x2-256x2-se4-max-relu BF16 64 1",
    "inverted-64x1-96x2-160x2-s16-relu BF16 128 1",
    "inverted-k5-64x2-96x2-160x2-se-silu BF16 64 1",
    "inverted-k9-32x2-64x2-128x3-se-pool-gelu FP32 128 1",
    "inverted-k7-96x2-96x2-96x2-96x1-max-elu FP16 64 2",
    "inverted-64x1-64x1-se-silu FP32 64 8"
  };

  private static final double LEAST = 1.1;
  private static final double MOST = 1.6;
  // What the estimate has for cuDNN's workspaces, of which the recorder's cuDNN asks for 1 MiB.
  private static final long WORKSPACE_BYTES = 32L << 20;

  @TempDir private Path directory;

  @Test
  void boundsThePeakAndWastesLittle() throws Exception {
    RecorderRun run =
        Recorder.withDevices(1).runMain(directory, MemoryPeaksProbe.class, CASES).succeeded();
    List<String> lines = run.out();
    assertEquals(CASES.length, lines.size(), run::output);
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      long estimate = Long.parseLong(words[4]);
      long peak = Long.parseLong(words[5]);
      assertTrue(peak > 20_000_000, line);
      assertTrue(estimate - WORKSPACE_BYTES >= LEAST * peak, line);
      assertTrue(estimate - WORKSPACE_BYTES <= MOST * peak, line);
    }
  }
}
